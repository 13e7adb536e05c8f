/** Shadow roots by their hosts: those that every script sees, and the closed ones that script has made. */
import { upper } from "../above.js";
import {
  getClonable,
  getMode,
  getShadowRoot,
  getTemplateContent,
  hasAttribute,
  isHTML,
  mapGet,
  mapSet,
  NativeWeakMap,
} from "../natives.js";

/** Which shadow tree of an element counts, or what stands for it. @typedef {(element: Element) => DocumentFragment | null | undefined} RootOf */

/**
 * One for all realms: a host may go from one to another. The closed ones, whether there are any, and whether script has made any root,
 * and whether a frame was put into one that is in no document.
 * @type {{ closed: WeakMap<Element, ShadowRoot>, any: boolean, made: boolean, framed: boolean }}
 */
export const roots = upper
  ? upper.roots
  : { closed: new NativeWeakMap(), any: false, made: false, framed: false };

/** @param {Element} host @param {ShadowRoot} root that script has given it */
export function keepRoot(host, root) {
  roots.made = true;
  if (getMode(root) === "open") return;
  mapSet(roots.closed, host, root);
  roots.any = true;
}

/** @type {(element: Element) => ShadowRoot | null | undefined} */
export function rootOf(element) {
  return getShadowRoot(element) || (roots.any ? mapGet(roots.closed, element) : null);
}

/** The one that an element's copy has too; a copy's closed one nobody finds. @type {RootOf} */
export function clonedRoot(element) {
  const root = getShadowRoot(element);
  return root && getClonable(root) ? root : null;
}

/** What would become one if the browser loaded the markup: innerHTML makes none of it. @type {RootOf} */
export function declaredRoot(element) {
  return isHTML(element, "template") && hasAttribute(element, "shadowrootmode")
    ? getTemplateContent(element)
    : null;
}

/** None: of trees that stand for themselves. @type {RootOf} */
export function noRoot() {
  return null;
}
