/**
 * A reader of programs, sign by sign: as much of the language's grammar as tells code from strings, templates, regular expressions
 * and comments (ECMAScript 12).
 */
import { charCodeAt, indexOf, push, slice, startsWith } from "../natives.js";

/** The word that a program imports by. */
export const CALL = "import";
/** What may stand between the word and the bracket of a call (ECMAScript proposals: source phase imports, deferred imports). */
const PHASES = ["source", "defer"];
/** Behind one of these a slash divides nothing, but behind two signs that count up or down. */
const BEFORE_EXPRESSION = "(,=:[!&|?{;+-*%<>~^";
/** The same for words, for those that may be names too, and for the brackets behind some. */
const WORDS_BEFORE = ",return,typeof,case,in,delete,void,throw,new,else,do,instanceof,default,";
const NAMES_BEFORE = ",of,await,yield,";
const HEADS = ",if,while,for,with,";
/** What a bracket holds: anything, what a statement begins with, or what a program imports. */
const PLAIN = 0;
const HEAD = 1;
const ARGUMENT = 2;
/** White space beyond ASCII (ECMAScript 12.2); from 0x2000 there are eleven more. */
const BLANKS = [0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff];

/**
 * What a reader of a program knows: of the brackets that are open what they hold, in how many of them is an argument of import(),
 * and whether a statement's head has just ended; of the templates that are open how many braces are in their expression; the last
 * sign that was no blank, and its word if it ends one; whether a line has begun since.
 * @typedef {{ brackets: number[], calls: number, afterHead: boolean, holes: number[], last: number, word: string, fresh: boolean,
 *   blocks: boolean, script: boolean }} Reading
 */

/**
 * A reader at a program's beginning.
 * @param {boolean} blocks whether braces end blocks, behind which a slash divides nothing, or values; and whether words that may be
 *   names are none
 * @param {boolean} script whether it is no module: in a script there are HTML's comments too
 * @returns {Reading}
 */
export function begin(blocks, script) {
  return {
    brackets: [],
    calls: 0,
    afterHead: false,
    holes: [],
    last: -1,
    word: "",
    fresh: true,
    blocks,
    script,
  };
}

/** Where a program begins that a shell could start (ECMAScript 12.5). @param {string} text */
export function behindShellMark(text) {
  // A mark of the text's encoding is still there when a blob was made of it.
  const start = text[0] === "\ufeff" ? 1 : 0;
  return startsWith(text, "#!", start) ? behindLine(text, start) : 0;
}

/** @param {string | undefined} sign */
export function isQuote(sign) {
  return sign === '"' || sign === "'" || sign === "`";
}

/** @param {string} text @param {number} at */
export function isNameSign(text, at) {
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
export function isBlank(text, at) {
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
  return behindLine(text, at);
}

/** Where a line ends. @param {string} text @param {number} at */
function behindLine(text, at) {
  while (at < text.length && !endsLine(text, at)) at++;
  return at;
}

/**
 * Where a comment of HTML's ends that begins here, as it may in a script (ECMAScript B.1.1); here when none does.
 * @param {string} text
 * @param {number} at
 * @param {boolean} fresh whether nothing but blanks and comments stands before in its line
 */
function behindMarkup(text, at, fresh) {
  const begins =
    (text[at] === "<" && startsWith(text, "!--", at + 1)) ||
    (fresh && text[at] === "-" && startsWith(text, "->", at + 1));
  return begins ? behindLine(text, at) : at;
}

/** Reads a comment, a blank, a word, or another token. @param {string} text @param {number} at @param {Reading} reading */
export function readOn(text, at, reading) {
  if (isNameSign(text, at)) return readWord(text, at, reading);
  let next = behindComment(text, at);
  if (next === at && reading.script) next = behindMarkup(text, at, reading.fresh);
  if (next === at && isBlank(text, at)) next++;
  if (next === at) return readToken(text, at, reading);
  while (at < next && !reading.fresh) reading.fresh = endsLine(text, at++);
  return next;
}

/** @param {string} text @param {number} at @param {Reading} reading */
function readWord(text, at, reading) {
  const { last, word } = reading;
  let next = at + 1;
  while (isNameSign(text, next)) next++;
  reading.word = slice(text, at, next);
  // A member's name is no word of the language; a phase is part of one.
  if (text[last] === "." && text[last - 1] !== ".")
    reading.word = word === CALL && isPhase(reading.word) ? CALL : ".";
  reading.last = next - 1;
  reading.afterHead = reading.fresh = false;
  return next;
}

/** @param {string} word */
function isPhase(word) {
  for (let i = 0; i < PHASES.length; i++) if (word === PHASES[i]) return true;
  return false;
}

/** Reads a string, a part of a template, a regular expression, or else one sign. @param {string} text @param {number} at @param {Reading} reading */
function readToken(text, at, reading) {
  const next = behindToken(text, at, reading);
  const { brackets } = reading;
  reading.afterHead = reading.fresh = false;
  if (text[at] === ")" && brackets.length > 0) {
    const held = brackets[brackets.length - 1];
    brackets.length--;
    reading.afterHead = held === HEAD;
    if (held === ARGUMENT) reading.calls--;
  }
  // The name of a phase may follow.
  if (text[at] !== "." || reading.word !== CALL) reading.word = "";
  reading.last = next - 1;
  return next;
}

/** @param {string} text @param {number} at @param {Reading} reading */
function behindToken(text, at, reading) {
  const { holes } = reading;
  const sign = text[at];
  const hole = holes.length - 1;
  const ends = sign === "}" && hole >= 0 && holes[hole] === 0;
  if (sign === "`" || ends) return behindPart(text, at, holes);
  if (isQuote(sign)) return behindString(text, at);
  if (sign === "/" && (reading.afterHead || expects(text, reading)))
    return behindExpression(text, at);
  if (sign === "(") openBracket(reading);
  else if (hole >= 0 && sign === "{") holes[hole]++;
  else if (hole >= 0 && sign === "}") holes[hole]--;
  return at + 1;
}

/** @param {Reading} reading */
function openBracket(reading) {
  const { brackets, word } = reading;
  const calls = word === CALL;
  if (calls) reading.calls++;
  push(brackets, calls ? ARGUMENT : word && indexOf(HEADS, `,${word},`) >= 0 ? HEAD : PLAIN);
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

/** Whether what may follow is a value: a slash begins a regular expression there. @param {string} text @param {Reading} reading */
function expects(text, { last, word, blocks }) {
  const sign = text[last];
  if (last < 0) return true;
  if (sign === "}") return blocks;
  if ((sign === "+" || sign === "-") && text[last - 1] === sign) return false;
  if (indexOf(BEFORE_EXPRESSION, sign) >= 0) return true;
  if (!word) return false;
  const found = `,${word},`;
  return indexOf(WORDS_BEFORE, found) >= 0 || (blocks && indexOf(NAMES_BEFORE, found) >= 0);
}

/** Where a string ends; just behind its quote when its line does before it. @param {string} text @param {number} at */
function behindString(text, at) {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end += startsWith(text, "\r\n", end + 1) ? 2 : 1;
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
