/**
 * Markup given as text. Where something in it may not load, the text is parsed in a document in which nothing loads, the
 * attributes in question are taken from its elements, and these are put where the browser would have put them. All other
 * text goes to the browser as it came, after a look at the names of its tags.
 */
import { isOpen } from "../ask.js";
import { guard } from "../effects.js";
import {
  adoptNode,
  appendChild,
  apply,
  create,
  createElementNS,
  createFragment,
  createRange,
  doc,
  fragmentQuerySelectorAll,
  fragmentReplaceChildren,
  getDocumentElement,
  getFirstChild,
  getInnerHTML,
  getLocalName,
  getNamespace,
  getNextSibling,
  getNodeType,
  getOuterHTML,
  getOwnerDocument,
  getParentNode,
  getStartContainer,
  getTemplateContent,
  getWindow,
  indexOf,
  inertDocument,
  insertBefore,
  isHTML,
  keysOf,
  lower,
  querySelectorAll,
  replaceChild,
  replaceChildren,
  selectContents,
  setAttribute,
  setInnerHTML,
  setTextContent,
  slice,
  upperCase,
  win,
  XHTML,
} from "../natives.js";
import { once, trustHTML } from "../trusted.js";
import { wrapAccessor, wrapMethod } from "../wrap.js";
import { mayFrame } from "./door.js";
import { isShort, staysHome } from "./home.js";
import { lookAway } from "./parser.js";
import { framesIn, visitAmong, visitFrames, visitWhere } from "./realm.js";
import { roots } from "./roots.js";
import { reviveAll, reviveElement } from "./revive.js";
import { childrenOf, upgradeAll, upgradeLoose } from "./upgrade.js";
import { blockedIn, carriersIn, disarm } from "./source.js";
import { endOfName, MARK } from "./tags.js";
import { tame } from "./tame.js";
import { judgeText } from "./unstarted.js";
import { KIND_IMAGE } from "../gen/abi.js";
import { LOADS } from "../gen/elements.js";

/** @typedef {(self: any, args: any[]) => Node | null} Context the element whose children the text would become */
/** @typedef {(inert: Element, args: any[]) => boolean | void} Parse makes the text an element's children; says if it kept something back */

export function hookMarkup() {
  const { Element, ShadowRoot, Range, Document } = /** @type {any} */ (win);
  // These make shadow roots of it, or leave out what is not safe.
  const { setHTMLUnsafe, setHTML } = Element.prototype;
  for (const owner of [Element, ShadowRoot]) {
    const prototype = owner && owner.prototype;
    wrapAccessor(prototype, "innerHTML", { set: parsing(0, contents, putContents, "") });
    for (const native of [setHTMLUnsafe, setHTML]) {
      const parse = (/** @type {any} */ inert, /** @type {any[]} */ args) => {
        const safe = openly(args);
        apply(native, inert, safe || args);
        if (safe) reviveIn(inert);
        return !!safe;
      };
      if (native)
        wrapMethod(prototype, native.name, parsing(0, contents, putContents, "null", parse));
    }
  }
  wrapAccessor(Element.prototype, "outerHTML", { set: parsing(0, getParentNode, putInstead, "") });
  wrapMethod(Element.prototype, "insertAdjacentHTML", parsing(1, adjacent, putAdjacent));
  wrapMethod(Range.prototype, "createContextualFragment", onFragment);
  for (const name of ["parseHTMLUnsafe", "parseHTML"]) wrapMethod(Document, name, onParse);
  return wrapMethod(Document.prototype, "execCommand", (native, self, args) => {
    if (args.length) tameCommand(args);
    lookAway();
    const result = apply(native, self, args);
    visitFrames();
    // What was made inert may come back by any later command.
    if (commanded) reviveAll(self);
    return result;
  });
}

/** @param {Function} native @param {any} self @param {any[]} args */
function onParse(native, self, args) {
  if (args.length) args[0] = text(args[0]);
  /** @type {any} */
  let parsed;
  guard(() => {
    const safe = openly(args);
    if (safe) reviveIn(getDocumentElement((parsed = apply(native, self, safe))));
  });
  return parsed || apply(native, self, args);
}

/**
 * The arguments to parse markup with that may declare shadow roots, if it does and something in it may not load: what comes to stand
 * in closed ones nobody finds again, so it is made inert before, and stays so.
 * @param {any[]} args
 */
function openly(args) {
  return has(args[0], "shadowrootmode") ? inertly(args, 0) : undefined;
}

/** Whether a markup may have something in it. @param {any} markup @param {string} name */
function has(markup, name) {
  return indexOf(lower(`${markup}`), name) >= 0;
}

/**
 * The arguments with a markup in which what may not load is inert; undefined where all may, or nobody may change the markup.
 * @param {any[]} args
 * @param {number} at where it stands
 */
function inertly(args, at) {
  const markup = `${args[at]}`;
  const { text, tail } = tame(markup);
  if (text + tail === markup) return undefined;
  const changed = [args[0], args[1]];
  changed.length = args.length;
  // A text of the page's own may be for its default policy to read.
  changed[at] = typeof args[at] === "string" ? text + tail : trustHTML(text + tail);
  return typeof changed[at] === typeof args[at] ? changed : undefined;
}

/** @param {any} root */
function reviveIn(root) {
  const list = carriersIn(root);
  for (let i = 0; i < list.length; i++) reviveElement(list[i]);
}

/** Whether anything that an editor's command has brought was made inert. */
let commanded = false;

/**
 * What an editor's command brings is read first; an image that may not load comes as markup, which can be made inert.
 * @param {any[]} args of execCommand
 */
function tameCommand(args) {
  const command = lower((args[0] = `${args[0]}`));
  if (command !== "inserthtml" && command !== "insertimage") return;
  args[2] = once(args[2]);
  const value = `${args[2]}`;
  if (command === "inserthtml") {
    const safe = tame(value).text;
    if (safe === value) return;
    args[2] = typeof args[2] === "string" ? safe : trustHTML(safe);
    commanded = true;
  } else if (!isOpen(KIND_IMAGE, value)) {
    const image = createElementNS(inertDocument(), XHTML, "img");
    setAttribute(image, "src", value);
    args[0] = "insertHTML";
    args[2] = trustHTML(tame(getOuterHTML(image)).text);
    commanded = true;
  }
}

/**
 * A value that is taken as markup, converted once; trusted-type objects stay themselves.
 * @param {any} value
 * @param {string} [none] what null is taken for (the properties' [LegacyNullToEmptyString], HTML standard)
 */
function text(value, none = "null") {
  if (typeof value === "string") return value;
  if (value === null) return none;
  return once(value);
}

/**
 * How the names of elements that load begin: by first letter the second ones, or `any`. Most tags are none of them, and to see that
 * takes less than to cut out their names.
 * @type {Record<string, Record<string, boolean>>}
 */
const BEGINNINGS = create(null);
for (const name of keysOf(LOADS)) {
  for (const first of [name[0], upperCase(name[0])]) {
    const seconds = (BEGINNINGS[first] ||= create(null));
    for (const second of name[1] ? [name[1], upperCase(name[1])] : ["any"]) seconds[second] = true;
  }
}

/** No names yet. @type {Record<string, boolean>} */
const NONE = create(null);

/**
 * Whether a text has a tag that may load something, and names an attribute by which it would.
 * @param {string} markup
 */
function mayLoad(markup) {
  let text = "";
  /** @type {Record<string, boolean>} */
  let seen = NONE;
  for (let at = indexOf(markup, "<"); at >= 0; at = indexOf(markup, "<", at + 1)) {
    const seconds = BEGINNINGS[markup[at + 1]];
    if (!seconds || !(seconds.any || seconds[markup[at + 2]])) continue;
    const name = lower(slice(markup, at + 1, endOfName(markup, at + 1)));
    if (seen === NONE) seen = create(null);
    const loads = !seen[name] && LOADS[name];
    seen[name] = true;
    if (loads) text = text || lower(markup);
    for (let i = 1; loads && i < loads.length; i++)
      if (indexOf(text, /** @type {string} */ (loads[i])) >= 0) return true;
  }
  return false;
}

/**
 * Whether a text must be read before it becomes elements.
 * @param {string} markup
 */
function isDoubtful(markup) {
  // What takes less comes first: to read a short text's tags, or to see that all of a long one stays home.
  return isShort(markup)
    ? mayMean(markup) && mayLeave(markup)
    : mayLeave(markup) && mayMean(markup);
}

/** Whether a text has a tag that may load something, or one that the server has changed. @param {string} markup */
function mayMean(markup) {
  return mayLoad(markup) || indexOf(markup, MARK) >= 0;
}

/** Whether a text may lead elsewhere, or have a frame's document in it. @param {string} markup */
function mayLeave(markup) {
  return !staysHome(markup) || mayFrame(markup);
}

/**
 * @param {number} at where the text stands among the arguments
 * @param {Context} contextOf
 * @param {(self: any, fragment: Node, args: any[]) => void} put
 * @param {string} [none] what null is taken for
 * @param {Parse} [parse]
 */
function parsing(at, contextOf, put, none, parse) {
  return (/** @type {Function} */ native, /** @type {any} */ self, /** @type {any[]} */ args) => {
    lookAway();
    if (args.length <= at) return apply(native, self, args);
    if (at) args[0] = `${args[0]}`;
    args[at] = text(args[at], none);
    /** @type {Node | undefined} */
    let fragment;
    /** @type {any[] | undefined} */
    let inert;
    /** @type {any} */
    let place;
    const runs = !!parse && mayRun(args[1]);
    if (runs) args[1] = { __proto__: args[1], runScripts: true };
    if (runs || isDoubtful(`${args[at]}`)) {
      guard(() => {
        place = contextOf(self, args);
        const context = loading(place);
        // Where nothing runs what stands in a noscript is read as elements.
        if (context && !runs && has(args[at], "<noscript")) inert = inertly(args, at);
        else if (!context && parse) inert = openly(args);
        const read = parse || ((holder) => setInnerHTML(holder, args[at]));
        if (context && !inert)
          fragment = safeFragment(context, (holder) => read(holder, args), runs);
      });
    }
    judgeText(self, [args[at]]);
    // In place of an element: it has no parent any more afterwards.
    const around = roots.made && holdsFrames(args[at]) ? getParentNode(self) : null;
    const made = fragment && childrenOf(fragment);
    const result = fragment ? put(self, fragment, args) : apply(native, self, inert || args);
    if (made) upgradeAll(made);
    if (inert) guard(reviveIn, contentOf(place));
    visitFrames();
    visitWhere(self);
    if (roots.made && put === putContents) visitAmong(framesIn([self]));
    else if (around) visitAmong(framesIn([around]));
    return result;
  };
}

/** Whether a text may have something in it that has a window. @param {any} text */
function holdsFrames(text) {
  return has(text, "frame") || has(text, "object") || has(text, "embed");
}

/** Whether the scripts of a text run (setHTMLUnsafe). To be asked once: the page may tell that it is. @param {any} options */
function mayRun(options) {
  return options !== null && options !== undefined && !!options.runScripts;
}

/** @param {Function} native @param {any} self @param {any[]} args */
function onFragment(native, self, args) {
  if (!args.length) return apply(native, self, args);
  args[0] = text(args[0]);
  /** @type {Node | undefined} */
  let fragment;
  if (isDoubtful(`${args[0]}`)) {
    guard(() => {
      const context = loading(getStartContainer(self));
      if (!context) return;
      const safe = has(args[0], "<noscript") && inertly(args, 0);
      if (safe) reviveIn((fragment = apply(native, self, safe)));
      // A range of the inert document, so that scripts in the fragment can still run when they are inserted.
      else
        fragment = safeFragment(context, (inert) => {
          const range = createRange(getOwnerDocument(inert));
          selectContents(range, inert);
          return apply(native, range, args);
        });
    });
  }
  if (!fragment) return apply(native, self, args);
  return upgradeLoose(adoptNode(doc, fragment));
}

/**
 * The element that markup is parsed for, if what is in it would load.
 * @param {any} node
 * @returns {any}
 */
function loading(node) {
  if (!node) return undefined;
  const type = getNodeType(node);
  const owner = type === 9 ? node : getOwnerDocument(node);
  if (!getWindow(owner)) return undefined;
  if (type === 9 || type === 11) return createElementNS(owner, XHTML, "body");
  if (type !== 1) return loading(getParentNode(node));
  // There all is text.
  return isHTML(node, "noscript") ? undefined : node;
}

/** Where the content of a node is: a template's is no child of it. @param {any} node */
function contentOf(node) {
  return getNodeType(node) === 1 && isHTML(node, "template") ? getTemplateContent(node) : node;
}

/**
 * The parsed text without what may not load; undefined when nothing in it is to be kept back.
 * @param {any} context
 * @param {(inert: Element) => Node | boolean | void} parse returns the nodes if they are not the element's, or true if it has kept
 *   something back
 * @param {boolean} [runs] whether scripts in it run when it is inserted, of which no other hook hears
 * @returns {Node | undefined}
 */
function safeFragment(context, parse, runs) {
  const inert = createElementNS(inertDocument(), getNamespace(context), getLocalName(context));
  const made = parse(inert);
  const parsed = typeof made === "object" ? made : contentOf(inert);
  quieten(parsed);
  const found = blockedIn(parsed, runs);
  if (!found.length && made !== true) return undefined;
  disarm(found);
  if (parsed !== inert) return parsed;
  const fragment = createFragment(getOwnerDocument(inert));
  for (let child; (child = getFirstChild(inert));) appendChild(fragment, child);
  return fragment;
}

/** What stands in a noscript is a text where scripts run, as they do not where it was read. @param {any} parsed */
function quieten(parsed) {
  const list = (getNodeType(parsed) === 1 ? querySelectorAll : fragmentQuerySelectorAll)(
    parsed,
    "noscript",
  );
  for (let i = 0; i < list.length; i++) setTextContent(list[i], getInnerHTML(list[i]));
}

/** @type {Context} */
function contents(self) {
  return contentOf(self);
}

/** @param {any} self @param {Node} fragment */
function putContents(self, fragment) {
  (getNodeType(self) === 1 ? replaceChildren : fragmentReplaceChildren)(self, fragment);
}

/** @param {any} self @param {Node} fragment */
function putInstead(self, fragment) {
  replaceChild(getParentNode(self), fragment, self);
}

/** @type {Context} */
function adjacent(self, args) {
  const where = lower(args[0]);
  if (where === "beforebegin" || where === "afterend") return getParentNode(self);
  // Any other word is the native function's to refuse.
  return where === "afterbegin" || where === "beforeend" ? self : null;
}

/** @param {any} self @param {Node} fragment @param {any[]} args */
function putAdjacent(self, fragment, args) {
  const where = lower(args[0]);
  if (where === "beforebegin") insertBefore(getParentNode(self), fragment, self);
  else if (where === "afterend") insertBefore(getParentNode(self), fragment, getNextSibling(self));
  else insertBefore(self, fragment, where === "afterbegin" ? getFirstChild(self) : null);
}
