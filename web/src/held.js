/**
 * Elements whose attribute is not what the page set: a held script's type, a held image's src. The page goes on seeing
 * what it set.
 */
import { apply, lower, mapGet, mapHas, mapSet, NativeWeakMap, win } from "./natives.js";
import { wrapMethod } from "./wrap.js";

/** What the page believes of one attribute; null means absent. `letGo` ends what waits for it. */
/** @typedef {{ value: string | null, letGo?: () => void }} View */

/** @type {WeakMap<Element, Record<string, View | undefined>>} */
const views = new NativeWeakMap();
let masked = false;

/** Whether anything was ever held on this page. */
export function isMasked() {
  return masked;
}

/**
 * Remembers what the page believes an attribute to be.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 * @param {() => void} [letGo]
 */
export function showAttribute(element, name, value, letGo) {
  if (!masked) mask();
  const view = mapGet(views, element) || { __proto__: null };
  view[name] = { value, letGo };
  mapSet(views, element, view);
}

/**
 * Ends the pretence for one attribute, and what waited for it.
 * @param {Element} element
 * @param {string} name
 */
export function unshowAttribute(element, name) {
  const view = mapGet(views, element);
  const shown = view && view[name];
  if (!shown) return;
  view[name] = undefined;
  if (shown.letGo) shown.letGo();
}

/**
 * What the page believes an attribute to be; undefined when it sees the real one.
 * @param {Element} element
 * @param {string} name
 * @returns {string | null | undefined}
 */
export function shownAttribute(element, name) {
  const view = masked && mapGet(views, element);
  const shown = view && view[name];
  return shown ? shown.value : undefined;
}

/** Whether the page sees anything of an element that is not so. @param {Element} element */
export function isShown(element) {
  return masked && mapHas(views, element);
}

/** The readers are wrapped only once something is held: most pages never pay for them. */
function mask() {
  masked = true;
  const prototype = win.Element.prototype;
  read("getAttribute", (value) => value);
  read("hasAttribute", (value) => value !== null);
  wrapMethod(prototype, "removeAttribute", (native, self, args) => {
    const name = args.length ? lower((args[0] = `${args[0]}`)) : "";
    if (shownAttribute(self, name) === undefined) return apply(native, self, args);
    const view = mapGet(views, self)[name];
    if (view.letGo) unshowAttribute(self, name);
    else view.value = null;
  });
}

/**
 * @param {string} method
 * @param {(value: string | null) => any} answer
 */
function read(method, answer) {
  wrapMethod(win.Element.prototype, method, (native, self, args) => {
    const shown = args.length ? shownAttribute(self, lower((args[0] = `${args[0]}`))) : undefined;
    return shown === undefined ? apply(native, self, args) : answer(shown);
  });
}
