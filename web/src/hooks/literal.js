/** String literals in a program's text, read as the language reads them (ECMAScript 12.9.4 and B.1.2). */
import { isOpen } from "../ask.js";
import { charCodeAt, fromCodePoint, getHref, indexOf, NativeURL, slice } from "../natives.js";
import { KIND_IMPORT } from "../gen/abi.js";

/**
 * The URL that a string literal names as a module, if it may not be fetched now; empty when it may, or when it is none.
 * @param {string} text
 * @param {number} at its quote
 */
export function blockedLiteral(text, at) {
  let end = at + 1;
  while (end < text.length && text[end] !== text[at] && !isHole(text, at, end))
    end += text[end] === "\\" ? 2 : 1;
  return blockedSpecifier(unescape(slice(text, at + 1, end)));
}

/** Whether a template has an expression here. @param {string} text @param {number} quote @param {number} at */
function isHole(text, quote, at) {
  return text[quote] === "`" && text[at] === "$" && text[at + 1] === "{";
}

/**
 * The URL that a module specifier names, if it may not be fetched now; empty when it may, or when only an import map can say.
 * @param {string} specifier
 */
export function blockedSpecifier(specifier) {
  const url = urlOf(specifier);
  return url && !isOpen(KIND_IMPORT, url) ? url : "";
}

/**
 * A specifier that is a URL: unlike elsewhere only what begins with a path is relative (HTML standard 8.1.6.5, "resolve a
 * URL-like module specifier").
 * @param {string} specifier
 */
function urlOf(specifier) {
  if (specifier[0] === "/" || slice(specifier, 0, 2) === "./" || slice(specifier, 0, 3) === "../")
    return specifier;
  try {
    return getHref(new NativeURL(specifier));
  } catch {
    return "";
  }
}

/** What stands behind a backslash for the control characters from 8 to 13. */
const CONTROLS = "btnvfr";

/**
 * A string literal's text without its escapes.
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
    const control = indexOf(CONTROLS, sign);
    const octal = octalEnd(text, at);
    const braces = text[at + 1] === "{";
    const length = sign === "x" ? 2 : sign === "u" && !braces ? 4 : 0;
    const end = braces && sign === "u" ? indexOf(text, "}", at) : at + 1 + length;
    const point =
      octal > at ? +`0o${slice(text, at, octal)}` : +`0x${slice(text, at + (braces ? 2 : 1), end)}`;
    if (point <= 0x10ffff) done += fromCodePoint(point);
    else if (control >= 0) done += fromCodePoint(8 + control);
    else if (sign > "\r") done += sign;
    // Of a number that is none only the sign is taken, and the language refuses the text.
    if (point <= 0x10ffff) at = octal > at ? octal - 1 : braces ? end : end - 1;
  }
  return done;
}

/** Where the digits of an octal escape end (at most three, up to 377). @param {string} text @param {number} at */
function octalEnd(text, at) {
  const most = text[at] > "3" ? at + 2 : at + 3;
  let end = at;
  while (end < most && charCodeAt(text, end) >= 48 && charCodeAt(text, end) <= 55) end++;
  return end;
}
