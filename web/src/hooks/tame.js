/**
 * Markup that the parser will read: what may not load in it is made inert in the text, in the form that the server's
 * rewriter uses too (blocker/rewrite); revive.js takes it from there.
 */
import { isOpen } from "../ask.js";
import {
  createElementNS,
  doc,
  getAttribute,
  getBaseURI,
  getElementFirstChild,
  getFirstChild,
  getHref,
  getLocalName,
  getOuterHTML,
  getTextContent,
  hasAttribute,
  indexOf,
  inertDocument,
  lower,
  NativeURL,
  querySelectorAll,
  removeAttribute,
  setAttribute,
  setInnerHTML,
  setTextContent,
  slice,
  startsWith,
  XHTML,
} from "../natives.js";
import { trustHTML } from "../trusted.js";
import { mayFrame, withDoor } from "./door.js";
import { sealedURLs } from "./document.js";
import { namesText, staysHome } from "./home.js";
import { inlineURL } from "./inline.js";
import { declaredRoot } from "./roots.js";
import { carriersIn, kindOf, mayHave } from "./source.js";
import { endOfComment, endOfName, endOfTag, endOfText, MARK, XLINK_HREF } from "./tags.js";
import { KIND_SCRIPT } from "../gen/abi.js";
import { LOADS } from "../gen/elements.js";

/** A type no browser runs. */
export const INERT = "text/plain";

/** Elements whose content is text (HTML standard 13.2.6.4.4 to 13.2.6.4.7). */
const RAW = ",script,style,textarea,title,xmp,iframe,noembed,noframes,noscript,";
/** What a script loads by attributes, as the table of other elements has it. @type {[number, ...string[]]} */
export const SCRIPT_LOADS = [KIND_SCRIPT, "src", "href", XLINK_HREF];

/**
 * What a text that comes in parts leaves behind: a tag, or a script, that is not complete; the element whose text has not
 * ended, and its last characters, of a script all of them (`code`); how deep in SVG or MathML it ends; and the base that it
 * gave the URLs after it.
 * @typedef {{ tail: string, raw: string, recent: string, code?: string, foreign?: number, base?: string }} Rest
 */

/**
 * Makes inert what may not load.
 * @param {string} markup
 * @param {Rest} [rest] of the parts before
 * @param {boolean} [waits] whether a script whose text does not end is left behind too: what it loads its text may yet say
 * @returns {Rest & { text: string }}
 */
export function tame(markup, rest = { tail: "", raw: "", recent: "" }, waits) {
  markup = rest.tail + markup;
  let { raw, recent, code = "", foreign = 0, base } = rest;
  let done = "";
  let from = 0;
  let at = 0;
  let begin = 0;
  for (;;) {
    if (raw) {
      // A script is read from its beginning: what ends it depends on what is in it.
      const before = raw === "script" ? code : recent;
      const end = endOfText(before + markup, raw, at);
      if (end < 0) {
        recent = slice(recent + markup, -12);
        code = raw === "script" ? code + slice(markup, begin) : "";
        return left(done + slice(markup, from), "");
      }
      at = end < before.length ? 0 : end - before.length + 1;
      raw = recent = code = "";
    }
    at = indexOf(markup, "<", at);
    const aside = at < 0 ? at : endOfAside(markup, at, foreign);
    if (aside > at) {
      at = aside;
      continue;
    }
    if (at < 0 || aside < 0) return left(done + slice(markup, from), "");
    const ends = markup[at + 1] === "/";
    const end = endOfName(markup, ends ? at + 2 : at + 1);
    if (end === at + 1 && end < markup.length) {
      at = end;
      continue;
    }
    const close = endOfTag(markup, end);
    if (close < 0) return left(done + slice(markup, from, at), slice(markup, at));
    if (ends) {
      if (foreign && isForeign(lower(slice(markup, at + 2, end)))) foreign--;
      at = close;
      continue;
    }
    const name = lower(slice(markup, at + 1, end));
    const script = name === "script";
    const textEnd = script ? endOfText(markup, name, close) : -1;
    if (waits && script && textEnd < 0 && !foreign)
      return left(done + slice(markup, from, at), slice(markup, at));
    const text = slice(markup, close, textEnd < 0 ? close : textEnd);
    const tag = slice(markup, end, close);
    const isDoubtful =
      script || (LOADS[name] && (base || !staysHome(tag) || namesText(tag) || mayFrame(tag)));
    const tamed = isDoubtful ? tameTag(name, tag, text, base) : "";
    if (tamed) {
      done += slice(markup, from, at) + tamed;
      from = close + text.length;
    }
    at = begin = close;
    if (name === "base" && !base) base = baseIn(tag);
    // In SVG and MathML these are elements like others; where HTML begins again in them, too much is read rather than too little.
    if (isForeign(name)) foreign += markup[close - 2] === "/" ? 0 : 1;
    else if (!foreign && indexOf(RAW, `,${name},`) >= 0) raw = name;
  }

  /** @param {string} text @param {string} tail */
  function left(text, tail) {
    return { text, tail, raw, recent, code, foreign, base };
  }
}

/**
 * Where what is neither text nor tag ends: a comment or what counts as one, a doctype, in SVG and MathML a CDATA section (HTML
 * standard 13.2.5.6, 13.2.5.7 and 13.2.5.42). Negative where it does not end; where it begins if it is none.
 * @param {string} markup
 * @param {number} at of the bracket
 * @param {number} foreign how deep in SVG or MathML
 */
function endOfAside(markup, at, foreign) {
  const sign = markup[at + 1];
  const next = sign === "/" ? at + 2 : at;
  // A tag, be it one that has only begun.
  if (next > at && (next === markup.length || endOfName(markup, next) > next)) return at;
  if (sign !== "!" && sign !== "?" && sign !== "/") return at;
  if (startsWith(markup, "!--", at + 1)) return endOfComment(markup, at + 2);
  if (foreign && startsWith(markup, "![CDATA[", at + 1)) return indexOf(markup, "]]>", at);
  return indexOf(markup, ">", at);
}

/** @param {string} name in lower case */
function isForeign(name) {
  return name === "svg" || name === "math";
}

/**
 * An element with the attributes of a start tag: they are read the same way whatever the element is.
 * @param {string} rest of the tag
 */
function attributesIn(rest) {
  const holder = createElementNS(inertDocument(), XHTML, "div");
  return fill(holder, "<i" + rest) ? getFirstChild(holder) : null;
}

/** Whether the page's policy has kept us from reading markup. */
let refused = false;

/**
 * Parses a text where nothing loads. A page that demands trusted types may refuse that, and is asked once only: each refusal is
 * reported to it.
 * @param {Element} holder
 * @param {any} text
 * @returns {boolean} whether it was parsed
 */
function fill(holder, text) {
  const trusted = typeof text !== "string";
  if (refused && !trusted) return false;
  try {
    setInnerHTML(holder, trusted ? text : trustHTML(text));
    return true;
  } catch {
    refused = refused || !trusted;
    return false;
  }
}

/** What a base element makes of URLs after it. @param {string} rest of its tag @returns {string | undefined} */
function baseIn(rest) {
  const element = attributesIn(rest);
  const href = element && getAttribute(element, "href");
  return href ? resolve(href, getBaseURI(doc)) : undefined;
}

/**
 * A URL as it is from a base; as it was where it is none.
 * @param {string} url
 * @param {string | undefined} base
 */
export function resolve(url, base) {
  try {
    return base ? getHref(new NativeURL(url, base)) : url;
  } catch {
    return url;
  }
}

/**
 * A start tag and the text after it, with what may not load made inert; empty when all may.
 * @param {string} name in lower case
 * @param {string} rest of the tag
 * @param {string} text of a script
 * @param {string} [base]
 */
function tameTag(name, rest, text, base) {
  const element = attributesIn(rest);
  if (!element) return "";
  if (text) setTextContent(element, text);
  if (!makeInert(element, name, base)) return "";
  const own = getTextContent(element);
  if (text) setTextContent(element, "");
  const self = rest[rest.length - 2] === "/" ? "/" : "";
  return "<" + name + slice(getOuterHTML(element), 2, -5) + self + ">" + own;
}

/**
 * Makes inert what an element may not load.
 * @param {Element} element
 * @param {string} name of what it is
 * @param {string} [base] what its URLs are relative to, if not the document's own base
 * @returns {boolean} whether there was anything
 */
function makeInert(element, name, base) {
  const script = name === "script";
  if (script && hasAttribute(element, MARK) && getAttribute(element, "type") === INERT)
    return false;
  const loads = script ? SCRIPT_LOADS : LOADS[name];
  let changed = false;
  let named = false;
  for (let i = 1; i < loads.length; i++) {
    const attribute = /** @type {string} */ (loads[i]);
    const value = getAttribute(element, attribute);
    if (value === null) continue;
    named = true;
    if (attribute === "srcdoc") {
      const sealed = sealedURLs(element, value).length;
      const safe = sealed ? value : withDoor(tameDocument(value), element);
      if (!sealed && safe === value) continue;
      changed = true;
      if (!sealed) {
        setAttribute(element, attribute, safe);
        continue;
      }
    } else if (
      script
        ? isOpen(KIND_SCRIPT, resolve(value, base))
        : mayHave(kindOf(element, loads[0]), attribute, value, base)
    )
      continue;
    changed = true;
    if (!script || attribute !== "src") {
      // Of a script only the type has to change, but for SVG's (blocker/rewrite).
      removeAttribute(element, attribute);
      setAttribute(element, `${MARK}-${attribute}`, value);
    }
  }
  const text = script && !named ? getTextContent(element) : "";
  if (text && inlineURL(element)) changed = true;
  if (script && changed) {
    setAttribute(element, MARK, getAttribute(element, "type") || "");
    setAttribute(element, "type", INERT);
  }
  // Of an import map only entries are taken out.
  return changed || (text !== "" && getTextContent(element) !== text);
}

/**
 * A document where nothing loads; undefined when the page's policy refuses that.
 * @param {any} text
 */
export function parseDocument(text) {
  const root = createElementNS(inertDocument(), XHTML, "html");
  return fill(root, text) ? root : undefined;
}

/** What URLs in such a document are relative to, if not the page's own base. @param {Element} root @returns {string | undefined} */
export function baseOf(root) {
  const owner = querySelectorAll(root, "base[href]")[0];
  return owner && resolve(/** @type {string} */ (getAttribute(owner, "href")), getBaseURI(doc));
}

/**
 * The same for the text of a whole document: its tags are read, and then what the browser would make of it.
 * @param {string} markup
 * @param {any} [given] the text as the page gave it: a trusted-type object can be parsed whatever the page's policy is
 */
export function tameDocument(markup, given = markup) {
  if (staysHome(markup)) return markup;
  const trusted = typeof given !== "string";
  const tamed = trusted ? undefined : tame(markup);
  const text = tamed ? tamed.text + tamed.tail : markup;
  const root = parseDocument(trusted ? given : text);
  if (!root) return text;
  const base = baseOf(root);
  const list = carriersIn(root, declaredRoot);
  let changed = false;
  for (let i = 0; i < list.length; i++)
    changed = makeInert(list[i], getLocalName(list[i]), base) || changed;
  changed = tameAsides(root) || changed;
  return changed ? getOuterHTML(root) : text;
}

/**
 * What only a frame without scripts reads: some engines take it for text here, and for markup there.
 * @param {Element} root
 * @returns {boolean} whether anything in it was made inert
 */
function tameAsides(root) {
  const list = querySelectorAll(root, "noscript");
  let changed = false;
  for (let i = 0; i < list.length; i++) {
    const text = getTextContent(list[i]);
    const safe = tame(text).text;
    if (safe === text || getElementFirstChild(list[i])) continue;
    setTextContent(list[i], safe);
    changed = true;
  }
  return changed;
}
