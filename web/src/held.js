/**
 * Elements whose attribute is not what the page set: a held script's type, a held image's src. The page goes on seeing
 * what it set.
 */
import { upper } from "./above.js";
import {
  apply,
  contains,
  lower,
  mapGet,
  mapHas,
  mapSet,
  NativeSet,
  NativeWeakMap,
  push,
  setAdd,
  setDelete,
  setForEach,
  setSize,
  win,
} from "./natives.js";
import { wrapMethod } from "./wrap.js";

/** What the page believes of one attribute; null means absent. `letGo` ends what waits for it. */
/** @typedef {{ value: string | null, letGo?: () => void }} View */

/** The page may take it away later. */
const { Element } = /** @type {any} */ (win);

const FEW = 50;

/**
 * What is so shown, in all realms: an element may come from another one than what asks for it. shown: the elements, while they are
 * few; many: there were more, and nobody keeps a list, which would keep what the page has given up; count: how many there are, with
 * those that the page has given up; doors: there may be others, frames whose documents have a door (hooks/door.js).
 * @type {{
 *   views: WeakMap<Element, Record<string, View | undefined>>, shown: any, many: boolean, count: number, doors: boolean,
 *   any: boolean,
 * }}
 */
export const held = upper
  ? upper.held
  : {
      views: new NativeWeakMap(),
      shown: new NativeSet(),
      many: false,
      count: 0,
      doors: false,
      any: false,
    };
/** Whether this realm shows it. */
let masked = false;

/** Whether anything was ever held on this page. */
export function isMasked() {
  return held.any;
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
  const view = mapGet(held.views, element) || { __proto__: null };
  if (!viewsOf(element)) held.count++;
  view[name] = { value, letGo };
  mapSet(held.views, element, view);
  // A frame's document is shown without its door for as long as the frame lives, which shall not be for ever.
  if (name === "srcdoc" && !letGo) held.doors = true;
  else if (!held.many) {
    setAdd(held.shown, element);
    if (setSize(held.shown) <= FEW) return;
    held.many = true;
    held.shown = new NativeSet();
  }
}

/** @param {Element} element @param {string} name @returns {View | undefined} */
function viewOf(element, name) {
  const all = held.any && mapGet(held.views, element);
  return all ? all[name] : undefined;
}

/**
 * Ends the pretence for one attribute, and what waited for it.
 * @param {Element} element
 * @param {string} name
 */
export function unshowAttribute(element, name) {
  const view = viewOf(element, name);
  if (!view) return;
  mapGet(held.views, element)[name] = undefined;
  if (!viewsOf(element)) {
    setDelete(held.shown, element);
    held.many = --held.count > 0 && held.many;
  }
  if (view.letGo) view.letGo();
}

/**
 * The page takes an attribute away.
 * @param {Element} element
 * @param {string} name
 * @returns {boolean} whether that is all there is to do: the real one is not what the page means
 */
export function hideAttribute(element, name) {
  const view = viewOf(element, name);
  if (!view) return false;
  if (view.letGo) unshowAttribute(element, name);
  else view.value = null;
  return true;
}

/**
 * What the page believes an attribute to be; undefined when it sees the real one.
 * @param {Element} element
 * @param {string} name
 * @returns {string | null | undefined}
 */
export function shownAttribute(element, name) {
  const view = viewOf(element, name);
  return view ? view.value : undefined;
}

/** What the page believes of an element's attributes; undefined for most elements. @param {any} element */
export function viewsOf(element) {
  const found = held.any ? mapGet(held.views, element) : undefined;
  for (const name in found) if (found[name]) return found;
  return undefined;
}

/** Whether a tree may have an element in it that the page sees otherwise. @param {any} root */
export function mayShow(root) {
  let found = held.doors || held.many;
  setForEach(
    held.shown,
    (/** @type {Element} */ element) => (found = found || contains(root, element)),
  );
  return found;
}

/** Whether the page sees anything of an element that is not so. @param {Element} element */
export function isShown(element) {
  return held.any && mapHas(held.views, element);
}

/** What is done before there is one. @type {(() => void)[]} */
const preparations = [];

/** Does what only such elements need as soon as there is one: most pages never pay for it. @param {() => void} prepare */
export function whenMasked(prepare) {
  push(preparations, prepare);
}

function mask() {
  masked = held.any = true;
  if (upper) upper.maskToo();
  for (let i = 0; i < preparations.length; i++) preparations[i]();
  read("getAttribute", (value) => value);
  read("hasAttribute", (value) => value !== null);
}

/** Shows in this realm what is held in another: the page may ask any realm's functions about any element. */
export function maskToo() {
  if (held.any && !masked) mask();
}

/**
 * @param {string} method
 * @param {(value: string | null) => any} answer
 */
function read(method, answer) {
  wrapMethod(Element.prototype, method, (native, self, args) => {
    const shown = args.length ? shownAttribute(self, lower((args[0] = `${args[0]}`))) : undefined;
    return shown === undefined ? apply(native, self, args) : answer(shown);
  });
}
