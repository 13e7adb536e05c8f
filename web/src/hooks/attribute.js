/** Attributes set, toggled and taken away: setAttribute, removeAttribute and their kin, and attribute nodes. */
import { upper } from "../above.js";
import { beforeAttribute, relyOnHooks } from "../cmp/generic.js";
import { once } from "../trusted.js";
import { isScript, keepIfHeld } from "./kept.js";
import { changeType, judge } from "./script.js";
import { NAMES, passes, reseal } from "./source.js";
import { XLINK_HREF } from "./tags.js";
import { judgeText } from "./unstarted.js";
import { hideAttribute, showAttribute, shownAttribute, whenMasked } from "../held.js";
import {
  apply,
  createAttribute,
  doc,
  getAttrName,
  getAttrValue,
  getNodeType,
  getOwnerElement,
  hasAttribute,
  indexOf,
  isHTML,
  lower,
  mapGet,
  mapSet,
  NativeWeakMap,
  removeAttribute,
  setAttribute,
  setAttributeNodeNS,
  slice,
  startsWith,
  win,
} from "../natives.js";
import { free } from "../usual.js";
import { wrapAccessor, wrapMethod } from "../wrap.js";
import { lookAway } from "./parser.js";
import { freshen, ownerOf } from "./shown.js";

export function hookAttribute() {
  const element = win.Element.prototype;
  hookAnimated();
  const hooked = wrapAccessor(win.HTMLElement.prototype, "dataset", { get: onDataset });
  if (hooked) relyOnHooks();
  wrapMethod(element, "setAttribute", (native, self, args) => byName(native, self, args, 0));
  wrapMethod(element, "setAttributeNS", (native, self, args) => byName(native, self, args, 1));
  wrapMethod(element, "setAttributeNode", byNode);
  wrapMethod(element, "setAttributeNodeNS", byNode);
  wrapMethod(element, "removeAttribute", (native, self, args) => remove(native, self, args, 0));
  wrapMethod(element, "removeAttributeNS", (native, self, args) => remove(native, self, args, 1));
  wrapMethod(element, "removeAttributeNode", removeNode);
  wrapMethod(element, "toggleAttribute", onToggle);
  const map = win.NamedNodeMap && win.NamedNodeMap.prototype;
  wrapMethod(map, "removeNamedItem", removeItem);
  wrapMethod(map, "removeNamedItemNS", removeItem);
  wrapMethod(map, "setNamedItem", byItem);
  wrapMethod(map, "setNamedItemNS", byItem);
  wrapAccessor(win.Attr && win.Attr.prototype, "value", {
    set: (native, self, args) => byValue(native, self, args, `${args[0]}`),
  });
  wrapAccessor(win.Node.prototype, "nodeValue", { set: byText });
  return wrapAccessor(win.Node.prototype, "textContent", { set: byText });
}

/**
 * What setting an attribute comes to.
 * @param {Element} element
 * @param {string} qualified the attribute's name as given
 * @param {any} value converted once
 * @returns {boolean} whether the native call may go on
 */
function mayset(element, qualified, value) {
  const name = known(qualified);
  if (!NAMES[name] && name !== "type") {
    beforeData(element, name);
    return true;
  }
  if (isScript(element)) {
    if (name === "type") {
      changeType(element);
      if (shownAttribute(element, "type") === undefined) return true;
      showAttribute(element, "type", `${value}`);
      return false;
    }
    if (name === "src" || (NAMES[name] && !isHTML(element, "script")))
      judge(element, `${value}`, value);
    return true;
  }
  return passes(element, name, `${value}`, value);
}

/** Whether an attribute's name is one that says something to the gate, on whatever element. @param {string} name */
function isTelling(name) {
  return !!NAMES[name] || name === "type" || startsWith(name, "data-");
}

/**
 * What script says of an element in its data attributes: Segment's snippet marks its script so (script.js).
 * @param {Element} element
 * @param {string} [name]
 */
function beforeData(element, name) {
  if (element === free.script) free.script = undefined;
  beforeAttribute(element, name);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onDataset(native, self, args) {
  beforeData(self);
  return apply(native, self, args);
}

/** The name by which attributes are known here: lower case, and one prefix for what has one. @param {string} qualified */
function known(qualified) {
  const name = lower(qualified);
  const colon = indexOf(name, ":");
  return colon > 0 && slice(name, colon + 1) === "href" ? XLINK_HREF : name;
}

/**
 * By object of SVG's (href), the element that it belongs to. One for all realms: one may give the page the object, and another's
 * setter change it. @type {WeakMap<object, Element>}
 */
export const animated = upper ? upper.animated : new NativeWeakMap();

/** SVG's href.baseVal: which element such an object belongs to is known from where the page got it. */
function hookAnimated() {
  for (const name of ["Image", "Use", "FEImage", "Script"]) {
    const found = win[`SVG${name}Element`];
    wrapAccessor(found && found.prototype, "href", {
      get: (native, self, args) => {
        const href = apply(native, self, args);
        mapSet(animated, href, self);
        return href;
      },
    });
  }
  const prototype = win.SVGAnimatedString && win.SVGAnimatedString.prototype;
  wrapAccessor(prototype, "baseVal", {
    set: (native, self, args) => {
      const element = mapGet(animated, self);
      const value = once(args[0]);
      if (!element || mayset(element, "href", value)) return apply(native, self, [value]);
    },
  });
  const get = (
    /** @type {Function} */ native,
    /** @type {any} */ self,
    /** @type {any[]} */ args,
  ) => shownHref(mapGet(animated, self)) || apply(native, self, args);
  whenMasked(() => {
    for (const name of ["baseVal", "animVal"]) wrapAccessor(prototype, name, { get });
  });
}

/** The href that the page believes an element of SVG's to have, if it has not: the old one counts where there is no other. @param {any} element */
function shownHref(element) {
  const href = shownAttribute(element, "href");
  return href === undefined && element && !hasAttribute(element, "href")
    ? shownAttribute(element, XLINK_HREF)
    : href;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {number} at where the name stands
 */
function byName(native, self, args, at) {
  if (args.length < at + 2) return apply(native, self, args);
  // A namespace is a text or none.
  if (at && args[0] !== null && args[0] !== undefined) args[0] = `${args[0]}`;
  const name = (args[at] = `${args[at]}`);
  args[at + 1] = once(args[at + 1]);
  const result = mayset(self, name, args[at + 1]) ? apply(native, self, args) : undefined;
  freshen(self);
  if (name === "sandbox") reseal(self);
  return result;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function byNode(native, self, args) {
  // A view's node, which the element has already.
  if (owner(args[0]) === self && getOwnerElement(args[0]) !== self) return args[0];
  return onNode(native, self, args, self);
}

/**
 * NamedNodeMap: which element it belongs to is told by any attribute in it; an empty one is lent one for the question.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function byItem(native, self, args) {
  let element = null;
  try {
    if (!self.length && !isTelling(known(getAttrName(args[0])))) return apply(native, self, args);
    if (self.length) {
      element = ownerOf(getOwnerElement(self[0]));
    } else {
      const lent = createAttribute(doc, "x");
      apply(native, self, [lent]);
      element = getOwnerElement(lent);
      removeAttribute(element, "x");
    }
  } catch {
    return apply(native, self, args);
  }
  if (!self.length || getOwnerElement(self[0]) === element)
    return onNode(native, self, args, element);
  // A view's list: the element has one of its own.
  return onNode(
    (/** @type {Node} */ node) => setAttributeNodeNS(element, node),
    undefined,
    args,
    element,
  );
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {Element} element
 */
function onNode(native, self, args, element) {
  let name, value;
  try {
    name = getAttrName(args[0]);
    value = getAttrValue(args[0]);
  } catch {
    return apply(native, self, args);
  }
  return mayset(element, name, value) ? apply(native, self, args) : null;
}

/**
 * A script that has lost its type may start, at the latest when its text changes.
 * @param {any} element
 * @param {string} name of what the page has taken away
 */
function afterRemoval(element, name) {
  // Without its URL it has to be read again.
  if (element === free.script) free.script = undefined;
  if (name !== "type" || !isScript(element)) return;
  changeType(element);
  keepIfHeld(element);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {number} at where the name stands
 */
function remove(native, self, args, at) {
  if (args.length < at + 1) return apply(native, self, args);
  if (at && args[0] !== null && args[0] !== undefined) args[0] = `${args[0]}`;
  const name = (args[at] = `${args[at]}`);
  const key = at && args[0] ? known(`x:${name}`) : lower(name);
  const hidden = hideAttribute(self, key);
  if (!hidden) apply(native, self, args);
  freshen(self);
  if (!hidden) afterRemoval(self, key);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function removeNode(native, self, args) {
  const node = args[0];
  const name = owner(node) === self ? known(getAttrName(node)) : "";
  if (name && hideAttribute(self, name)) return node;
  const holder = name && getOwnerElement(node);
  const removed = apply(native, holder || self, args);
  // A view's node: the element has one of its own.
  if (holder && holder !== self) removeAttribute(self, getAttrName(node));
  afterRemoval(self, name);
  return removed;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function removeItem(native, self, args) {
  /** @type {Element | null} */
  let element = null;
  let isView = false;
  try {
    element = owner(self[0]);
    isView = element !== getOwnerElement(self[0]);
  } catch {
    // No list: the native function says so.
  }
  const removed = apply(native, self, args);
  const name = known(getAttrName(removed));
  if (element && !hideAttribute(element, name) && isView)
    removeAttribute(element, getAttrName(removed));
  afterRemoval(element, name);
  return removed;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onToggle(native, self, args) {
  const name = args.length ? lower((args[0] = `${args[0]}`)) : "";
  const shown = shownAttribute(self, name);
  if (shown === undefined) {
    const result = apply(native, self, args);
    freshen(self);
    afterRemoval(self, name);
    return result;
  }
  const wanted = args.length > 1 && args[1] !== undefined ? !!args[1] : shown === null;
  if (!wanted) hideAttribute(self, name);
  else if (shown === null && mayset(self, name, "")) setAttribute(self, name, "");
  freshen(self);
  return wanted;
}

/**
 * nodeValue and textContent, to which null and undefined are no text.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function byText(native, self, args) {
  const element = owner(self);
  if (element)
    return byValue(
      native,
      self,
      args,
      args[0] === null || args[0] === undefined ? "" : `${args[0]}`,
    );
  lookAway();
  judgeText(self, args);
  return apply(native, self, args);
}

/**
 * The value of an attribute node.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {string} value
 */
function byValue(native, self, args, value) {
  lookAway();
  const element = owner(self);
  if (!element) return apply(native, self, [value]);
  if (!mayset(element, getAttrName(self), value)) return;
  if (element !== getOwnerElement(self)) setAttribute(element, getAttrName(self), value);
  return apply(native, self, [value]);
}

/** @param {any} node @returns {Element | null} */
function owner(node) {
  try {
    return getNodeType(node) === 2 ? ownerOf(getOwnerElement(node)) : null;
  } catch {
    return null;
  }
}
