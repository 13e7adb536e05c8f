/** What a document that is given as text would load: its elements at once, its scripts by what they say. */
import { closedURL } from "../ask.js";
import {
  getAttribute,
  getAttributeNames,
  getLocalName,
  getTemplateContent,
  getTextContent,
  indexOf,
  isHTML,
  lower,
  querySelectorAll,
} from "../natives.js";
import { hasHandler, isSealed } from "./door.js";
import { staysHome } from "./home.js";
import { inlineURL, loadsByText, quotedURL } from "./inline.js";
import { blockedSpecifier } from "./literal.js";
import { declaredRoot } from "./roots.js";
import { isScript } from "./kept.js";
import { carriersIn, urlsIn } from "./source.js";
import { baseOf, parseDocument, resolve, SCRIPT_LOADS } from "./tame.js";
import { LOADS } from "../gen/elements.js";

/**
 * The first URL that an element of a document loads and that may not be fetched now; empty when there is none.
 * @param {string} markup
 */
export function loadedURL(markup) {
  const root = read(markup);
  return root ? loadedIn(root) : "";
}

/**
 * The same of what a document's scripts name too.
 * @param {string} markup
 */
export function namedURL(markup) {
  const root = read(markup);
  return root ? loadedIn(root) || spokenIn(root, markup) : "";
}

/** @param {Element} root */
function loadedIn(root) {
  const base = baseOf(root);
  const list = carriersIn(root, templateIn);
  let url = "";
  for (let i = 0; i < list.length && !url; i++) url = urlOf(list[i], base);
  return url;
}

/** A template's content: some engines fetch ahead what stands in it. @type {import("./roots.js").RootOf} */
function templateIn(element) {
  return isHTML(element, "template") ? getTemplateContent(element) : null;
}

/** @param {Element} root @param {string} markup */
function spokenIn(root, markup) {
  const text = lower(markup);
  let runs = hasHandler(text) || indexOf(text, "javascript:") >= 0;
  let url = runs ? quotedURL(markup) : "";
  const list = carriersIn(root, declaredRoot);
  for (let i = 0; i < list.length && !url; i++) {
    if (!isScript(list[i])) continue;
    runs = true;
    url = quotedURL(getTextContent(list[i]));
  }
  return url || (runs ? writtenIn(root) : "");
}

/** What a document's attributes name, as its code finds it in them. @param {Element} root */
function writtenIn(root) {
  const list = querySelectorAll(root, "*");
  let url = "";
  for (let i = 0; i < list.length && !url; i++) {
    const names = getAttributeNames(list[i]);
    for (let at = 0; at < names.length && !url; at++) {
      const value = /** @type {string} */ (getAttribute(list[i], names[at]));
      url = blockedSpecifier(value) || quotedURL(value);
    }
  }
  return url;
}

/**
 * What the scripts of a frame's document name, where no script of ours can come in: one URL that may not be fetched now, or none.
 * @param {Element} frame
 * @param {string} markup its srcdoc
 */
export function sealedURLs(frame, markup) {
  const root = isSealed(frame) && read(markup);
  const url = root ? spokenIn(root, markup) : "";
  return url ? [url] : [];
}

/** A document where nothing loads; undefined when it names no host of which a rule speaks. @param {string} markup */
function read(markup) {
  return staysHome(markup) ? undefined : parseDocument(markup);
}

/**
 * @param {Element} element
 * @param {string | undefined} base
 * @returns {string}
 */
function urlOf(element, base) {
  const script = isScript(element);
  if (script && !loadsByText(element)) return "";
  const loads = script ? SCRIPT_LOADS : LOADS[getLocalName(element)];
  for (let i = 1; i < loads.length; i++) {
    const name = /** @type {string} */ (loads[i]);
    const value = getAttribute(element, name);
    if (value === null) continue;
    if (name === "srcdoc") return loadedURL(value);
    const urls = urlsIn(name, value);
    for (let at = 0; at < urls.length; at++) {
      const url = closedURL(loads[0], resolve(urls[at], base));
      if (url) return url;
    }
  }
  return script ? inlineURL(element) : "";
}
