/**
 * What a program imports by a literal. The language has no function to wrap, but the program can wait.
 */
import { charCodeAt, indexOf, push, slice, startsWith } from "../natives.js";
import { blockedLiteral } from "./literal.js";

const CALL = "import";
/** What stands before the name of a module that a program imports, or exports from. */
const WORDS = [CALL, "from"];
/** What may stand between the word and the bracket of a call (ECMAScript proposals: source phase imports, deferred imports). */
const PHASES = ["source", "defer"];
/** How far a call's argument is read. */
const REACH = 1000;
/** Behind one of these a slash divides nothing, but behind two signs that count up or down. */
const BEFORE_EXPRESSION = "(,=:[!&|?{;+-*%<>~^";
/** The same for words, for those that may be names too, and for the brackets behind some. */
const WORDS_BEFORE = ",return,typeof,case,in,delete,void,throw,new,else,do,instanceof,default,";
const NAMES_BEFORE = ",of,await,yield,";
const HEADS = ",if,while,for,with,";
/** White space beyond ASCII (ECMAScript 12.2); from 0x2000 there are eleven more. */
const BLANKS = [0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff];

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
  let end = at + REACH;
  for (let depth = 1; at < end && at < text.length;) {
    const next = behindComment(text, at);
    if (next > at) {
      end += next - at;
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
  return isNameSign(text, at) || (text[at] === "." && text[at - 1] !== ".");
}

/** @param {string} text @param {number} at */
function isNameSign(text, at) {
  const sign = text[at];
  return (
    (sign >= "a" && sign <= "z") ||
    (sign >= "A" && sign <= "Z") ||
    (sign >= "0" && sign <= "9") ||
    sign === "$" ||
    sign === "_" ||
    (sign > "\x7f" && !isBlank(text, at))
  );
}

/** @param {string} text @param {number} at */
function isBlank(text, at) {
  const code = charCodeAt(text, at);
  if (code <= 32 || (code >= 0x2000 && code <= 0x200a)) return true;
  for (let i = 0; code > 127 && i < BLANKS.length; i++) if (code === BLANKS[i]) return true;
  return false;
}

/** Whether a line ends with a sign (ECMAScript 12.3). @param {string} text @param {number} at */
function endsLine(text, at) {
  const code = charCodeAt(text, at);
  return code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
}

/** Where the next sign is that is neither blank nor comment. @param {string} text @param {number} at */
export function behindBlanks(text, at) {
  for (; at < text.length; at++) {
    const next = behindComment(text, at);
    if (next > at) at = next - 1;
    else if (!isBlank(text, at)) break;
  }
  return at;
}

/** Where a comment ends that begins here; here when none does. @param {string} text @param {number} at */
function behindComment(text, at) {
  if (text[at] !== "/" || (text[at + 1] !== "/" && text[at + 1] !== "*")) return at;
  if (text[at + 1] === "*") {
    const end = indexOf(text, "*/", at + 2);
    return end < 0 ? text.length : end + 2;
  }
  while (at < text.length && !endsLine(text, at)) at++;
  return at;
}

/**
 * Whether a place in a program is code, whichever of two things its braces end and some of its words are.
 * @param {string} text
 * @param {number} place
 */
function isCode(text, place) {
  return isReached(text, place, true) || isReached(text, place, false);
}

/**
 * What a reader of a program knows: of the brackets that are open whether they are a statement's head, and whether one has just
 * ended; of the templates that are open how many braces are in their expression; the last sign that was no blank.
 * @typedef {{ heads: boolean[], afterHead: boolean, holes: number[], last: number, blocks: boolean }} Reading
 */

/**
 * Whether a reader comes by a place.
 * @param {string} text
 * @param {number} place
 * @param {boolean} blocks whether braces end blocks, behind which a slash divides nothing, or values; and whether words that may be
 *   names are none
 */
function isReached(text, place, blocks) {
  /** @type {Reading} */
  const reading = { heads: [], afterHead: false, holes: [], last: -1, blocks };
  let at = 0;
  while (at < place) {
    const comment = behindComment(text, at);
    at = comment > at ? comment : readOn(text, at, reading);
  }
  return at === place;
}

/** Reads a string, a part of a template, a regular expression, or else one sign. @param {string} text @param {number} at @param {Reading} reading */
function readOn(text, at, reading) {
  const next = behindToken(text, at, reading);
  if (isBlank(text, at)) return next;
  const { heads } = reading;
  const ends = text[at] === ")" && heads.length > 0;
  reading.last = next - 1;
  reading.afterHead = ends && heads[heads.length - 1];
  if (ends) heads.length--;
  return next;
}

/** @param {string} text @param {number} at @param {Reading} reading */
function behindToken(text, at, { heads, afterHead, holes, last, blocks }) {
  const sign = text[at];
  const hole = holes.length - 1;
  if (sign === "`" || (sign === "}" && holes[hole] === 0)) return behindPart(text, at, holes);
  if (isQuote(sign)) return behindString(text, at);
  if (sign === "/" && (afterHead || expects(text, last, blocks))) return behindExpression(text, at);
  if (sign === "(") push(heads, indexOf(HEADS, `,${wordBefore(text, last)},`) >= 0);
  else if (hole >= 0 && sign === "{") holes[hole]++;
  else if (hole >= 0 && sign === "}") holes[hole]--;
  return at + 1;
}

/** Where a part of a template ends, at its quote or its next expression. @param {string} text @param {number} at @param {number[]} holes */
function behindPart(text, at, holes) {
  const next = behindTemplate(text, at);
  const opens = text[next - 1] === "{";
  const goesOn = text[at] === "}";
  if (opens && !goesOn) push(holes, 0);
  if (goesOn && !opens) holes.length--;
  return next;
}

/**
 * Whether what may follow is a value: a slash begins a regular expression there.
 * @param {string} text
 * @param {number} last
 * @param {boolean} blocks
 */
function expects(text, last, blocks) {
  const sign = text[last];
  if (last < 0) return true;
  if (sign === "}") return blocks;
  if ((sign === "+" || sign === "-") && text[last - 1] === sign) return false;
  if (indexOf(BEFORE_EXPRESSION, sign) >= 0) return true;
  const word = `,${wordBefore(text, last)},`;
  return indexOf(WORDS_BEFORE, word) >= 0 || (blocks && indexOf(NAMES_BEFORE, word) >= 0);
}

/** The word that ends somewhere; of a member's name a part that is none. @param {string} text @param {number} last */
function wordBefore(text, last) {
  let begin = last + 1;
  while (isNameSign(text, begin - 1)) begin--;
  return text[begin - 1] === "." && text[begin - 2] !== "." ? "." : slice(text, begin, last + 1);
}

/** Where a string ends; just behind its quote when its line does before it. @param {string} text @param {number} at */
function behindString(text, at) {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === text[at]) return end + 1;
    else if (text[at] !== "`" && (text[end] === "\n" || text[end] === "\r")) break;
  }
  return at + 1;
}

/** Where a template ends, or its next expression begins. @param {string} text @param {number} at where its text goes on */
function behindTemplate(text, at) {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "`") return end + 1;
    else if (text[end] === "$" && text[end + 1] === "{") return end + 2;
  }
  return at + 1;
}

/** Where a regular expression ends; just behind its slash when its line does before it. @param {string} text @param {number} at */
function behindExpression(text, at) {
  let inClass = false;
  for (let end = at + 1; end < text.length && !endsLine(text, end); end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "[") inClass = true;
    else if (text[end] === "]") inClass = false;
    else if (text[end] === "/" && !inClass) return end + 1;
  }
  return at + 1;
}
