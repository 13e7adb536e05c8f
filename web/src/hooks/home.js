/**
 * Markup that names no host of which a rule speaks: nearly all of it, and to see that takes less than to read its tags.
 */
import { isOpen } from "../ask.js";
import { indexOf, lower, parseJSON, startsWith } from "../natives.js";
import { isHomeUsual, namesUsual } from "../usual.js";
import { KIND_IMAGE } from "../gen/abi.js";

/** Character references that stand for no part of a host or scheme. */
const REFERENCES = ["amp;", "nbsp;", "quot;", "lt;", "gt;", " "];

/** What a URL's parser takes out of it (URL standard 4.4). The tab is in JSON: the script may hold none. */
const TAKEN_OUT = ["\n", "\r", parseJSON('"\\t"')];

/**
 * Whether a text names no host but such as no rule speaks of, beyond doubt: then nothing in it need be looked at.
 * @param {string} markup
 */
export function staysHome(markup) {
  if (isBare(markup)) return isHomeFree();
  return !isSplit(markup) && namesUsual(markup) && isHomeFree() && hasPlainReferences(markup);
}

/** So short a text is read sign by sign sooner than it is searched for one sign after the other. */
const SHORT = 128;

/** Whether a text is short and has no sign of those that make it worth a look. @param {string} markup */
function isBare(markup) {
  if (markup.length > SHORT) return false;
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

/** Whether no reference may stand for a sign of which a URL is made. @param {string} markup */
function hasPlainReferences(markup) {
  let nested = false;
  for (let at = indexOf(markup, "&"); at >= 0; at = indexOf(markup, "&", at + 1)) {
    if (!isPlain(markup, at)) return false;
    if (startsWith(markup, "amp;", at + 1) && markup[at + 5] > " ") nested = true;
  }
  // A frame's document is markup in markup, whose references are read twice.
  return !nested || indexOf(lower(markup), "srcdoc") < 0;
}

/** @param {string} markup @param {number} at of an ampersand */
function isPlain(markup, at) {
  for (let i = 0; i < REFERENCES.length; i++)
    if (startsWith(markup, REFERENCES[i], at + 1)) return true;
  return false;
}

/** Whether no rule speaks of the base URL's host. Asking makes it known. */
function isHomeFree() {
  return isHomeUsual() || (isOpen(KIND_IMAGE, "/-") && isHomeUsual());
}
