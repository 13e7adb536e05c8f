/**
 * Elements that fetch what an attribute names. A held URL is not given to the element, which goes on showing it; a
 * refused one ends as a failed load.
 */
import { against, isOpen, suspend } from "../ask.js";
import { attempt, later } from "../effects.js";
import { isShown, showAttribute, shownAttribute, unshowAttribute } from "../held.js";
import {
  apply,
  construct,
  create,
  dispatchEvent,
  getAttribute,
  getAttributeNS,
  getBaseURI,
  getElementFirstChild,
  getFragmentFirstChild,
  getLocalName,
  getNextElement,
  getNextSibling,
  getNodeType,
  getParentNode,
  hasAttribute,
  indexOf,
  insertBefore,
  isConnected,
  isFirefox,
  keysOf,
  lower,
  NativeEvent,
  push,
  removeAttribute,
  removeAttributeNS,
  setAttribute,
  setAttributeNS,
  slice,
  win,
} from "../natives.js";
import { once, trustHTML } from "../trusted.js";
import { isHomeUsual, isUsual, namesUsual } from "../usual.js";
import { wrapAccessor, wrapConstructor } from "../wrap.js";
import { sealedURLs } from "./document.js";
import { isSealed, withDoor } from "./door.js";
import { isScript } from "./kept.js";
import { rootOf } from "./roots.js";
import { isMarked, judgeInserted, mayWait, noteInserted, unmarkScript } from "./script.js";
import { MARK, XLINK_HREF } from "./tags.js";
import { resolve, tameDocument } from "./tame.js";
import { KIND_BEACON, KIND_FRAME, KIND_MEDIA, KIND_NAVIGATION } from "../gen/abi.js";
import { LISTS, LOADS } from "../gen/elements.js";

export const XLINK = "http://www.w3.org/1999/xlink";

/** The properties that reflect the attributes, by interface: one that shows the text, one that shows a whole URL. */
/** @type {Record<string, string[]>} */
const PROPERTIES = {
  Image: ["srcset", "src"],
  Source: ["srcset", "src"],
  IFrame: ["srcdoc", "src"],
  Frame: ["", "src"],
  Link: ["imageSrcset", "href"],
  Object: ["", "data"],
  Embed: ["", "src"],
  Media: ["", "src"],
  Video: ["", "poster"],
  Track: ["", "src"],
  Input: ["", "src"],
  Meta: ["content"],
  Anchor: ["ping"],
  Area: ["ping"],
  Body: ["background"],
};

/** Every name in the table. */
/** @type {Record<string, boolean>} */
export const NAMES = create(null);
/** What the server renames each to. @type {Record<string, string>} */
const MARKS = create(null);
for (const element of keysOf(LOADS))
  for (const name of LOADS[element])
    if (typeof name === "string") {
      NAMES[name] = true;
      MARKS[name] = `${MARK}-${name}`;
    }

export function hookSource() {
  for (const name of keysOf(PROPERTIES)) {
    const [texts, urls] = PROPERTIES[name];
    const found = win[`HTML${name}Element`];
    hookProperty(found, texts, false);
    if (urls) hookProperty(found, urls, true);
  }
  hookProperty(win.SVGAElement, "ping", false);
  wrapAccessor(win.HTMLIFrameElement && win.HTMLIFrameElement.prototype, "sandbox", {
    set: (native, self, args) => {
      const result = apply(native, self, args);
      reseal(self);
      return result;
    },
  });
  return hookAudio();
}

/**
 * @param {any} owner an interface, if there is one
 * @param {string} property
 * @param {boolean} resolved whether it shows the URL resolved
 */
function hookProperty(owner, property, resolved) {
  const name = lower(property);
  wrapAccessor(owner && owner.prototype, property, {
    get: (native, self, args) => {
      const shown = shownAttribute(self, name);
      return shown
        ? resolved
          ? resolve(shown, getBaseURI(self))
          : shown
        : apply(native, self, args);
    },
    set: (native, self, args) => {
      const value = (args[0] = once(args[0]));
      if (passes(self, name, `${value}`, value)) return apply(native, self, args);
    },
    passes: (self, args) => areUsual(name, args[0]) && !isShown(self),
  });
}

/**
 * Whether all URLs in an attribute's value are such as no rule speaks of.
 * @param {string} name
 * @param {any} value as the page gave it
 */
function areUsual(name, value) {
  if (typeof value !== "string" || name === "srcdoc") return false;
  if (LISTS[name]) return namesUsual(value) && isHomeUsual();
  if (name !== "content") return isUsual(value);
  const urls = refreshURL(value);
  return !urls.length || isUsual(urls[0]);
}

/** new Audio(url) gives the element its URL before anybody sees it. */
function hookAudio() {
  return wrapConstructor("Audio", (native, args, newTarget) => {
    const url = args.length && args[0] !== undefined ? (args[0] = `${args[0]}`) : "";
    if (!url || isOpen(KIND_MEDIA, url)) return construct(native, args, newTarget);
    const audio = construct(native, [], newTarget);
    passes(audio, "src", url);
    return audio;
  });
}

/**
 * Decides the URLs in an attribute. When it may not be set, it is held or refused here.
 * @param {Element} element
 * @param {string} name in lower case
 * @param {string} value
 * @param {any} [given] the value as the page gave it, be it a trusted-type object
 * @returns {boolean} whether the caller may set it
 */
export function passes(element, name, value, given = value) {
  const loads = loadsOf(element, name);
  if (!loads) return true;
  unshowAttribute(element, name);
  const isDocument = name === "srcdoc";
  for (const url of isDocument ? sealedURLs(element, value) : urlsIn(name, value)) {
    const where = against(isDocument || isUsual(url) ? loads[0] : kindOf(element, loads[0]), url);
    if (!where) continue;
    take(element, name);
    showAttribute(element, name, value);
    const letGo = suspend(
      loads[0],
      where,
      () => {
        unshowAttribute(element, name);
        if (passes(element, name, value, given)) give(element, name, given);
      },
      () => fail(element, loads[0]),
    );
    showAttribute(element, name, value, letGo);
    return false;
  }
  return !isDocument || maySetDocument(element, value, given);
}

/**
 * What kind of request an element's URL is: a frame's page that the gate cannot come into, or not in time, is one that is gone to. It
 * can where the page is the first in its frame, and of the origin that it came from.
 * @param {Element} element
 * @param {number} kind of what it loads by its table
 */
export function kindOf(element, kind) {
  return kind === KIND_FRAME && (isConnected(element) || isSealed(element))
    ? KIND_NAVIGATION
    : kind;
}

/**
 * A frame that is in no document has got another sandbox: what it was given before it may not reach the gate any more.
 * @param {Element} frame
 */
export function reseal(frame) {
  attempt(() => {
    if (getLocalName(frame) !== "iframe" || isConnected(frame) || !isSealed(frame)) return;
    putRight(frame, blocked(frame));
  });
}

/**
 * What an element loads by an attribute of that name; undefined when nothing.
 * @param {Element} element
 * @param {string} name in lower case
 */
function loadsOf(element, name) {
  let loads;
  try {
    loads = LOADS[getLocalName(element)];
  } catch {
    // No element: the native function says so.
  }
  for (let i = 1; loads && i < loads.length; i++) if (loads[i] === name) return loads;
  return undefined;
}

/**
 * The attributes of an element that may not be as they are now, and those that the server has renamed.
 * @param {Element} element
 * @returns {string[]}
 */
export function blocked(element) {
  const loads = LOADS[getLocalName(element)];
  /** @type {string[]} */
  const found = [];
  for (let i = 1; loads && i < loads.length; i++) {
    const name = /** @type {string} */ (loads[i]);
    const value = valueOf(element, name);
    if (
      value === null
        ? hasAttribute(element, MARKS[name])
        : name === "srcdoc"
          ? !isGuarded(element, value)
          : !mayHave(kindOf(element, loads[0]), name, value)
    )
      push(found, name);
  }
  return found;
}

/** Whether a frame's document may be as it is. @param {Element} frame @param {string} value */
function isGuarded(frame, value) {
  return !sealedURLs(frame, value).length && withDoor(tameDocument(value), frame) === value;
}

/**
 * Whether an attribute may have a value now. Only a question.
 * @param {number} kind
 * @param {string} name
 * @param {string} value
 * @param {string} [base] what URLs in it are relative to, if not the document's own base
 */
export function mayHave(kind, name, value, base) {
  for (const url of urlsIn(name, value)) if (!isOpen(kind, resolve(url, base))) return false;
  return true;
}

/**
 * Elements of a tree that was made where nothing loads, and comes to where it would.
 * @param {any} root an element or a fragment
 * @param {boolean} [scripts] whether all of its scripts count, and not only those in shadow trees
 * @param {Element[]} [met] gets the others
 * @returns {[Element, string[]][]} those with attributes that may not be as they are, scripts that may have to wait, and with the
 *   mark's name such as the server has made inert and will not start by themselves
 */
export function blockedIn(root, scripts, met) {
  /** @type {[Element, string[]][]} */
  const found = [];
  eachCarrier(root, (element, inShadow) => {
    if (isScript(element)) {
      // Others are found when they are inserted.
      if (inShadow || scripts) {
        if (mayWait(element)) push(found, [element, []]);
      } else if (!met && isMarked(element)) push(found, [element, [MARK]]);
      if (met && !inShadow) push(met, element);
      return;
    }
    const names = blocked(element);
    if (names.length) push(found, [element, names]);
  });
  return found;
}

/**
 * The scripts and the elements of the table in a tree, its root among them, in their order.
 * @param {any} root
 * @param {import("./roots.js").RootOf} [shadowOf] which shadow trees count
 * @param {boolean} [alone] whether its children do not
 */
export function carriersIn(root, shadowOf, alone) {
  /** @type {Element[]} */
  const found = [];
  eachCarrier(root, (element) => push(found, element), shadowOf, alone);
  return found;
}

/**
 * Calls run with each of them, and whether it is in a shadow tree. One by one: a selector of so many names costs a multiple.
 * @param {any} root
 * @param {(element: Element, inShadow: boolean) => void} run
 * @param {import("./roots.js").RootOf} [shadowOf]
 * @param {boolean} [alone]
 */
function eachCarrier(root, run, shadowOf = rootOf, alone = false) {
  walk(root, false);

  /** @param {any} top @param {boolean} inShadow */
  function walk(top, inShadow) {
    const type = getNodeType(top);
    if (type === 1) meet(top, inShadow);
    if (alone && top === root) return;
    let next = type === 1 ? getElementFirstChild(top) : type === 11 && getFragmentFirstChild(top);
    while (next) {
      let node = next;
      meet(node, inShadow);
      next = getElementFirstChild(node);
      while (!next && node !== top) {
        next = getNextElement(node);
        node = getParentNode(node);
      }
    }
  }

  /** @param {Element} element @param {boolean} inShadow */
  function meet(element, inShadow) {
    const name = getLocalName(element);
    if (LOADS[name] || name === "script") run(element, inShadow);
    const inner = shadowOf(element);
    if (inner) walk(inner, true);
  }
}

/**
 * Takes away what may not load, and holds or refuses it.
 * @param {[Element, string[]][]} list
 * @param {boolean} [spent] whether none of its scripts starts any more
 */
export function disarm(list, spent) {
  for (const [element, names] of list) {
    if (!isScript(element)) putRight(element, names);
    else if (names.length) unmarkScript(element, spent);
    else {
      judgeInserted(element);
      later(() => noteInserted(element));
    }
  }
}

/** Decides attributes of an element that it has, or had at the server. @param {Element} element @param {string[]} names */
function putRight(element, names) {
  for (let i = 0; i < names.length; i++) {
    const value = valueOf(element, names[i]);
    if (value === null) reviveAttribute(element, names[i]);
    else passes(element, names[i], value);
  }
}

/** Gives an element an attribute back that the server has renamed. @param {Element} element @param {string} name */
export function reviveAttribute(element, name) {
  const value = getAttribute(element, MARKS[name]);
  if (value === null) return;
  removeAttribute(element, MARKS[name]);
  if (passes(element, name, value)) give(element, name, value);
}

/**
 * A frame's document given as text.
 * @param {Element} frame
 * @param {string} value
 * @param {any} given
 */
function maySetDocument(frame, value, given) {
  const tamed = tameDocument(value, given);
  const text = withDoor(tamed, frame);
  if (text === value) return true;
  let isSet = false;
  // A text of the page's own is for its default policy to read, or for the browser to refuse.
  const isText = typeof given === "string";
  attempt(() => {
    setAttribute(frame, "srcdoc", isText ? text : trustHTML(text));
    isSet = true;
  });
  // Where nobody may make a trusted type the frame stays empty, if there is anything in it that may not load.
  if (!isSet && (isText || tamed === value)) return true;
  showAttribute(frame, "srcdoc", value);
  return false;
}

/**
 * An attribute's value; XLink's by its namespace, whatever its prefix is.
 * @param {Element} element
 * @param {string} name
 * @returns {string | null}
 */
export function valueOf(element, name) {
  return name === XLINK_HREF ? getAttributeNS(element, XLINK, "href") : getAttribute(element, name);
}

/** Takes an attribute away. @param {Element} element @param {string} name */
export function take(element, name) {
  if (name === XLINK_HREF) removeAttributeNS(element, XLINK, "href");
  else removeAttribute(element, name);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
export function give(element, name, value) {
  if (name === XLINK_HREF) setAttributeNS(element, XLINK, name, value);
  else setAttribute(element, name, value);
  // Firefox reads a refresh as it is inserted, as the standard says, and no later (HTML standard 4.2.5.3).
  const parent = name === "content" && isFirefox && getParentNode(element);
  if (parent && isConnected(element)) insertBefore(parent, element, getNextSibling(element));
}

/**
 * A load that fails; a frame shows an error page instead, which is a load too.
 * @param {Element} element
 * @param {number} kind
 */
function fail(element, kind) {
  if (kind === KIND_BEACON || kind === KIND_NAVIGATION) return;
  later(() => dispatchEvent(element, new NativeEvent(kind === KIND_FRAME ? "load" : "error")));
}

/**
 * The URLs in an attribute's value.
 * @param {string} name
 * @param {string} value
 * @returns {string[]}
 */
export function urlsIn(name, value) {
  if (name === "content") return refreshURL(value);
  if (!LISTS[name]) return [value];
  const isSet = name !== "ping" && name !== "values";
  /** @type {string[]} */
  const found = [];
  for (let at = 0; at < value.length;) {
    while (value[at] <= " " || (isSet && value[at] === ",")) at++;
    const start = at;
    while (name === "values" ? at < value.length && value[at] !== ";" : value[at] > " ") at++;
    let end = at++;
    while (isSet && end > start && value[end - 1] === ",") end--;
    if (end > start) push(found, slice(value, start, end));
    if (isSet && end === at - 1) at = behindDescriptors(value, end);
  }
  return found;
}

/**
 * Where what describes an image ends: behind a comma that is in no brackets, where the next URL may begin at once (HTML standard
 * 4.8.4.2.2).
 * @param {string} value
 * @param {number} at
 */
function behindDescriptors(value, at) {
  for (; at < value.length && value[at] !== ","; at++) {
    const end = value[at] === "(" ? indexOf(value, ")", at) : at;
    if (end < 0) return value.length;
    at = end;
  }
  return at + 1;
}

/** The URL in a meta refresh, if there is one (HTML standard 4.2.5.3). @param {string} content @returns {string[]} */
function refreshURL(content) {
  const start = skip(content, 0, "");
  let at = skip(content, start, "0123456789.");
  if (at === start) return [];
  at = skip(content, at, "");
  if (content[at] === ";" || content[at] === ",") at = skip(content, at + 1, "");
  if (lower(slice(content, at, at + 3)) === "url") {
    const equals = skip(content, at + 3, "");
    if (content[equals] === "=") at = skip(content, equals + 1, "");
  }
  const quote = content[at];
  const end = quote === "'" || quote === '"' ? indexOf(content, quote, ++at) : -1;
  const url = slice(content, at, end < 0 ? content.length : end);
  return url ? [url] : [];
}

/**
 * Where signs of a kind end in a text.
 * @param {string} text
 * @param {number} at where they would begin
 * @param {string} signs white space if empty
 */
function skip(text, at, signs) {
  while (at < text.length && (signs ? indexOf(signs, text[at]) >= 0 : text[at] <= " ")) at++;
  return at;
}
