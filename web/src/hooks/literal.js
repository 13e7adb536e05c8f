/** String literals in a program's text, read as the language reads them (ECMAScript 12.9.4). */
import { isOpen } from "../ask.js";
import { fromCodePoint, indexOf, slice } from "../natives.js";
import { KIND_IMPORT } from "../gen/abi.js";

/**
 * The URL in a string literal if it may not be fetched now; empty when it may, or when it is none.
 * @param {string} text
 * @param {number} at its quote
 */
export function blockedLiteral(text, at) {
  let end = at + 1;
  while (end < text.length && text[end] !== text[at] && text[end] !== "$")
    end += text[end] === "\\" ? 2 : 1;
  const url = unescape(slice(text, at + 1, end));
  return indexOf(url, "/") >= 0 && !isOpen(KIND_IMPORT, url) ? url : "";
}

/**
 * A string literal's text without its escapes (ECMAScript 12.9.4).
 * @param {string} text
 */
function unescape(text) {
  let at = indexOf(text, "\\");
  if (at < 0) return text;
  let done = slice(text, 0, at);
  for (; at < text.length; at++) {
    if (text[at] !== "\\") {
      done += text[at];
      continue;
    }
    const sign = text[++at];
    const braces = text[at + 1] === "{";
    const length = sign === "x" ? 2 : sign === "u" && !braces ? 4 : 0;
    const end = braces && sign === "u" ? indexOf(text, "}", at) : at + 1 + length;
    const point = +`0x${slice(text, at + (braces ? 2 : 1), end)}`;
    if (point <= 0x10ffff) done += fromCodePoint(point);
    else if (sign > "\r") done += sign;
    // Of a number that is none only the sign is taken, and the language refuses the text.
    if (point <= 0x10ffff) at = braces ? end : end - 1;
  }
  return done;
}
