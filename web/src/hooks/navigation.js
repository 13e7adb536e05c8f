/**
 * Going somewhere by script: window.open, links that script clicks, and location where the browser tells of navigations before
 * they happen.
 */
import { upper } from "../above.js";
import { against } from "../ask.js";
import {
  addEventListener,
  apply,
  doc,
  getAttribute,
  getLocalName,
  getPath,
  getURL,
  hasAttribute,
  isPrevented,
  listen,
  NativeDOMException,
  NativePromise,
  preventDefault,
  removeAttribute,
  then,
  win,
} from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { visit } from "./realm.js";
import { give, XLINK_HREF } from "./source.js";
import { KIND_NAVIGATION } from "../gen/abi.js";

const settled = NativePromise.resolve();

export function hookNavigation() {
  hearNavigation();
  wrapMethod(win.Navigation && win.Navigation.prototype, "navigate", (native, self, args) =>
    args.length && against(KIND_NAVIGATION, (args[0] = `${args[0]}`))
      ? cancelled()
      : apply(native, self, args),
  );
  // Twice: the page's own listeners may give the link another URL.
  listen(win, "click", onClick, true);
  listen(win, "click", onClick);
  wrapMethod(win.Document.prototype, "open", (native, self, args) =>
    args.length > 2 ? onOpen(native, self, args) : apply(native, self, args),
  );
  return wrapMethod(win, "open", onOpen);
}

/** Hears of navigations, but not in a frame's first document: that is told of none, and making the object is not free. */
export function hearNavigation() {
  const navigation = !(upper && getURL(doc) === "about:blank") && win.navigation;
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
  if (url && against(KIND_NAVIGATION, url)) return null;
  const opened = apply(native, self, args);
  if (opened) visit(opened, true);
  return opened;
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
 * A link that script clicks leads somewhere, be it in a frame.
 * @param {Event} event
 */
export function onClick(event) {
  if (event.isTrusted || isPrevented(event)) return;
  const path = getPath(event);
  for (let i = 0; i < path.length; i++) {
    const name = linkName(path[i]);
    if (!name) continue;
    const url = /** @type {string} */ (getAttribute(path[i], name));
    if (!against(KIND_NAVIGATION, url)) return;
    preventDefault(event);
    if (!isPrevented(event)) withhold(path[i], name, url);
    return;
  }
}

/**
 * The attribute that says where a link leads; empty when something is none.
 * @param {any} target of an event
 */
function linkName(target) {
  try {
    const name = getLocalName(target);
    if (name !== "a" && name !== "area") return "";
    return hasAttribute(target, "href")
      ? "href"
      : hasAttribute(target, XLINK_HREF)
        ? XLINK_HREF
        : "";
  } catch {
    return "";
  }
}

/**
 * Takes a link's URL away for as long as a click lasts that cannot be prevented.
 * @param {Element} link
 * @param {string} name
 * @param {string} url
 */
function withhold(link, name, url) {
  removeAttribute(link, name);
  then(settled, () => give(link, name, url));
}
