/** FontFace: a source that may not be loaded is replaced by one that is no font, so that loading it fails. */
import { against } from "../ask.js";
import {
  charCodeAt,
  construct,
  fromCodePoint,
  indexOf,
  isBytes,
  lower,
  slice,
} from "../natives.js";
import { wrapConstructor } from "../wrap.js";
import { KIND_FONT } from "../gen/abi.js";

const HEX = "0123456789abcdef";
/** A URL of nothing. */
const EMPTY = "data:,";

/** The functions whose text is a URL: browsers know the first. */
const URL_CALL = "url(";
const SRC_CALL = "src(";

export function hookFont() {
  return wrapConstructor("FontFace", (native, args, newTarget) => {
    if (args.length > 1 && !isBytes(args[1])) {
      args[0] = `${args[0]}`;
      args[1] = allowed(`${args[1]}`);
    }
    return construct(native, args, newTarget);
  });
}

/**
 * A CSS source list with an empty URL for each that may not be loaded.
 * @param {string} sources
 */
function allowed(sources) {
  // What is taken out of one text may change what another says that it stands in.
  for (let before = ""; before !== sources;) {
    before = sources;
    sources = withoutClosed(before);
  }
  return sources;
}

/**
 * The same once. What a URL says depends only on what follows its bracket: so each is asked about wherever it stands, and neither
 * comments nor strings need be told from the rest. In them it is of no matter what becomes of it.
 * @param {string} sources
 */
function withoutClosed(sources) {
  // The name of a function may be spelled in many ways with escapes: all are asked about there.
  const isEscaped = indexOf(sources, "\\") >= 0;
  let done = "";
  let from = 0;
  for (let at = indexOf(sources, "("); at >= 0; at = indexOf(sources, "(", at)) {
    at++;
    if (!isEscaped && !isCall(lower(slice(sources, at - 4, at)))) continue;
    const start = behindOpening(sources, at);
    const end = endOf(sources, start);
    if (start === end || !isClosed(slice(sources, start, end))) continue;
    done += slice(sources, from, start) + EMPTY;
    from = at = end;
  }
  return done + slice(sources, from);
}

/** @param {string} name */
function isCall(name) {
  return name === URL_CALL || name === SRC_CALL;
}

/** @param {string} url as CSS spells it */
function isClosed(url) {
  return url !== EMPTY && !!against(KIND_FONT, unescape(url));
}

/** Where a function's text begins: behind blanks and a quote. @param {string} sources @param {number} at behind its bracket */
function behindOpening(sources, at) {
  while (sources[at] <= " ") at++;
  return sources[at] === '"' || sources[at] === "'" ? at + 1 : at;
}

/** Where it ends: at its quote, or without one at the bracket. @param {string} sources @param {number} start */
function endOf(sources, start) {
  const before = sources[start - 1];
  const last = before === '"' || before === "'" ? before : ")";
  let end = start;
  while (end < sources.length && sources[end] !== last) end += sources[end] === "\\" ? 2 : 1;
  return end < sources.length ? end : sources.length;
}

/**
 * A CSS text without its escapes (CSS Syntax 4.3.7).
 * @param {string} text
 */
function unescape(text) {
  let at = indexOf(text, "\\");
  if (at < 0) return text;
  let done = slice(text, 0, at);
  for (; at < text.length; at++) {
    if (text[at] !== "\\") done += text[at];
    else {
      const end = endOfDigits(text, at + 1);
      const isNumber = end > at + 1;
      done += isNumber ? signOf(slice(text, at + 1, end)) : escaped(text[end]);
      // One white space belongs to a number.
      at = isNumber && !isBlank(text[end]) ? end - 1 : end;
    }
  }
  return done;
}

/** @param {string} text @param {number} at */
function endOfDigits(text, at) {
  const most = at + 6 < text.length ? at + 6 : text.length;
  while (at < most && indexOf(HEX, lower(text[at])) >= 0) at++;
  return at;
}

/** What a backslash and a sign stand for: a line's end is taken away. @param {string | undefined} sign */
function escaped(sign) {
  return sign && indexOf("\n\r\f", sign) < 0 ? sign : "";
}

/** @param {string | undefined} sign */
function isBlank(sign) {
  const code = sign ? charCodeAt(sign, 0) : 0;
  return code === 32 || (code >= 9 && code <= 13 && code !== 11);
}

/** @param {string} hex */
function signOf(hex) {
  const point = +`0x${hex}`;
  return fromCodePoint(point > 0x10ffff || point === 0 ? 0xfffd : point);
}
