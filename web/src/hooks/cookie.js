/** document.cookie: writes are held or ignored, reads leave out what may not be read now. */
import { against, suspend } from "../ask.js";
import { written } from "../cmp/written.js";
import { consentWord, maskCookies } from "../engine.js";
import { apply, cookie, doc, indexOf, slice, win } from "../natives.js";
import { isFreeName } from "../usual.js";
import { wrapAccessor } from "../wrap.js";
import { KIND_COOKIE } from "../gen/abi.js";

/** The last list that was read, and what the page was given: most lists are read many times. */
let lastList = "";
let lastWord = 0;
let lastMasked = "";

export function hookCookie() {
  const prototype = win.Document && win.Document.prototype;
  const handlers = { get: onRead, set: onWrite, passes };
  // A prototype that was frozen before us leaves the document itself.
  return (
    wrapAccessor(prototype, "cookie", handlers) || wrapAccessor(prototype, "cookie", handlers, doc)
  );
}

/** @param {any} _ @param {any[]} args */
function passes(_, args) {
  const text = args[0];
  return typeof text === "string" && isFreeName(KIND_COOKIE, nameIn(text)) && !isOdd(text);
}

/** What WebKitGTK 2.50 takes for the end of a cookie, or leaves out. */
const LINE_ENDS = "\n\r";
const DELETE = "\x7f";

/** @param {string} text */
function isOdd(text) {
  return indexOf(text, DELETE) >= 0 || indexOf(text, "\n") >= 0 || indexOf(text, "\r") >= 0;
}

/**
 * What stands against a cookie, or one that WebKit makes of a part of it; undefined when nothing does.
 * @param {string} text
 */
function closedIn(text) {
  let line = "";
  for (let i = 0; isOdd(text) && i < text.length; i++) {
    if (indexOf(LINE_ENDS, text[i]) < 0) line += text[i] === DELETE ? "" : text[i];
    else {
      const where = against(KIND_COOKIE, nameIn(line));
      if (where) return where;
      line = "";
    }
  }
  return against(KIND_COOKIE, nameIn(line || text));
}

/**
 * A cookie's name, before which signs may stand that make it nameless and show it by its name again (blocker.CookieName).
 * @param {string} text
 */
function nameIn(text) {
  let start = 0;
  while (text[start] === "=" || text[start] <= " ") start++;
  const end = indexOf(text, "=", start);
  return slice(text, start, end < 0 ? text.length : end);
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
  const name = nameIn(text);
  const where = closedIn(text);
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
