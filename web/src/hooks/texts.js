/**
 * URLs that are texts: data:, javascript:, and blob: of what the page put together. What such a text loads no hook is asked
 * about, or not in time, so it is read where its URL is given, and waits if it names what may not load.
 */
import { upper } from "../above.js";
import { readTextsBy } from "../ask.js";
import {
  apply,
  construct,
  decode,
  decodeBase64,
  fromCodePoint,
  getBlobSize,
  getBlobType,
  getHref,
  getOwnPropertyDescriptor,
  indexOf,
  isArray,
  isBytes,
  iterator,
  lower,
  mapGet,
  mapSet,
  nativeIterator,
  NativeTextDecoder,
  NativeURL,
  NativeWeakMap,
  push,
  setForEach,
  setPrototypeOf,
  setSize,
  slice,
  startsWith,
  win,
} from "../natives.js";
import { wrapConstructor, wrapMethod } from "../wrap.js";
import { loadedURL, namedURL } from "./document.js";
import { calledURL, moduleURL } from "./imports.js";
import { quotedURL } from "./inline.js";
import { behindBlanks, isQuote } from "./program.js";
import { literalAt } from "./literal.js";
import { blobs } from "./worker.js";
import {
  KIND_FORM,
  KIND_FRAME,
  KIND_IMPORT,
  KIND_NAVIGATION,
  KIND_OBJECT,
  KIND_SCRIPT,
  KIND_WORKER,
} from "../gen/abi.js";

/** What blobs were put together from; what is not known of it counts as nothing. One for all realms. @type {WeakMap<Blob, (string | Blob)[]>} */
export const texts = upper ? upper.texts : new NativeWeakMap();

/** By kind, what reads a URL that is a text. @type {Record<number, ((url: string, kind: number) => string) | undefined>} */
const READERS = {
  // @ts-expect-error a dictionary without prototype
  __proto__: null,
  [KIND_SCRIPT]: programURL,
  [KIND_IMPORT]: programURL,
  [KIND_WORKER]: programURL,
  [KIND_FRAME]: documentURL,
  [KIND_FORM]: documentURL,
  [KIND_NAVIGATION]: documentURL,
  [KIND_OBJECT]: documentURL,
};

const DATA = "data:";
const BLOB = "blob:";
const CODE = "javascript:";

export function hookTexts() {
  readTextsBy((kind, given) => {
    const read = READERS[kind];
    if (!read) return "";
    const url = spelled(given);
    const found = read(url, kind);
    const entry = blobs[withoutFragment(url)];
    // Who gave it the URL may revoke that as soon as it would have been fetched.
    if (entry && found) entry.awaited = true;
    if (entry && kind === KIND_WORKER) entry.opening = openingOf(textOfBlob(entry.blob));
    return found;
  });
  const isHooked = wrapConstructor("Blob", onBlob);
  if (wrapConstructor("File", onBlob)) setPrototypeOf(win.File, win.Blob);
  return isHooked && wrapMethod(win.Blob.prototype, "slice", onSlice);
}

/** @param {Function} native @param {any[]} args @param {Function} newTarget */
function onBlob(native, args, newTarget) {
  const parts = args.length && partsIn(args[0]);
  if (parts) args[0] = parts;
  const blob = construct(native, args, newTarget);
  if (parts) mapSet(texts, blob, asTexts(parts, blob));
  return blob;
}

/** A part counts as the whole: where it begins is told in bytes. @param {Function} native @param {any} self @param {any[]} args */
function onSlice(native, self, args) {
  const part = apply(native, self, args);
  if (mapGet(texts, self)) mapSet(texts, part, [self]);
  return part;
}

/**
 * What a blob is to be put together from. What is neither bytes nor a blob becomes a text here, once (File API 3.1). Lists of the page's
 * own making are left to the browser: only it may read them, and once.
 * @param {any} list
 * @returns {any[] | undefined}
 */
function partsIn(list) {
  /** @type {any[]} */
  const found = [];
  // The browser reads this list as it reads the page's; what it makes of an array that is read otherwise, engines differ in.
  if (!isOrdinary(/** @type {any} */ (isArray(list) ? list : found)[iterator])) return undefined;
  if (isArray(list)) for (let i = 0; i < list.length; i++) push(found, partOf(list[i]));
  else if (isSet(list)) setForEach(list, (/** @type {any} */ part) => push(found, partOf(part)));
  else return undefined;
  return found;
}

/** Whether something is a set that is read as sets are. @param {any} value */
function isSet(value) {
  try {
    return setSize(value) >= 0 && !getOwnPropertyDescriptor(value, iterator);
  } catch {
    return false;
  }
}

/** @param {any} part */
function partOf(part) {
  return typeof part === "string" || isBytes(part) || isBlob(part) ? part : `${part}`;
}

/** @param {any} value */
function isBlob(value) {
  try {
    return typeof value === "object" && getBlobSize(value) >= 0;
  } catch {
    return false;
  }
}

/** Whether a list is read as it stands: by the own function of this realm, or of the page above. @param {Function} iterate */
function isOrdinary(iterate) {
  return iterate === nativeIterator || (!!upper && iterate === upper.nativeIterator);
}

/** What a frame shows and a script runs is of these types; bytes of others are no text, and both may be many. */
const READ = ["html", "xml", "script"];
const MOST = 1 << 20;
const MOST_OTHER = 1 << 16;

/** The same parts with what their bytes say. @param {any[]} parts @param {Blob} blob what they became */
function asTexts(parts, blob) {
  /** @type {(string | Blob)[]} */
  const found = [];
  for (let i = 0; i < parts.length; i++) push(found, known(parts[i], blob));
  return found;
}

/** What is known of a part. @param {any} part @param {Blob} blob that it is a part of @returns {string | Blob} */
function known(part, blob) {
  if (typeof part === "string") return isKept(blob) ? part : "";
  if (mapGet(texts, part)) return part;
  return isReadType(getBlobType(blob)) && getBlobSize(blob) <= MOST ? said(part) : "";
}

/** @param {string} type */
function isReadType(type) {
  for (let i = 0; i < READ.length; i++) if (indexOf(type, READ[i]) >= 0) return true;
  return false;
}

/** Whether a blob's texts are remembered: a table that is to be saved need not be. @param {Blob} blob */
function isKept(blob) {
  const type = getBlobType(blob);
  return isReadType(type) || getBlobSize(blob) <= (type ? MOST_OTHER : MOST);
}

/** @param {ArrayBufferView | ArrayBuffer} bytes */
function said(bytes) {
  try {
    return decode(new NativeTextDecoder(), bytes);
  } catch {
    return "";
  }
}

/** @param {Blob | undefined} blob @returns {string} */
function textOfBlob(blob) {
  let text = "";
  /** @type {any[]} What is still to be read, the next one last: blobs may be nested deeper than calls. */
  const left = [blob];
  while (left.length) {
    const part = left[left.length - 1];
    left.length--;
    if (typeof part === "string") text += part;
    const parts = typeof part === "object" && mapGet(texts, part);
    for (let i = parts ? parts.length : 0; i--;) push(left, parts[i]);
  }
  return text;
}

/** A URL as the browser spells it. @param {string} url @returns {string} */
function spelled(url) {
  try {
    return getHref(new NativeURL(url));
  } catch {
    return "";
  }
}

/** @param {string} url */
function withoutFragment(url) {
  const end = indexOf(url, "#");
  return end < 0 ? url : slice(url, 0, end);
}

/** The text behind a URL of data, or of a blob that is known; empty otherwise. @param {string} url as the browser spells it */
function textBehind(url) {
  const whole = withoutFragment(url);
  if (startsWith(whole, BLOB)) return blobs[whole] ? textOfBlob(blobs[whole].blob) : "";
  const comma = startsWith(whole, DATA) ? indexOf(whole, ",") : -1;
  if (comma < 0) return "";
  const text = decodePercent(slice(whole, comma + 1));
  if (!isBase64(slice(whole, 0, comma))) return text;
  try {
    return decodeBase64(text);
  } catch {
    return "";
  }
}

/** Whether a data URL's text is in base64 (Fetch standard 6, "data: URL processor"). @param {string} head what comes before the comma */
function isBase64(head) {
  const end = withoutBlanks(head, head.length);
  return (
    lower(slice(head, end - 6, end)) === "base64" && head[withoutBlanks(head, end - 6) - 1] === ";"
  );
}

/** Where the blanks begin that end somewhere. @param {string} text @param {number} end */
function withoutBlanks(text, end) {
  while (text[end - 1] === " ") end--;
  return end;
}

/** A text without its percent signs; what is no ASCII is of no matter. @param {string} text */
function decodePercent(text) {
  let done = "";
  let from = 0;
  for (let at = indexOf(text, "%"); at >= 0; at = indexOf(text, "%", at + 1)) {
    const code = +`0x${slice(text, at + 1, at + 3)}`;
    if (!(code >= 0)) continue;
    done += slice(text, from, at) + fromCodePoint(code);
    from = at + 3;
  }
  return done + slice(text, from);
}

/** What must stand first in a program: its directive, or the mark of a script for a shell. @param {string} text */
function openingOf(text) {
  if (startsWith(text, "#!")) return "#!";
  const at = behindBlanks(text, 0);
  return startsWith(text, "use strict", at + 1) && isQuote(text[at]) ? '"use strict";' : "";
}

/** @param {string} url as the browser spells it */
function programURL(url) {
  return moduleURL(textBehind(url));
}

/** @param {string} url as the browser spells it @param {number} kind */
function documentURL(url, kind) {
  if (startsWith(url, CODE)) {
    const code = decodePercent(slice(url, CODE.length));
    return (
      calledURL(code) ||
      writtenURL(code) ||
      // No hook hears where it goes.
      (indexOf(code, "location") < 0 ? "" : quotedURL(code))
    );
  }
  const text = textBehind(url);
  // The gate comes in time into the blob's document that is a frame's first page, since that keeps the frame's empty window.
  return kind === KIND_FRAME && !startsWith(url, DATA) ? loadedURL(text) : namedURL(text);
}

/** The same of a program that makes a document: what it writes stands in its strings. @param {string} code */
function writtenURL(code) {
  let url = "";
  for (let at = 0; at < code.length && !url; at++) {
    const text = isQuote(code[at]) ? literalAt(code, at) : "";
    if (indexOf(text, "<") >= 0) url = namedURL(text);
  }
  return url;
}
