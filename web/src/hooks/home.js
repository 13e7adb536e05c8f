/**
 * Markup that names no host of which a rule speaks: nearly all of it, and to see that takes less than to read its tags.
 */
import { isOpen } from "../ask.js";
import { fromCodePoint, indexOf, lower, parseJSON, slice, startsWith } from "../natives.js";
import { isHostSign } from "../plain.js";
import { isFreeHost, isHomeUsual, namesUsual, startsUsual } from "../usual.js";
import { hasTag } from "./tags.js";
import { KIND_IMAGE } from "../gen/abi.js";

/** Character references that stand for what a URL's parser takes for the end of a scheme or of a host, or takes out. */
const PARTS = ["colon", "sol", "bsol", "Tab", "NewLine"];

/** What numeric ones may stand for, of ASCII; beyond that nothing is a part of a scheme or ends a host. */
const HARMLESS = "\"'<>";
const FIRST_BEYOND = 160;
const DIGITS = "0123456789abcdef";

/** What a URL's parser takes out of it (URL standard 4.4). The tab is in JSON: the script may hold none. */
const TAKEN_OUT = ["\n", "\r", parseJSON('"\\t"')];

/**
 * Whether a text names no host but such as no rule speaks of, beyond doubt: then nothing in it need be looked at.
 * @param {string} markup
 */
export function staysHome(markup) {
  if (isBare(markup)) return isHomeFree();
  return (
    !isSplit(markup) &&
    namesUsual(markup, isKnown) &&
    !(namesText(markup) && hasTag(lower(markup), READERS)) &&
    isHomeFree() &&
    hasPlainReferences(markup)
  );
}

/**
 * Whether a URL may begin in a text that is a text itself (data:, blob:, javascript:), and may say anything in a form in which nobody
 * sees it.
 * @param {string} text
 */
export function namesText(text) {
  for (let at = indexOf(text, ":"); at >= 0; at = indexOf(text, ":", at + 1)) {
    const last = text[at - 1];
    // In a scheme there may be signs that a URL's parser takes out.
    if (!(last > " ")) return true;
    const kind = indexOf(LAST, last);
    if (kind >= 0 && (!(text[at - 2] > " ") || LAST_BUT_ONE[kind] === lower(text[at - 2])))
      return true;
  }
  return false;
}

/** The last signs of these schemes, and those before them. */
const LAST = "atbATB";
const LAST_BUT_ONE = "tpotpo";

/** Elements that read such a text as a document or a program, or hold documents that do. */
const READERS = ["iframe", "frame", "object", "embed", "script", "meta", "link", "use"];

/** So short a text is read sign by sign sooner than it is searched for one sign after the other. */
const SHORT = 128;

/** @param {string} markup */
export function isShort(markup) {
  return markup.length <= SHORT;
}

/** Whether a text is short and has no sign of those that make it worth a look. @param {string} markup */
function isBare(markup) {
  if (!isShort(markup)) return false;
  for (let i = 0; i < markup.length; i++) {
    const sign = markup[i];
    if (sign < " " || sign === ":" || sign === "&" || sign === "\\") return false;
    if (sign === "/" && markup[i + 1] === "/") return false;
  }
  return true;
}

/** Whether two slashes may meet when a URL's parser has done its work. @param {string} markup */
function isSplit(markup) {
  for (let i = 0; i < TAKEN_OUT.length; i++) {
    // One sign is found far sooner than two.
    if (indexOf(markup, TAKEN_OUT[i]) >= 0 && indexOf(markup, `/${TAKEN_OUT[i]}`) >= 0) return true;
  }
  return false;
}

/**
 * Whether a URL in a text begins as others did, or its host is one of which no rule speaks. A host that is asked about for the
 * first time is known from then on.
 * @param {string} text
 * @param {number} at
 */
function isKnown(text, at) {
  if (startsUsual(text, at)) return true;
  const start = startsWith(text, "https://", at) ? at + 8 : at + 7;
  const end = start === at + 8 || startsWith(text, "http://", at) ? hostEnd(text, start, at) : -1;
  if (end < 0) return false;
  const host = slice(text, start, end);
  return isFreeHost(host) || (isOpen(KIND_IMAGE, `https://${host}/`) && isFreeHost(host));
}

/**
 * Where a host ends that nothing behind it can belong to: at a slash, or where the quotes do in which the URL stands. Negative
 * where that is not sure.
 * @param {string} text
 * @param {number} start of the host
 * @param {number} at where its URL begins
 */
function hostEnd(text, start, at) {
  let end = start;
  while (isHostSign(text[end])) end++;
  const sign = text[end];
  const quoted = (sign === '"' || sign === "'") && text[at - 1] === sign;
  return sign === "/" || quoted ? end : -1;
}

/** Whether no reference may stand for a sign of which a URL is made. @param {string} markup */
function hasPlainReferences(markup) {
  let nested = false;
  for (let at = indexOf(markup, "&"); at >= 0; at = indexOf(markup, "&", at + 1)) {
    const code = markup[at + 1] === "#" ? codeAt(markup, at + 2) : 0;
    const isAmpersand = code === 38 || lower(slice(markup, at + 1, at + 4)) === "amp";
    if (isAmpersand) nested = nested || !startsWith(markup, "amp; ", at + 1);
    else if (code ? !isHarmless(code) : isPart(markup, at + 1)) return false;
  }
  // A frame's document is markup in markup, whose references are read twice.
  return !nested || indexOf(lower(markup), "srcdoc") < 0;
}

/** The code point that a numeric reference gives; 0 if there is none. @param {string} markup @param {number} at behind its "#" */
function codeAt(markup, at) {
  const hex = markup[at] === "x" || markup[at] === "X";
  let code = 0;
  for (let i = hex ? at + 1 : at; ; i++) {
    const digit = i < markup.length ? indexOf(DIGITS, lower(markup[i])) : -1;
    if (digit < 0 || (!hex && digit > 9)) return code;
    code = code * (hex ? 16 : 10) + digit;
  }
}

/** @param {number} code */
function isHarmless(code) {
  return code >= FIRST_BEYOND || indexOf(HARMLESS, fromCodePoint(code)) >= 0;
}

/** @param {string} markup @param {number} at where the name of a reference begins */
function isPart(markup, at) {
  for (let i = 0; i < PARTS.length; i++) if (startsWith(markup, PARTS[i], at)) return true;
  return false;
}

/** Whether no rule speaks of the base URL's host. Asking makes it known. */
function isHomeFree() {
  return isHomeUsual() || (isOpen(KIND_IMAGE, "/-") && isHomeUsual());
}
