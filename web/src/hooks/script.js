/**
 * Script elements. A script that may not run is made inert by its type, which keeps node, URL, listeners and nonce; it
 * is decided when its URL is set and again when it is inserted, and started on the same element when it is released.
 */
import { hold, later } from "../effects.js";
import { showAttribute, shownAttribute, unshowAttribute } from "../held.js";
import { actionOf, decidePlace, place } from "../gate.js";
import {
  apply,
  dispatchEvent,
  getAttribute,
  getAttributeNS,
  getLocalName,
  getNextSibling,
  getParentNode,
  hasAttribute,
  insertBefore,
  isConnected,
  mapDelete,
  mapGet,
  mapSet,
  NativeEvent,
  NativeWeakMap,
  removeAttribute,
  setAsync,
  setAttribute,
  win,
} from "../natives.js";
import { wrapAccessor } from "../wrap.js";
import { ALLOW, DROP, KIND_SCRIPT } from "../gen/abi.js";

/** A type no browser runs. */
const INERT = "text/plain";
const XLINK = "http://www.w3.org/1999/xlink";

/**
 * @typedef {{
 *   letGo: () => void, denied: boolean, told: boolean, ordered: boolean, source: any, waiting: boolean,
 * }} HeldScript
 */

/** @type {WeakMap<Element, HeldScript>} */
const scripts = new NativeWeakMap();

/** @type {((element: Element) => void)[]} */
const watchers = [];

/**
 * Calls watcher with each script element that is kept from running because it is Segment's or a rule's.
 * @param {(element: Element) => void} watcher
 */
export function onHeldScript(watcher) {
  watchers[watchers.length] = watcher;
}

export function hookScript() {
  const prototype = win.HTMLScriptElement && win.HTMLScriptElement.prototype;
  wrapAccessor(prototype, "type", {
    get: (native, self, args) => {
      const shown = shownAttribute(self, "type");
      return shown === undefined ? apply(native, self, args) : shown || "";
    },
    set: (native, self, args) => {
      if (shownAttribute(self, "type") === undefined) return apply(native, self, args);
      showAttribute(self, "type", `${args[0]}`);
    },
  });
  return wrapAccessor(prototype, "src", {
    set: (native, self, args) => {
      const value = once(args[0]);
      judge(self, `${value}`, value);
      return apply(native, self, [value]);
    },
  });
}

/**
 * A value converted once: texts stay, trusted-type objects stay themselves, anything else becomes its text.
 * @param {any} value
 */
export function once(value) {
  return typeof value === "object" &&
    value &&
    win.TrustedScriptURL &&
    value instanceof win.TrustedScriptURL
    ? value
    : `${value}`;
}

/** @param {Element} element */
export function isScript(element) {
  return getLocalName(element) === "script";
}

/** The URL a script would load, as its attributes say. @param {Element} element @returns {string | null} */
function scriptURL(element) {
  const src = getAttribute(element, "src");
  if (src !== null || element instanceof win.HTMLScriptElement) return src;
  const href = getAttribute(element, "href");
  return href === null ? getAttributeNS(element, XLINK, "href") : href;
}

/**
 * Decides a script that is about to be inserted, or that the parser has just inserted.
 * @param {Element} element
 * @param {boolean} [parsed] whether the parser inserted it
 */
export function judgeInserted(element, parsed) {
  const url = scriptURL(element);
  if (url !== null && !mapGet(scripts, element)) judge(element, url, url, parsed);
}

/**
 * Decides a script by the URL it is given and makes it inert or ordinary accordingly.
 * @param {Element} element
 * @param {string} url
 * @param {any} source the URL as the page gave it
 * @param {boolean} [parsed]
 */
export function judge(element, url, source, parsed) {
  const where = place(url);
  const action = actionOf(decidePlace(KIND_SCRIPT, where));
  const before = mapGet(scripts, element);
  if (before) before.letGo();
  if (!where || action === ALLOW) {
    if (before) revive(element, before);
    return;
  }
  /** @type {HeldScript} */
  const state = {
    letGo: () => {},
    denied: action === DROP,
    told: false,
    ordered:
      !!parsed && element instanceof win.HTMLScriptElement && !hasAttribute(element, "async"),
    source,
    waiting: true,
  };
  mapSet(scripts, element, state);
  disable(element);
  // A denied script waits too: the visitor may change their mind, and then it runs on the same element.
  park(element, state, where);
  for (const watcher of watchers) watcher(element);
}

/**
 * @param {Element} element
 * @param {HeldScript} state
 * @param {import("../gate.js").Place} where
 */
function park(element, state, where) {
  state.letGo = hold({
    kind: KIND_SCRIPT,
    host: where.host,
    rest: where.path,
    target: where.target,
    resume: () => release(element, state),
    cancel: () => {
      state.denied = true;
      park(element, state, where);
      tellDenied(element);
    },
  });
}

/** @param {Element} element */
function disable(element) {
  if (shownAttribute(element, "type") !== undefined) return;
  showAttribute(element, "type", getAttribute(element, "type"));
  setAttribute(element, "type", INERT);
}

/**
 * Gives an element its own type back.
 * @param {Element} element
 * @param {HeldScript} state
 */
function revive(element, state) {
  const type = shownAttribute(element, "type");
  state.waiting = false;
  mapDelete(scripts, element);
  unshowAttribute(element, "type");
  if (type === null || type === undefined) removeAttribute(element, "type");
  else setAttribute(element, "type", type);
}

/**
 * Starts a held script on its own element. An element that is not in a document starts when the page inserts it.
 * @param {Element} element
 * @param {HeldScript} state
 */
function release(element, state) {
  revive(element, state);
  if (!isConnected(element)) return;
  if (state.ordered) setAsync(element, false);
  const trusted = typeof state.source !== "string";
  const src = getAttribute(element, "src");
  if (src === null || trusted) {
    // Only being inserted again starts a script whose URL cannot be set again as it was.
    const parent = getParentNode(element);
    const next = getNextSibling(element);
    parent.removeChild(element);
    insertBefore(parent, element, next);
    return;
  }
  removeAttribute(element, "src");
  setAttribute(element, "src", src);
}

/**
 * Lets a refused script end as a failed one, once it stands in the document.
 * @param {Element} element
 */
export function tellDenied(element) {
  const state = mapGet(scripts, element);
  if (!state || !state.denied || state.told || !isConnected(element)) return;
  state.told = true;
  later(() => {
    if (state.waiting) dispatchEvent(element, new NativeEvent("error"));
  });
}
