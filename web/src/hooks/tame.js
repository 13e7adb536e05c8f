/**
 * Markup that the parser will read: what may not load in it is made inert in the text, in the form that the server's
 * rewriter uses too (blocker/rewrite); revive.js takes it from there.
 */
import { isOpen } from "../ask.js";
import {
  createElementNS,
  getAttribute,
  getFirstChild,
  getOuterHTML,
  indexOf,
  inertDocument,
  lower,
  removeAttribute,
  setAttribute,
  setInnerHTML,
  slice,
} from "../natives.js";
import { LOADS, mayHave, XLINK_HREF } from "./source.js";
import { KIND_SCRIPT } from "../gen/abi.js";

/** The attribute by which inert markup is known. */
export const MARK = "data-segment-blocker";
/** A type no browser runs. */
export const INERT = "text/plain";
export const XHTML = "http://www.w3.org/1999/xhtml";

/** Elements whose content is text (HTML standard 13.2.6.4.4 to 13.2.6.4.7). */
const RAW = ",script,style,textarea,title,xmp,iframe,noembed,noframes,noscript,";
const SCRIPT_URLS = ["src", "href", XLINK_HREF];

/**
 * What a text that comes in parts leaves behind: a tag that is not complete; the element whose text has not ended, and
 * its last characters.
 * @typedef {{ tail: string, raw: string, recent: string }} Rest
 */

/**
 * Makes inert what may not load.
 * @param {string} markup
 * @param {Rest} [rest] of the parts before
 * @returns {Rest & { text: string }}
 */
export function tame(markup, rest = { tail: "", raw: "", recent: "" }) {
  markup = rest.tail + markup;
  let { raw, recent } = rest;
  let done = "";
  let from = 0;
  let at = 0;
  for (;;) {
    if (raw) {
      const end = indexOf(lower(recent + markup), "</" + raw, at);
      if (end < 0) {
        recent = slice(recent + markup, -12);
        return { text: done + slice(markup, from), tail: "", raw, recent };
      }
      at = end - recent.length < 0 ? 0 : end - recent.length + 1;
      raw = recent = "";
    }
    at = indexOf(markup, "<", at);
    if (at < 0) return { text: done + slice(markup, from), tail: "", raw, recent };
    if (slice(markup, at + 1, at + 4) === "!--") {
      at = indexOf(markup, "-->", at + 2);
      if (at < 0) return { text: done + slice(markup, from), tail: "", raw, recent };
      continue;
    }
    let end = at + 1;
    while (isNameSign(markup[end])) end++;
    if (end === at + 1 && end < markup.length) {
      at = end;
      continue;
    }
    const close = endOfTag(markup, end);
    if (close < 0) {
      return { text: done + slice(markup, from, at), tail: slice(markup, at), raw, recent };
    }
    const name = lower(slice(markup, at + 1, end));
    const tag = name === "script" || LOADS[name] ? tameTag(name, slice(markup, end, close)) : "";
    if (tag) {
      done += slice(markup, from, at) + tag;
      from = close;
    }
    at = close;
    if (indexOf(RAW, `,${name},`) >= 0) raw = name;
  }
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
function endOfTag(markup, at) {
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

/**
 * A start tag with what may not load made inert; empty when all may.
 * @param {string} name in lower case
 * @param {string} rest of the tag
 */
function tameTag(name, rest) {
  // Attributes are read the same way whatever the element is.
  const holder = createElementNS(inertDocument(), XHTML, "div");
  setInnerHTML(holder, "<i" + rest);
  const element = getFirstChild(holder);
  if (!element) return "";
  const script = name === "script";
  const names = script ? SCRIPT_URLS : LOADS[name];
  let changed = false;
  for (let i = script ? 0 : 1; i < names.length; i++) {
    const attribute = /** @type {string} */ (names[i]);
    const value = getAttribute(element, attribute);
    if (value === null) continue;
    if (script ? isOpen(KIND_SCRIPT, value) : mayHave(LOADS[name][0], attribute, value)) continue;
    changed = true;
    if (attribute === "srcdoc") {
      setAttribute(element, attribute, tame(value).text);
    } else if (!script || attribute !== "src") {
      // Of a script only the type has to change, but for SVG's (blocker/rewrite).
      removeAttribute(element, attribute);
      setAttribute(element, `${MARK}-${attribute}`, value);
    }
  }
  if (!changed) return "";
  if (script) {
    setAttribute(element, MARK, getAttribute(element, "type") || "");
    setAttribute(element, "type", INERT);
  }
  const self = rest[rest.length - 2] === "/" ? "/" : "";
  return "<" + name + slice(getOuterHTML(element), 2, -5) + self + ">";
}
