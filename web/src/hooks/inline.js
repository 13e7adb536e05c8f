/**
 * Scripts whose own text names what to load: modules by static imports, any program by import() of a literal, speculation
 * rules, web bundles, import maps. No function can be wrapped there, so the text is read before the script is prepared.
 */
import { record } from "../gate.js";
import { shownAttribute } from "../held.js";
import {
  getAttribute,
  getTextContent,
  indexOf,
  lower,
  parseJSON,
  setTextContent,
  startsWith,
  stringify,
  trim,
} from "../natives.js";
import { HOLD, KIND_IMPORT } from "../gen/abi.js";
import { calledURL, moduleURL } from "./imports.js";
import { blockedLiteral, blockedSpecifier, blockedURL } from "./literal.js";
import { isQuote } from "./program.js";

/** A script's type as the page gave it. @param {Element} script */
function typeOf(script) {
  const shown = shownAttribute(script, "type");
  return lower(trim((shown === undefined ? getAttribute(script, "type") : shown) || ""));
}

/** What the names of the language have in them, the old ones too (MIME Sniffing standard 4.6). */
const LANGUAGES = ["javascript", "ecmascript", "jscript", "livescript"];

/** Whether a type is a classic script's: none, or one of the names of the language. @param {string} type */
function isClassic(type) {
  if (!startsWith(type, "text/") && !startsWith(type, "application/")) return type === "";
  for (let i = 0; i < LANGUAGES.length; i++) if (indexOf(type, LANGUAGES[i]) > 0) return true;
  return false;
}

/** Whether a type is a list's of URLs to load: speculation rules, or a web bundle, which Chromium knows. @param {string} type */
function isList(type) {
  return type === "speculationrules" || type === "webbundle";
}

/** @param {string} type */
function mayLoad(type) {
  return isClassic(type) || type === "module" || isList(type) || type === "importmap";
}

/** Whether a script's text may name what it loads: of the others nothing runs. @param {Element} script */
export function loadsByText(script) {
  return mayLoad(typeOf(script));
}

/**
 * The first URL that a script without one would load by its text and may not; empty when there is none.
 * @param {Element} script
 * @param {string} [future] the text that it is about to have
 */
export function inlineURL(script, future) {
  const type = typeOf(script);
  if (!mayLoad(type)) return "";
  const text = future === undefined ? getTextContent(script) : future;
  if (type === "module") return moduleURL(text);
  if (isClassic(type)) return calledURL(text);
  if (isList(type)) return blockedEntries(text, blockedURL)[0];
  // Of an import map: what imports such an entry fails, as it does when the address is blocked; all other modules go on.
  const [url, rest] = blockedEntries(text, blockedSpecifier);
  if (future !== undefined) return url;
  if (url) {
    record(KIND_IMPORT, url, HOLD);
    setTextContent(script, rest);
  }
  return "";
}

/**
 * The first quoted URL in a program's text that may not be fetched now; empty when there is none.
 * @param {string} text
 */
export function quotedURL(text) {
  for (let i = 0; i < text.length; i++) {
    const url = isQuote(text[i]) ? blockedLiteral(text, i) : "";
    if (url) return url;
  }
  return "";
}

/**
 * The first text in a JSON that names what may not be fetched now, and the JSON without all such.
 * @param {string} json
 * @param {(text: string) => string} blocked the URL that a text names, if it is such a one
 */
function blockedEntries(json, blocked) {
  let found = "";
  try {
    const rest = parseJSON(json, (/** @type {string} */ _, /** @type {any} */ value) => {
      const url = typeof value === "string" && blocked(value);
      if (!url) return value;
      found = found || url;
    });
    return [found, stringify(rest)];
  } catch {
    // Not JSON: the browser will say so.
    return ["", ""];
  }
}
