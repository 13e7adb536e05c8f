/**
 * Scripts whose own text names what to load: modules by static imports, speculation rules, import maps. No function can be
 * wrapped there, so the text is read before the script is prepared.
 */
import { isOpen } from "../ask.js";
import { record } from "../gate.js";
import {
  charCodeAt,
  getAttribute,
  getTextContent,
  indexOf,
  lower,
  parseJSON,
  setTextContent,
  slice,
  stringify,
} from "../natives.js";
import { HOLD, KIND_IMPORT } from "../gen/abi.js";

/**
 * The first URL that a script without one would load by its text and may not; empty when there is none.
 * @param {Element} script
 */
export function inlineURL(script) {
  const type = lower(getAttribute(script, "type") || "");
  if (type === "module") return urlIn(getTextContent(script), true);
  if (type === "speculationrules") return openEntries(script)[0];
  if (type === "importmap") {
    // What imports such an entry fails, as it does when the address is blocked; all other modules go on.
    const [url, rest] = openEntries(script);
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
    while (end < text.length && text[end] !== quote && text[end] !== "$") end++;
    const url = slice(text, i + 1, end);
    if (indexOf(url, "/") >= 0 && !isOpen(KIND_IMPORT, url)) return url;
  }
  return "";
}

/**
 * Whether what stands before a quote is "import" or "from".
 * @param {string} text
 * @param {number} at
 */
function isImport(text, at) {
  while (at >= 0 && charCodeAt(text, at) <= 32) at--;
  return slice(text, at - 5, at + 1) === "import" || slice(text, at - 3, at + 1) === "from";
}

/**
 * The first text in a script's JSON that is a URL which may not be fetched now, and the JSON without all such.
 * @param {Element} script
 */
function openEntries(script) {
  let found = "";
  try {
    const rest = parseJSON(
      getTextContent(script),
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
