/** Images: a held URL is not given to the element, which goes on showing it; a refused one ends as a failed load. */
import { hold, later } from "../effects.js";
import { showAttribute, shownAttribute, unshowAttribute } from "../held.js";
import { actionOf, decidePlace, place } from "../gate.js";
import {
  apply,
  dispatchEvent,
  getBaseURI,
  getHref,
  mapGet,
  mapSet,
  NativeEvent,
  NativeURL,
  NativeWeakMap,
  removeAttribute,
  setAttribute,
  win,
} from "../natives.js";
import { wrapAccessor } from "../wrap.js";
import { ALLOW, DROP, KIND_IMAGE } from "../gen/abi.js";

/** @type {WeakMap<Element, () => void>} */
const waiting = new NativeWeakMap();

export function hookImage() {
  return wrapAccessor(win.HTMLImageElement && win.HTMLImageElement.prototype, "src", {
    get: (native, self, args) => {
      const shown = shownAttribute(self, "src");
      return shown ? absolute(shown, self) : apply(native, self, args);
    },
    set: (native, self, args) => {
      const url = `${args[0]}`;
      if (passes(self, "src", url)) return apply(native, self, [url]);
    },
  });
}

/** @param {Element} element */
export function isImage(element) {
  return element instanceof win.HTMLImageElement;
}

/**
 * Decides a URL for an attribute of an image. When it may not be set, it is held or refused here.
 * @param {Element} element
 * @param {string} name
 * @param {string} url
 * @returns {boolean} whether the caller may set it
 */
export function passes(element, name, url) {
  const letGo = mapGet(waiting, element);
  if (letGo) {
    letGo();
    unshowAttribute(element, name);
  }
  const where = place(name === "srcset" ? firstOfSet(url) : url);
  const action = actionOf(decidePlace(KIND_IMAGE, where));
  if (!where || action === ALLOW) return true;
  removeAttribute(element, name);
  showAttribute(element, name, url);
  if (action === DROP) {
    fail(element);
    return false;
  }
  mapSet(
    waiting,
    element,
    hold({
      kind: KIND_IMAGE,
      host: where.host,
      rest: where.path,
      target: where.target,
      resume: () => {
        unshowAttribute(element, name);
        setAttribute(element, name, url);
      },
      cancel: () => fail(element),
    }),
  );
  return false;
}

/** @param {Element} element */
function fail(element) {
  later(() => dispatchEvent(element, new NativeEvent("error")));
}

/** The first URL of a srcset. @param {string} set */
function firstOfSet(set) {
  return set.trim().split(/[\s,]/)[0];
}

/**
 * @param {string} url
 * @param {Node} node
 */
function absolute(url, node) {
  try {
    return getHref(new NativeURL(url, getBaseURI(node)));
  } catch {
    return url;
  }
}
