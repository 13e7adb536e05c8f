/**
 * What a program imports by a literal. The language has no function to wrap, but the program can wait.
 */
import { charCodeAt, indexOf, slice, startsWith } from "../natives.js";
import { blockedLiteral } from "./literal.js";

const CALL = "import";
/** What stands before the name of a module that a program imports, or exports from. */
const WORDS = [CALL, "from"];
/** What may stand between the word and the bracket of a call (ECMAScript proposals: source phase imports, deferred imports). */
const PHASES = ["source", "defer"];
/** How far a call's argument is read. */
const REACH = 1000;
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
    const bracket = behindPhase(text, behindBlanks(text, at + CALL.length));
    const url = text[bracket] === "(" ? argumentURL(text, bracket + 1) : "";
    if (url && isCode(text, at)) return url;
  }
  return "";
}

/** Behind the name of a phase, if one stands here. @param {string} text @param {number} at */
function behindPhase(text, at) {
  if (text[at] !== ".") return at;
  const begin = behindBlanks(text, at + 1);
  for (let i = 0; i < PHASES.length; i++)
    if (startsWith(text, PHASES[i], begin)) return behindBlanks(text, begin + PHASES[i].length);
  return at;
}

/**
 * The first URL in the argument of a call that may not be fetched now, wherever in it a literal stands; empty when there is none.
 * @param {string} text
 * @param {number} at behind the bracket
 */
function argumentURL(text, at) {
  const end = at + REACH;
  for (let depth = 1; at < end && at < text.length;) {
    const next = behindComment(text, at);
    if (next > at) {
      at = next;
      continue;
    }
    const url = isQuote(text[at]) ? blockedLiteral(text, at) : "";
    if (url) return url;
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) break;
    at = isQuote(text[at]) ? behindString(text, at) : at + 1;
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
