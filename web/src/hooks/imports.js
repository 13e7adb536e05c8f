/**
 * What a program imports by a literal. The language has no function to wrap, but the program can wait.
 */
import { indexOf, push } from "../natives.js";
import { blockedLiteral } from "./literal.js";
import {
  begin,
  behindBlanks,
  behindShellMark,
  CALL,
  isBlank,
  isNameSign,
  isQuote,
  readOn,
} from "./program.js";

/** What stands before the name of a module that a program imports, or exports from. */
const WORDS = [CALL, "from"];
/** What may begin behind the word and its blanks where a call's bracket follows: that, a phase, or a comment. */
const BEFORE_BRACKET = "(./<-";

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
 * The same of a program's import(), wherever in its argument a literal stands. What only looks like one, in a string or a comment,
 * is none: a program is not held for what it writes about.
 * @param {string} text
 */
export function calledURL(text) {
  const first = firstCall(text);
  // Nearly all programs end here: to read one sign by sign takes longer than to ask about its literals.
  const literals = first < 0 ? [] : blockedLiterals(text, first);
  const readings = literals.length === 0 ? 0 : indexOf(text, "--") < 0 ? 2 : 4;
  for (let i = 0; i < readings; i++) {
    const url = argumentURL(text, literals, (i & 1) === 0, i < 2);
    if (url) return url;
  }
  return "";
}

/** Where a program may first call import(), or -1. @param {string} text */
function firstCall(text) {
  for (let at = indexOf(text, CALL); at >= 0; at = indexOf(text, CALL, at + 1)) {
    if (isNameSign(text, at - 1)) continue;
    let next = at + CALL.length;
    while (next < text.length && isBlank(text, next)) next++;
    if (next < text.length && indexOf(BEFORE_BRACKET, text[next]) >= 0) return at;
  }
  return -1;
}

/**
 * The places of all quotes with a URL behind them that may not be fetched now, whether or not a literal begins there.
 * @param {string} text
 * @param {number} at
 */
function blockedLiterals(text, at) {
  /** @type {{ at: number, url: string }[]} */
  const found = [];
  for (; at < text.length; at++) {
    // Behind a backslash no literal begins; and of a text full of them each would be read to its end.
    const url = isQuote(text[at]) && text[at - 1] !== "\\" ? blockedLiteral(text, at) : "";
    if (url) push(found, { at, url });
  }
  return found;
}

/**
 * The first of some literals that a reader finds to be in an argument of import().
 * @param {string} text
 * @param {{ at: number, url: string }[]} literals in their order
 * @param {boolean} blocks whether braces end blocks, behind which a slash divides nothing, or values; and whether words that may be
 *   names are none
 * @param {boolean} script whether it is no module: in a script there are HTML's comments too
 */
function argumentURL(text, literals, blocks, script) {
  const reading = begin(blocks, script);
  let at = behindShellMark(text);
  for (let i = 0; i < literals.length; i++) {
    const place = literals[i].at;
    while (at < place) at = readOn(text, at, reading);
    if (at === place && reading.calls > 0) return literals[i].url;
  }
  return "";
}
