/**
 * Elements whose attribute is not what the page set: a held script's type, a held image's src. The page goes on seeing
 * what it set.
 */
import { apply, mapGet, mapSet, NativeWeakMap, win } from "./natives.js";
import { wrapMethod } from "./wrap.js";

/** @type {WeakMap<Element, Record<string, string | null>>} */
const views = new NativeWeakMap();
let masked = false;

/**
 * Remembers what the page believes an attribute to be; null means absent.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function showAttribute(element, name, value) {
  if (!masked) mask();
  const view = mapGet(views, element) || { __proto__: null };
  view[name] = value;
  mapSet(views, element, view);
}

/**
 * Ends the pretence for one attribute.
 * @param {Element} element
 * @param {string} name
 */
export function unshowAttribute(element, name) {
  const view = mapGet(views, element);
  if (view) delete view[name];
}

/**
 * What the page believes an attribute to be; undefined when it sees the real one.
 * @param {Element} element
 * @param {string} name
 * @returns {string | null | undefined}
 */
export function shownAttribute(element, name) {
  const view = mapGet(views, element);
  return view && name in view ? view[name] : undefined;
}

/** The readers are wrapped only once something is held: most pages never pay for them. */
function mask() {
  masked = true;
  const prototype = win.Element.prototype;
  wrapMethod(prototype, "getAttribute", (native, self, args) => {
    const real = apply(native, self, args);
    const shown = args.length ? shownAttribute(self, lower(args[0])) : undefined;
    return shown === undefined ? real : shown;
  });
  wrapMethod(prototype, "hasAttribute", (native, self, args) => {
    const real = apply(native, self, args);
    const shown = args.length ? shownAttribute(self, lower(args[0])) : undefined;
    return shown === undefined ? real : shown !== null;
  });
}

/** @param {any} name */
function lower(name) {
  return typeof name === "string" ? name.toLowerCase() : "";
}
