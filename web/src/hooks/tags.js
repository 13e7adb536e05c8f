/** Where tags, texts and comments end in markup, and the attribute by which inert markup is known. */
import { indexOf, lower, slice, startsWith } from "../natives.js";

export const MARK = "data-segment-blocker";

/** XLink's attribute, whatever its prefix is. Here, since lists are made of it as their modules begin: this one needs none of them. */
export const XLINK_HREF = "xlink:href";

/**
 * Where an element's text ends; -1 when it does not.
 * @param {string} markup
 * @param {string} name of the element, in lower case
 * @param {number} at where to begin: of a script, where its text does
 */
export function endOfText(markup, name, at) {
  return name === "script" ? endOfScript(markup, at) : nextEndTag(markup, name, at);
}

/** @param {string} markup @param {string} name @param {number} at */
function nextEndTag(markup, name, at) {
  const length = 2 + name.length;
  do at = indexOf(markup, "</", at);
  while (
    at >= 0 &&
    (lower(slice(markup, at + 2, at + length)) !== name || goesOn(markup[at + length])) &&
    ++at
  );
  return at;
}

/**
 * The same of a script. In what looks like a comment another script's tags hide the end (HTML standard
 * 13.2.5.15 to 31).
 * @param {string} markup
 * @param {number} at where the text begins
 */
function endOfScript(markup, at) {
  const end = nextEndTag(markup, "script", at);
  if (end < 0 || indexOf(slice(markup, at, end), "!--") < 0) return end;
  let comment = false;
  let inner = false;
  for (let close = 0; (at = indexOf(markup, "<", at)) >= 0; at++) {
    if (comment && close >= 0 && close < at) comment = inner = false;
    if (!comment) {
      if (isTag(markup, at, "/script")) return at;
      comment = startsWith(markup, "!--", at + 1);
      // Its first dashes may be its last.
      close = comment ? indexOf(markup, "-->", at + 2) : 0;
    } else if (isTag(markup, at, "/script")) {
      if (!inner) return at;
      inner = false;
    } else if (isTag(markup, at, "script")) inner = true;
  }
  return -1;
}

/** Whether a text has a tag of one of some names in it. @param {string} text in lower case @param {string[]} names */
export function hasTag(text, names) {
  for (let i = 0; i < names.length; i++) if (indexOf(text, `<${names[i]}`) >= 0) return true;
  return false;
}

/** @param {string} markup @param {number} at of a bracket @param {string} name in lower case */
function isTag(markup, at, name) {
  const end = at + 1 + name.length;
  return lower(slice(markup, at + 1, end)) === name && !goesOn(markup[end]);
}

/** Whether a name goes on with a sign: it ends at white space, a slash or a bracket, or with the text. @param {string | undefined} sign */
function goesOn(sign) {
  return sign !== undefined && sign > " " && sign !== "/" && sign !== ">";
}

/**
 * Where the name of an element ends.
 * @param {string} markup
 * @param {number} at where it begins
 */
export function endOfName(markup, at) {
  while (isNameSign(markup[at])) at++;
  return at;
}

/**
 * Where a comment ends (HTML standard 13.2.5.43 to 52); -1 when it does not.
 * @param {string} markup
 * @param {number} at of its first two dashes, which may be its last
 */
export function endOfComment(markup, at) {
  const end = indexOf(markup, "-->", at);
  const other = indexOf(markup, "--!>", at + 2);
  return other >= 0 && (end < 0 || other < end) ? other : end;
}

/** @param {string | undefined} sign */
function isNameSign(sign) {
  return (
    sign !== undefined &&
    ((sign >= "a" && sign <= "z") || (sign >= "A" && sign <= "Z") || sign === "-")
  );
}

/**
 * Where a start tag ends, behind its ">"; -1 when it does not (HTML standard 13.2.5.32 to 39).
 * @param {string} markup
 * @param {number} at behind the tag's name
 */
export function endOfTag(markup, at) {
  for (let i = at, value = false; i < markup.length; i++) {
    const sign = markup[i];
    if (sign === ">") return i + 1;
    if (value && (sign === '"' || sign === "'")) {
      i = indexOf(markup, sign, i + 1);
      if (i < 0) return -1;
    }
    if (sign === "=") value = true;
    else if (sign > " ") value = false;
  }
  return -1;
}
