/**
 * What the page reads of elements that are not as it made them (held.js), other than an attribute by its name: attribute nodes,
 * lists of them, markup, copies of a range. A page may copy an element by any of these, and a copy that lacks the URL or has our
 * type would never load. They are read from a copy in which everything is as the page believes it to be.
 */
import { attempt } from "../effects.js";
import { mayShow, isMasked, viewsOf, whenMasked } from "../held.js";
import {
  appendChild,
  apply,
  cloneNode,
  createElementNS,
  createFragment,
  fragmentQuerySelectorAll,
  getAttributeNames,
  getAttributeNode,
  getDocumentElement,
  getElementFirstChild,
  getFirstChild,
  getInnerHTML,
  getNextSibling,
  getNodeType,
  getOwnerDocument,
  getTextContent,
  importNode,
  inertDocument,
  isEqualNode,
  mapGet,
  mapHas,
  mapSet,
  NativeWeakMap,
  querySelectorAll,
  removeAttribute,
  setAttributeNodeNS,
  setInnerHTML,
  setTextContent,
  win,
  XHTML,
} from "../natives.js";
import { trustHTML } from "../trusted.js";
import { wrapAccessor, wrapMethod } from "../wrap.js";
import { noRoot } from "./roots.js";
import { carriersIn, give } from "./source.js";

/** What asks an element for attributes, but for those that held.js answers. */
const READERS = [
  "getAttributeNS",
  "hasAttributeNS",
  "getAttributeNode",
  "getAttributeNodeNS",
  "getAttributeNames",
  "hasAttributes",
];

/** By element, a copy of it alone, for its attribute nodes to belong to. @type {WeakMap<Element, Element>} */
const twins = new NativeWeakMap();
/** By such a copy, the element. @type {WeakMap<Element, Element>} */
const owners = new NativeWeakMap();

export function hookShown() {
  // The page may take them away.
  const { Element, ShadowRoot, XMLSerializer, Attr } = /** @type {any} */ (win);
  whenMasked(() => {
    const prototype = Element.prototype;
    for (let i = 0; i < READERS.length; i++) wrapMethod(prototype, READERS[i], byTwin);
    wrapAccessor(prototype, "attributes", { get: byTwin });
    wrapAccessor(Attr && Attr.prototype, "ownerElement", {
      get: (native, self, args) => ownerOf(apply(native, self, args)),
    });
    wrapAccessor(prototype, "outerHTML", { get: byCopy });
    for (const owner of [Element, ShadowRoot]) {
      wrapAccessor(owner && owner.prototype, "innerHTML", { get: byCopy });
      // What it shows of shadow trees no copy has.
      wrapMethod(owner && owner.prototype, "getHTML", (native, self, args) => {
        const whole = apply(native, self, args);
        return whole === apply(native, self, []) ? byCopy(native, self, []) : whole;
      });
    }
    wrapMethod(
      XMLSerializer && XMLSerializer.prototype,
      "serializeToString",
      (native, self, args) => {
        if (args.length) args[0] = shownCopy(args[0]) || args[0];
        return apply(native, self, args);
      },
    );
  });
}

/** A list of attributes that the page has kept follows its element. @param {Element} element */
export function freshen(element) {
  if (isMasked() && mapHas(twins, element)) twinOf(element);
}

/** The element that an attribute node's owner stands for: mostly itself. @param {Element | null} element */
export function ownerOf(element) {
  return (isMasked() && element && mapGet(owners, element)) || element;
}

/** @param {Function} native @param {any} self @param {any[]} args */
function byTwin(native, self, args) {
  return apply(native, viewsOf(self) ? twinOf(self) : self, args);
}

/**
 * The same twin each time, as it should be now.
 * @param {Element} element
 */
function twinOf(element) {
  const now = importNode(inertDocument(), element, false);
  attempt(() => show(now, element));
  const twin = mapGet(twins, element);
  if (!twin) {
    mapSet(twins, element, now);
    mapSet(owners, now, element);
    return now;
  }
  if (!isEqualNode(twin, now)) {
    const before = getAttributeNames(twin);
    for (let i = 0; i < before.length; i++) removeAttribute(twin, before[i]);
    const names = getAttributeNames(now);
    for (let i = 0; i < names.length; i++)
      setAttributeNodeNS(twin, cloneNode(getAttributeNode(now, names[i])));
  }
  return twin;
}

/**
 * Gives a copy that loads nothing the attributes that the page believes an element to have.
 * @param {Element} copy
 * @param {Element} element
 */
function show(copy, element) {
  const views = viewsOf(element);
  for (const name in views) {
    const view = views[name];
    if (!view) continue;
    if (view.value === null) removeAttribute(copy, name);
    else give(copy, name, name === "srcdoc" ? trustHTML(view.value) : view.value);
  }
}

/** @param {Function} native @param {any} self @param {any[]} args */
function byCopy(native, self, args) {
  const copy = shownCopy(self);
  if (!copy) return apply(native, self, args);
  attempt(() => readNoscripts(copy));
  if (getNodeType(copy) === 1) return apply(native, copy, args);
  const holder = createElementNS(inertDocument(), XHTML, "div");
  appendChild(holder, copy);
  return getInnerHTML(holder);
}

/**
 * A copy of a tree as the page believes it to be; undefined where the tree is so. Who reads the whole document wants to show or to keep
 * it: there, what waits is better inert, since a text that loads at once would have to wait whole (texts.js).
 * @param {any} root
 * @returns {any}
 */
function shownCopy(root) {
  /** @type {any} */
  let copy;
  attempt(() => {
    const owner = getOwnerDocument(root);
    if (!owner || root === getDocumentElement(owner) || !mayShow(root)) return;
    const list = carriersIn(root, noRoot);
    /** @type {Element[] | undefined} */
    let copies;
    for (let i = 0; i < list.length; i++) {
      if (!viewsOf(list[i])) continue;
      copies = copies || carriersIn((copy = copyOf(root)), noRoot);
      show(copies[i], list[i]);
    }
  });
  return copy;
}

/** @param {any} root */
function copyOf(root) {
  if (getNodeType(root) === 1) return importNode(inertDocument(), root, true);
  // A shadow root cannot be copied.
  const copy = createFragment(inertDocument());
  for (let child = getFirstChild(root); child; child = getNextSibling(child))
    appendChild(copy, importNode(inertDocument(), child, true));
  return copy;
}

/**
 * What a document without script says of what it shows instead: there these elements have no text, but elements.
 * @param {any} copy
 */
function readNoscripts(copy) {
  const list = (getNodeType(copy) === 1 ? querySelectorAll : fragmentQuerySelectorAll)(
    copy,
    "noscript",
  );
  for (let i = 0; i < list.length; i++) {
    if (getElementFirstChild(list[i])) continue;
    const holder = createElementNS(inertDocument(), XHTML, "div");
    setInnerHTML(holder, trustHTML(getTextContent(list[i])));
    setTextContent(list[i], "");
    for (let child; (child = getFirstChild(holder));) appendChild(list[i], child);
  }
}
