/**
 * Going somewhere by script: window.open, links that script clicks, and location where the browser tells of navigations before
 * they happen.
 */
import { upper } from "../above.js";
import { against } from "../ask.js";
import { guard } from "../effects.js";
import {
  addEventListener,
  apply,
  doc,
  getLocalName,
  getMode,
  getNamespace,
  getNodeType,
  getParentNode,
  getPath,
  getRootNode,
  getType,
  getURL,
  hasAttribute,
  indexIn,
  indexOf,
  isPrevented,
  isShadowRoot,
  listen,
  lower,
  NativeDOMException,
  NativePromise,
  preventDefault,
  removeEventListener,
  slice,
  soon,
  startsWith,
  then,
  win,
} from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { hearIn, hearLast } from "./form.js";
import { visit } from "./realm.js";
import { rootOf } from "./roots.js";
import { give, take, valueOf } from "./source.js";
import { XLINK_HREF } from "./tags.js";
import { KIND_FRAME, KIND_NAVIGATION } from "../gen/abi.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";

export function hookNavigation() {
  hearNavigation(!!upper && upper.isLater);
  wrapMethod(win.Navigation && win.Navigation.prototype, "navigate", (native, self, args) =>
    args.length && against(KIND_NAVIGATION, (args[0] = `${args[0]}`))
      ? cancelled()
      : apply(native, self, args),
  );
  hearClicks(win, listen);
  wrapMethod(win.HTMLElement.prototype, "click", onClicking);
  wrapMethod(win.EventTarget.prototype, "dispatchEvent", onClicking, isNoClick);
  wrapMethod(win.Document.prototype, "open", (native, self, args) =>
    args.length > 2 ? onOpen(native, self, args) : apply(native, self, args),
  );
  return wrapMethod(win, "open", onOpen);
}

/**
 * Hears of navigations, but not in a frame's first document: that is told of none, and making the object is not free.
 * @param {boolean} [later] whether the document is a later one
 */
export function hearNavigation(later) {
  const navigation = (later || !upper || getURL(doc) !== "about:blank") && win.navigation;
  if (navigation) addEventListener(navigation, "navigate", onNavigate);
}

/**
 * A window that is not opened is null, as when a browser blocks pop-ups.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onOpen(native, self, args) {
  const url = args.length && args[0] !== undefined ? (args[0] = `${args[0]}`) : "";
  const kind = startsWith(url, "blob:") && isFirst(args) ? KIND_FRAME : KIND_NAVIGATION;
  if (url && against(kind, url)) return null;
  const opened = apply(native, self, args);
  if (opened) visit(opened, true);
  return opened;
}

/** Whether window.open makes a window that the gate can come into: a new one, which the page has a hold of. @param {any[]} args */
function isFirst([, target = "_blank", features]) {
  // What is no text yet may be another when the browser asks.
  if (typeof target !== "string" || lower(target) !== "_blank") return false;
  if (typeof features !== "string") return features === undefined || features === null;
  const words = lower(features);
  return indexOf(words, "noopener") < 0 && indexOf(words, "noreferrer") < 0;
}

/**
 * What a visitor does with a link is not the page's doing.
 * @param {any} event
 */
function onNavigate(event) {
  if (event.userInitiated || !event.cancelable || event.destination.sameDocument) return;
  if (against(KIND_NAVIGATION, event.destination.url)) event.preventDefault();
}

/** What navigate() gives for a navigation that was cancelled (HTML standard 7.4.5.2). */
function cancelled() {
  const error = new NativeDOMException("Navigation was aborted", "AbortError");
  const result = { committed: NativePromise.reject(error), finished: NativePromise.reject(error) };
  // As the browser's own, they are nobody's to complain of.
  then(result.committed, undefined, () => {});
  then(result.finished, undefined, () => {});
  return result;
}

/**
 * Hears which link is clicked. The page's own listeners may give one another URL, and may end an event where they are: a click is
 * looked at before them, after those of its target, and at its end.
 * @param {EventTarget} target
 * @param {typeof listen} on
 */
export function hearClicks(target, on) {
  for (let i = 0; i < CLICKS.length; i++) {
    on(target, CLICKS[i], onFirst, true);
    on(target, CLICKS[i], onClick);
  }
}

/** The events by which script can follow a link; the second one in Firefox, the third in WebKit. */
const CLICKS = ["click", "DOMActivate", "auxclick"];
/** What makes a click of its own of a key (Firefox). */
const KEY = "keypress";

const ONCE = { __proto__: null, once: true };

/** @param {Event} event */
function onFirst(event) {
  const path = getPath(event);
  guard(hearInside, path);
  if (event.isTrusted || !linkIn(path, isLink)) return;
  onClick(event);
  const type = getType(event);
  addEventListener(path[0], type, onClick, ONCE);
  hearLast(event, type, onClick);
}

/** A click may submit a form in a shadow tree that came by itself (a copy, markup): no one outside hears of that. @param {any[]} path */
function hearInside(path) {
  for (let i = 0; i < path.length; i++) hearIn(path[i]);
}

/** Whether what is dispatched clicks nothing. @param {any} _ @param {any[]} args */
function isNoClick(_, args) {
  try {
    const type = getType(args[0]);
    return indexIn(CLICKS, type) < 0 && type !== KEY;
  } catch {
    return true;
  }
}

/**
 * Script clicks something. A link in no document leads somewhere too (HTML standard 4.6.4), and no window hears of it.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onClicking(native, self, args) {
  const tops = topsOf(self);
  for (let i = 0; i < tops.length; i++) hearClicks(tops[i], addEventListener);
  try {
    return apply(native, self, args);
  } finally {
    for (let i = 0; i < tops.length; i++) hearClicks(tops[i], removeEventListener);
  }
}

/** @type {any[]} */
const NOWHERE = [];

/**
 * Where to hear what no window may hear: the root of a node that is in no document, if a link may be above it, or in a shadow tree
 * around it; and an open shadow root, at which an event ends that is not composed.
 * @param {any} node
 * @returns {any[]}
 */
function topsOf(node) {
  try {
    const top = getRootNode(node, COMPOSED);
    const own = getRootNode(node);
    const inside = isShadowRoot(own) && getMode(own) === "open";
    if (getNodeType(top) === 9) return inside ? [own] : NOWHERE;
    for (let each = node; each; each = getParentNode(each))
      if (getNodeType(each) !== 1 || isLink(each) || rootOf(each))
        return inside ? [own, top] : [top];
  } catch {
    // What is no node leads nowhere.
  }
  return NOWHERE;
}

const COMPOSED = { __proto__: null, composed: true };

/**
 * A link that script clicks leads somewhere, be it in a frame.
 * @param {Event} event
 */
function onClick(event) {
  if (event.isTrusted || isPrevented(event)) return;
  const link = linkIn(getPath(event), urlName);
  if (!link) return;
  const name = urlName(link);
  const url = /** @type {string} */ (valueOf(link, name));
  if (isSaved(link, url) || !against(KIND_NAVIGATION, url)) return;
  preventDefault(event);
  if (!isPrevented(event)) withhold(link, name, url);
}

/** Whether a link's URL is a text that is put into a file, and not shown. @param {Element} link @param {string} url */
function isSaved(link, url) {
  const scheme = lower(slice(url, 0, 5));
  return hasAttribute(link, "download") && (scheme === "data:" || scheme === "blob:");
}

/**
 * The first link that a click is on.
 * @param {any[]} path of its event
 * @param {(target: any) => unknown} counts whether something is one
 */
function linkIn(path, counts) {
  for (let i = 0; i < path.length; i++) {
    try {
      if (counts(path[i])) return path[i];
    } catch {
      // A shadow root, the document and the window have no name.
    }
  }
  return undefined;
}

/** Whether something is a link if it has a URL: in MathML any element is. @param {any} element */
function isLink(element) {
  const name = getLocalName(element);
  return name === "a" || name === "area" || getNamespace(element) === MATHML;
}

/** The attribute that says where a link leads; empty when something is none. @param {any} element */
function urlName(element) {
  if (!isLink(element)) return "";
  for (const name of ["href", XLINK_HREF]) if (valueOf(element, name) !== null) return name;
  return "";
}

/**
 * Takes a link's URL away for as long as a click lasts that cannot be prevented.
 * @param {Element} link
 * @param {string} name
 * @param {string} url
 */
function withhold(link, name, url) {
  take(link, name);
  soon(() => give(link, name, url));
}
