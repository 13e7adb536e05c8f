/** String literals in a program's text, read as the language reads them (ECMAScript 12.9.4 and B.1.2). */
import { closedURL } from "../ask.js";
import { charCodeAt, fromCodePoint, getHref, indexOf, NativeURL, slice } from "../natives.js";
import { KIND_IMPORT } from "../gen/abi.js";

/**
 * The URL that a string literal names as a module, if it may not be fetched now; empty when it may, or when it is none.
 * @param {string} text
 * @param {number} at its quote
 */
export function blockedLiteral(text, at) {
  return blockedSpecifier(literalAt(text, at));
}

/**
 * What a string literal says; of a template what stands before its first expression.
 * @param {string} text
 * @param {number} at its quote
 */
export function literalAt(text, at) {
  let end = at + 1;
  while (end < text.length && text[end] !== text[at] && !isHole(text, at, end))
    end += text[end] === "\\" ? 2 : 1;
  return unescape(slice(text, at + 1, end));
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
  return blockedURL(urlOf(specifier));
}

/** A URL if it may not be fetched now; empty when it may. @param {string} url */
export function blockedURL(url) {
  return url && closedURL(KIND_IMPORT, url);
}

/**
 * A specifier that is a URL: unlike elsewhere only what begins with a path is relative (HTML standard 8.1.6.5, "resolve a
 * URL-like module specifier").
 * @param {string} specifier
 */
function urlOf(specifier) {
  if (specifier[0] === "/" || slice(specifier, 0, 2) === "./" || slice(specifier, 0, 3) === "../")
    return specifier;
  // To be told so by an exception takes longer, and modules have hundreds that have none.
  if (!hasScheme(specifier)) return "";
  try {
    return getHref(new NativeURL(specifier));
  } catch {
    return "";
  }
}

/** Whether a text may begin with a URL's scheme: what the URL parser leaves out may stand there too. @param {string} text */
function hasScheme(text) {
  const colon = indexOf(text, ":");
  let at = 0;
  while (at < colon && text[at] <= " ") at++;
  while (at < colon && (isSchemeSign(text[at]) || text[at] < " ")) at++;
  return colon > 0 && at === colon;
}

/** @param {string} sign */
function isSchemeSign(sign) {
  return (
    (sign >= "a" && sign <= "z") ||
    (sign >= "A" && sign <= "Z") ||
    (sign >= "+" && sign <= "9" && sign !== "," && sign !== "/")
  );
}

/** What stands behind a backslash for the control characters from 8 to 13. */
const CONTROLS = "btnvfr";
/** What a backslash takes away: the string goes on in the next line. */
const LINE_ENDS = "\n\r\u2028\u2029";

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
    const end = endOfDigits(text, at);
    const point = end > at ? pointOf(slice(text, at, end)) : control < 0 ? NaN : 8 + control;
    if (point <= 0x10ffff) {
      done += fromCodePoint(point);
      if (end > at) at = end - 1;
    } else if (sign === "\r" && text[at + 1] === "\n") at++;
    else if (sign && indexOf(LINE_ENDS, sign) < 0) done += sign;
    // Of a number that is none only the sign is taken: the language refuses the text.
  }
  return done;
}

/** Where an escape by number ends; where it begins when it is none. @param {string} text @param {number} at behind the backslash */
function endOfDigits(text, at) {
  if (text[at] === "x") return at + 3;
  if (text[at] === "u") return text[at + 1] === "{" ? indexOf(text, "}", at) + 1 : at + 5;
  const most = text[at] > "3" ? at + 2 : at + 3;
  while (at < most && charCodeAt(text, at) >= 48 && charCodeAt(text, at) <= 55) at++;
  return at;
}

/** The character that such an escape stands for: x41, u0041, u{41} or 101. @param {string} escape */
function pointOf(escape) {
  if (escape[0] === "x") return +`0x${slice(escape, 1)}`;
  if (escape[0] !== "u") return +`0o${escape}`;
  return +`0x${escape[1] === "{" ? slice(escape, 2, -1) : slice(escape, 1)}`;
}
