/**
 * Elements whose attribute is not what the page set: a held script's type, a held image's src. The page goes on seeing
 * what it set.
 */
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

/** @type {WeakMap<Element, Record<string, View | undefined>>} */
const views = new NativeWeakMap();
/** The elements of which the page believes something that is not so, while they are few. */
let shown = new NativeSet();
const FEW = 50;
/** Whether there were more: then nobody keeps a list, which would keep what the page has given up. */
let many = false;
/** How many there are, with those that the page has given up. */
let count = 0;
/** Whether there may be others: frames whose documents have a door (hooks/door.js). */
let doors = false;
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
  if (!viewsOf(element)) count++;
  view[name] = { value, letGo };
  mapSet(views, element, view);
  // A frame's document is shown without its door for as long as the frame lives, which shall not be for ever.
  if (name === "srcdoc" && !letGo) doors = true;
  else if (!many) {
    setAdd(shown, element);
    if (setSize(shown) <= FEW) return;
    many = true;
    shown = new NativeSet();
  }
}

/** @param {Element} element @param {string} name @returns {View | undefined} */
function viewOf(element, name) {
  const all = masked && mapGet(views, element);
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
  mapGet(views, element)[name] = undefined;
  if (!viewsOf(element)) {
    setDelete(shown, element);
    many = --count > 0 && many;
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
  const found = masked ? mapGet(views, element) : undefined;
  for (const name in found) if (found[name]) return found;
  return undefined;
}

/** Whether a tree may have an element in it that the page sees otherwise. @param {any} root */
export function mayShow(root) {
  let found = doors || many;
  setForEach(shown, (/** @type {Element} */ element) => (found = found || contains(root, element)));
  return found;
}

/** Whether the page sees anything of an element that is not so. @param {Element} element */
export function isShown(element) {
  return masked && mapHas(views, element);
}

/** What is done before there is one. @type {(() => void)[]} */
const preparations = [];

/** Does what only such elements need as soon as there is one: most pages never pay for it. @param {() => void} prepare */
export function whenMasked(prepare) {
  push(preparations, prepare);
}

function mask() {
  masked = true;
  for (let i = 0; i < preparations.length; i++) preparations[i]();
  read("getAttribute", (value) => value);
  read("hasAttribute", (value) => value !== null);
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
