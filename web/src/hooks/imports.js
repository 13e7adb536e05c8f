/**
 * What a program imports by a literal. The language has no function to wrap, but the program can wait.
 */
import { charCodeAt, indexOf, slice } from "../natives.js";
import { blockedLiteral } from "./literal.js";

const CALL = "import";
/** What stands before the name of a module that a program imports, or exports from. */
const WORDS = [CALL, "from"];
/** Behind one of these a slash divides nothing. */
const BEFORE_EXPRESSION = "(,=:[!&|?{};+-*%<>~^";

/**
 * The first URL that a module's text imports and that may not be fetched now; empty when there is none.
 * @param {string} text
 */
function importedURL(text) {
  let first = "";
  let place = text.length;
  for (let i = 0; i < WORDS.length; i++) {
    for (
      let at = indexOf(text, WORDS[i]);
      at >= 0 && at < place;
      at = indexOf(text, WORDS[i], at + 1)
    ) {
      const quote = behindBlanks(text, at + WORDS[i].length);
      const url = isQuote(text[quote]) ? blockedLiteral(text, quote) : "";
      if (!url) continue;
      first = url;
      place = at;
    }
  }
  return first;
}

/** The same of all that a module imports, at once or by import(). @param {string} text */
export function moduleURL(text) {
  return importedURL(text) || calledURL(text);
}

/**
 * The same of a program's import(). What only looks like one, in a string or a comment, is none: a program is not held for
 * what it writes about.
 * @param {string} text
 */
export function calledURL(text) {
  for (let at = indexOf(text, CALL); at >= 0; at = indexOf(text, CALL, at + 1)) {
    if (isNamePart(text, at - 1)) continue;
    const bracket = behindBlanks(text, at + CALL.length);
    if (text[bracket] !== "(") continue;
    const quote = behindBlanks(text, bracket + 1);
    if (!isQuote(text[quote])) continue;
    const url = blockedLiteral(text, quote);
    if (url && isCode(text, at)) return url;
  }
  return "";
}

/** @param {string | undefined} sign */
export function isQuote(sign) {
  return sign === '"' || sign === "'" || sign === "`";
}

/** Whether what stands before a word makes it another one, or a member's name. @param {string} text @param {number} at */
function isNamePart(text, at) {
  const sign = text[at];
  return (
    (sign >= "a" && sign <= "z") ||
    (sign >= "A" && sign <= "Z") ||
    (sign >= "0" && sign <= "9") ||
    sign === "." ||
    sign === "$" ||
    sign === "_" ||
    sign > "\x7f"
  );
}

/** Where the next sign is that is neither blank nor comment. @param {string} text @param {number} at */
function behindBlanks(text, at) {
  for (; at < text.length; at++) {
    const next = behindComment(text, at);
    if (next > at) at = next - 1;
    else if (charCodeAt(text, at) > 32) break;
  }
  return at;
}

/** Where a comment ends that begins here; here when none does. @param {string} text @param {number} at */
function behindComment(text, at) {
  if (text[at] !== "/" || (text[at + 1] !== "/" && text[at + 1] !== "*")) return at;
  const mark = text[at + 1] === "/" ? "\n" : "*/";
  const end = indexOf(text, mark, at + 2);
  return end < 0 ? text.length : end + mark.length;
}

/**
 * Whether a place in a program is code. What a template's braces hold counts as text.
 * @param {string} text
 * @param {number} place
 */
function isCode(text, place) {
  let last = -1;
  for (let at = 0; at < place;) {
    let next = behindComment(text, at);
    if (next === at) {
      if (isQuote(text[at])) next = behindString(text, at);
      else if (text[at] === "/" && expects(text, last)) next = behindExpression(text, at);
      else next = at + 1;
      if (charCodeAt(text, at) > 32) last = next - 1;
    }
    if (next > place) return false;
    at = next;
  }
  return true;
}

/** Whether what may follow is a value: a slash begins a regular expression there. @param {string} text @param {number} last */
function expects(text, last) {
  return (
    last < 0 ||
    indexOf(BEFORE_EXPRESSION, text[last]) >= 0 ||
    slice(text, last - 5, last + 1) === "return"
  );
}

/** Where a string ends; just behind its quote when its line does before it. @param {string} text @param {number} at */
function behindString(text, at) {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === text[at]) return end + 1;
    else if (text[end] === "\n" && text[at] !== "`") break;
  }
  return at + 1;
}

/** Where a regular expression ends; just behind its slash when its line does before it. @param {string} text @param {number} at */
function behindExpression(text, at) {
  let inClass = false;
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "[") inClass = true;
    else if (text[end] === "]") inClass = false;
    else if (text[end] === "/" && !inClass) return end + 1;
  }
  return at + 1;
}
