/**
 * Scripts whose own text names what to load: modules by static imports, any program by import() of a literal, speculation
 * rules, import maps. No function can be wrapped there, so the text is read before the script is prepared.
 */
import { isOpen } from "../ask.js";
import { record } from "../gate.js";
import {
  charCodeAt,
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
import { calledURL } from "./imports.js";
import { blockedLiteral, blockedSpecifier } from "./literal.js";

/** @param {Element} script */
function typeOf(script) {
  return lower(getAttribute(script, "type") || "");
}

/** @param {string} type */
function isModule(type) {
  return type === "module";
}

/** Whether a type is a classic script's: none, or one of the names of the language. @param {string} type */
function isClassic(type) {
  return type === "" || indexOf(type, "/javascript") > 0 || indexOf(type, "ecmascript") > 0;
}

/** Whether a script's text may name what it loads. @param {Element} script */
export function loadsByText(script) {
  const type = typeOf(script);
  return isModule(type) || isClassic(type) || type === "speculationrules" || type === "importmap";
}

/**
 * The first URL that a script without one would load by its text and may not; empty when there is none.
 * @param {Element} script
 * @param {string} [added] what its text is about to end with
 */
export function inlineURL(script, added = "") {
  const type = typeOf(script);
  if (isModule(type) || isClassic(type)) {
    const text = getTextContent(script) + added;
    return (isModule(type) && urlIn(text, true)) || calledURL(text);
  }
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
    const url = blockedLiteral(text, i);
    if (url) return url;
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
 * The first text in a script's JSON that is a URL which may not be fetched now, and the JSON without all such.
 * @param {Element} script
 * @param {string} added
 */
function openEntries(script, added) {
  let found = "";
  const blockedEntry =
    typeOf(script) === "importmap"
      ? blockedSpecifier
      : (/** @type {string} */ url) => (isOpen(KIND_IMPORT, url) ? "" : url);
  try {
    const rest = parseJSON(
      getTextContent(script) + added,
      (/** @type {string} */ _, /** @type {any} */ value) => {
        const url = typeof value === "string" && blockedEntry(value);
        if (!url) return value;
        found = found || url;
      },
    );
    return [found, stringify(rest)];
  } catch {
    // Not JSON: the browser will say so.
    return ["", ""];
  }
}
