/** What a document that is given as text would load: its elements at once, its scripts by what they say. */
import { closedURL } from "../ask.js";
import {
  createElementNS,
  getAttribute,
  getLocalName,
  getTextContent,
  indexOf,
  inertDocument,
  lower,
  querySelectorAll,
} from "../natives.js";
import { hasHandler, isSealed } from "./door.js";
import { staysHome } from "./home.js";
import { inlineURL, loadsByText, quotedURL } from "./inline.js";
import { carriersIn, LOADS, urlsIn } from "./source.js";
import { fill, resolve, SCRIPT_LOADS, XHTML } from "./tame.js";

/**
 * The first URL that an element of a document loads and that may not be fetched now; empty when there is none.
 * @param {string} markup
 */
export function loadedURL(markup) {
  const root = read(markup);
  if (!root) return "";
  const owner = querySelectorAll(root, "base[href]")[0];
  const base = owner && getAttribute(owner, "href");
  const list = carriersIn(root);
  let url = "";
  for (let i = 0; i < list.length && !url; i++) url = urlOf(list[i], base);
  return url;
}

/**
 * The first URL that a script of a document names and that may not be fetched now; empty when there is none.
 * @param {string} markup
 */
export function spokenURL(markup) {
  const root = read(markup);
  if (!root) return "";
  const text = lower(markup);
  if (hasHandler(text) || indexOf(text, "javascript:") >= 0) return quotedURL(markup);
  const scripts = querySelectorAll(root, "script");
  let url = "";
  for (let i = 0; i < scripts.length && !url; i++) url = quotedURL(getTextContent(scripts[i]));
  return url;
}

/**
 * The same of a frame's document, where no script of ours can come in.
 * @param {Element} frame
 * @param {string} markup its srcdoc
 */
export function sealedURL(frame, markup) {
  return isSealed(frame) ? spokenURL(markup) : "";
}

/** A document where nothing loads; undefined when it names no host of which a rule speaks. @param {string} markup */
function read(markup) {
  if (staysHome(markup)) return undefined;
  const root = createElementNS(inertDocument(), XHTML, "html");
  return fill(root, markup) ? root : undefined;
}

/**
 * @param {Element} element
 * @param {string | null} base
 * @returns {string}
 */
function urlOf(element, base) {
  const isScript = getLocalName(element) === "script";
  if (isScript && !loadsByText(element)) return "";
  const loads = isScript ? SCRIPT_LOADS : LOADS[getLocalName(element)];
  for (let i = 1; i < loads.length; i++) {
    const name = /** @type {string} */ (loads[i]);
    const value = getAttribute(element, name);
    if (value === null) continue;
    if (name === "srcdoc") return loadedURL(value);
    const urls = urlsIn(name, value);
    for (let at = 0; at < urls.length; at++) {
      const url = closedURL(loads[0], resolve(urls[at], base || undefined));
      if (url) return url;
    }
  }
  return isScript ? inlineURL(element) : "";
}
