/**
 * Scripts whose own text names what to load: modules by static imports, speculation rules, import maps. No function can be
 * wrapped there, so the text is read before the script is prepared.
 */
import { isOpen } from "../ask.js";
import { record } from "../gate.js";
import {
  charCodeAt,
  fromCodePoint,
  getAttribute,
  getTextContent,
  indexOf,
  lastIndexOf,
  lower,
  parseJSON,
  setTextContent,
  slice,
  stringify,
} from "../natives.js";
import { HOLD, KIND_IMPORT } from "../gen/abi.js";

/** @param {Element} script */
function typeOf(script) {
  return lower(getAttribute(script, "type") || "");
}

/** Whether a script's text names what it loads. @param {Element} script */
export function loadsByText(script) {
  const type = typeOf(script);
  return type === "module" || type === "speculationrules" || type === "importmap";
}

/**
 * The first URL that a script without one would load by its text and may not; empty when there is none.
 * @param {Element} script
 * @param {string} [added] what its text is about to end with
 */
export function inlineURL(script, added = "") {
  const type = typeOf(script);
  if (type === "module") return urlIn(getTextContent(script) + added, true);
  if (type === "speculationrules") return openEntries(script, added)[0];
  if (type === "importmap") {
    // What imports such an entry fails, as it does when the address is blocked; all other modules go on.
    const [url, rest] = openEntries(script, added);
    if (added) return url;
    if (url) {
      record(KIND_IMPORT, url, HOLD);
      setTextContent(script, rest);
    }
  }
  return "";
}

/**
 * The first quoted URL in a program's text that may not be fetched now; empty when there is none.
 * @param {string} text
 * @param {boolean} imports only those that a static import names
 */
export function urlIn(text, imports) {
  for (let i = 0; i < text.length; i++) {
    const quote = text[i];
    if (quote !== '"' && quote !== "'" && quote !== "`") continue;
    if (imports && !isImport(text, i - 1)) continue;
    let end = i + 1;
    while (end < text.length && text[end] !== quote && text[end] !== "$")
      end += text[end] === "\\" ? 2 : 1;
    const url = unescape(slice(text, i + 1, end));
    if (indexOf(url, "/") >= 0 && !isOpen(KIND_IMPORT, url)) return url;
  }
  return "";
}

/**
 * Whether what stands before a quote is "import" or "from", be there comments between.
 * @param {string} text
 * @param {number} at
 * @returns {boolean}
 */
function isImport(text, at) {
  let line = false;
  while (at >= 0 && charCodeAt(text, at) <= 32) line = text[at--] < " " || line;
  if (slice(text, at - 5, at + 1) === "import" || slice(text, at - 3, at + 1) === "from")
    return true;
  const start =
    slice(text, at - 1, at + 1) === "*/"
      ? lastIndexOf(text, "/*", at - 3)
      : line
        ? lineComment(text, at)
        : -1;
  return start >= 0 && isImport(text, start - 1);
}

/**
 * Where the comment begins with which a line ends; -1 when it ends with none.
 * @param {string} text
 * @param {number} at in the line
 */
function lineComment(text, at) {
  const start = lastIndexOf(text, "\n", at) + 1;
  const found = indexOf(slice(text, start, at), "//");
  return found < 0 ? -1 : start + found;
}

/**
 * A string literal's text without its escapes (ECMAScript 12.9.4).
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
    const braces = text[at + 1] === "{";
    const length = sign === "x" ? 2 : sign === "u" && !braces ? 4 : 0;
    const end = braces && sign === "u" ? indexOf(text, "}", at) : at + 1 + length;
    const point = +`0x${slice(text, at + (braces ? 2 : 1), end)}`;
    if (point <= 0x10ffff) done += fromCodePoint(point);
    else if (sign > "\r") done += sign;
    // Of a number that is none only the sign is taken, and the language refuses the text.
    if (point <= 0x10ffff) at = braces ? end : end - 1;
  }
  return done;
}

/**
 * The first text in a script's JSON that is a URL which may not be fetched now, and the JSON without all such.
 * @param {Element} script
 * @param {string} added
 */
function openEntries(script, added) {
  let found = "";
  try {
    const rest = parseJSON(
      getTextContent(script) + added,
      (/** @type {string} */ _, /** @type {any} */ value) => {
        if (typeof value !== "string" || isOpen(KIND_IMPORT, value)) return value;
        found = found || value;
      },
    );
    return [found, stringify(rest)];
  } catch {
    // Not JSON: the browser will say so.
    return ["", ""];
  }
}
