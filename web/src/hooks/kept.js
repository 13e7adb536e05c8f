/** Scripts that are kept from running: what is known of them, in all realms, and how they are kept. */
import { upper } from "../above.js";
import { isMasked, showAttribute, shownAttribute } from "../held.js";
import {
  getAttribute,
  getLocalName,
  hasAttribute,
  isConnected,
  isHTML,
  mapGet,
  mapHas,
  NativeWeakMap,
  setAttribute,
} from "../natives.js";
import { loadsByText } from "./inline.js";
import { valueOf } from "./source.js";
import { XLINK_HREF } from "./tags.js";
import { INERT } from "./tame.js";

/**
 * @typedef {{
 *   letGo: () => void, denied: boolean, told: boolean, ordered: boolean, source: any, waiting: boolean, inserted: boolean,
 *   src?: string | null,
 * }} HeldScript inserted: it has stood in the document and would have started there, whatever became of it; src: what
 *   it would have loaded there, if the page may have given it another since
 */

/**
 * scripts: those that wait; spent: copies of such as have started as far as the page can tell, which never do (HTML standard 4.12.1,
 * cloning steps). An element may come from another realm than what asks for it.
 * @type {{ scripts: WeakMap<Element, HeldScript>, spent: WeakMap<Element, boolean> }}
 */
export const kept = upper
  ? upper.kept
  : { scripts: new NativeWeakMap(), spent: new NativeWeakMap() };

/** The script's state while it waits. @param {Element} element @returns {HeldScript | undefined} */
export function stateOf(element) {
  return isMasked() ? mapGet(kept.scripts, element) : undefined;
}

/** Whether a script never starts: it is a copy of one that has. @param {Element} element */
export function isSpent(element) {
  return isMasked() && mapHas(kept.spent, element);
}

/** @param {Element} element */
export function isScript(element) {
  return getLocalName(element) === "script";
}

/** The URL a script would load, as its attributes say. @param {Element} element @returns {string | null} */
export function scriptURL(element) {
  const src = getAttribute(element, "src");
  if (src !== null || isHTML(element, "script")) return src;
  const href = getAttribute(element, "href");
  return href === null ? valueOf(element, XLINK_HREF) : href;
}

/** Whether a script is kept from running, for now or for good. @param {Element} element */
export function isKept(element) {
  return !!stateOf(element) || isSpent(element);
}

/**
 * @param {Element} element
 * @param {any} source
 * @param {boolean} [parsed]
 * @returns {HeldScript}
 */
export function newState(element, source, parsed) {
  return {
    letGo: () => {},
    denied: false,
    told: false,
    ordered: !!parsed && isHTML(element, "script") && !hasAttribute(element, "async"),
    source,
    waiting: true,
    inserted: starts(element),
  };
}

/** Whether a script starts now as far as the page can tell. @param {Element} element */
export function starts(element) {
  return isConnected(element) && loadsByText(element);
}

/**
 * Keeps a script from running. The page may have found a way to take the type away: to be called whenever it could start again. A type
 * that no browser runs is left as it is: whoever looks for it finds it.
 * @param {Element} element
 */
export function keepInert(element) {
  if (loadsByText(element)) silence(element);
}

/** @param {Element} element */
export function silence(element) {
  if (shownAttribute(element, "type") === undefined)
    showAttribute(element, "type", getAttribute(element, "type"));
  if (getAttribute(element, "type") !== INERT) setAttribute(element, "type", INERT);
}

/** The same for a script of which it is not known whether it is held. @param {Element} element */
export function keepIfHeld(element) {
  if (isKept(element)) keepInert(element);
}
