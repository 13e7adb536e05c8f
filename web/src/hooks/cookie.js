/** document.cookie: writes are held or ignored, reads leave out what may not be read now. */
import { against, suspend } from "../ask.js";
import { written } from "../cmp/written.js";
import { consentWord, maskCookies } from "../engine.js";
import { apply, cookie, doc, indexOf, slice, win } from "../natives.js";
import { wrapAccessor } from "../wrap.js";
import { KIND_COOKIE } from "../gen/abi.js";

/** The last list that was read, and what the page was given: most lists are read many times. */
let lastList = "";
let lastWord = 0;
let lastMasked = "";

export function hookCookie() {
  const prototype = win.Document && win.Document.prototype;
  const handlers = { get: onRead, set: onWrite };
  // A prototype that was frozen before us leaves the document itself.
  return (
    wrapAccessor(prototype, "cookie", handlers) || wrapAccessor(prototype, "cookie", handlers, doc)
  );
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onRead(native, self, args) {
  const list = apply(native, self, args);
  if (!list) return list;
  const word = consentWord();
  if (list !== lastList || word !== lastWord) {
    lastMasked = maskCookies(list);
    lastList = list;
    lastWord = word;
  }
  return lastMasked;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onWrite(native, self, args) {
  if (args.length === 0) return apply(native, self, args);
  const text = `${args[0]}`;
  const end = indexOf(text, "=");
  const name = end < 0 ? text : slice(text, 0, end);
  const where = against(KIND_COOKIE, text, name);
  if (!where || !mayHave(self)) {
    const result = apply(native, self, [text]);
    written(name);
    return result;
  }
  suspend(
    KIND_COOKIE,
    where,
    () => apply(native, self, [text]),
    () => {},
  );
}

/**
 * Whether something is a document that may have cookies at all; what is not is told so by the browser.
 * @param {any} self
 */
function mayHave(self) {
  try {
    cookie.get(self);
    return true;
  } catch {
    return false;
  }
}
