/** What adapters share to put what they read into the shape of a reading. */
import { cookie, doc, indexIn, indexOf } from "../natives.js";
import { MODELS } from "../gen/abi.js";

export const OPT_IN = indexIn(MODELS, "opt-in");
export const OPT_OUT = indexIn(MODELS, "opt-out");

/**
 * Adds a member of each object in an object to words, under the name of the object there.
 * @param {Record<string, any>} objects
 * @param {string} member
 * @param {Record<string, unknown>} words
 */
export function members(objects, member, words) {
  for (const name in objects) words[name] = objects[name][member];
  return words;
}

/**
 * Adds one of several answers for a word: it is yes if all are.
 * @param {Record<string, unknown>} words
 * @param {string} word
 * @param {unknown} answer
 */
export function both(words, word, answer) {
  words[word] = answer && words[word] !== false;
}

/**
 * Whether nothing in an object is false.
 * @param {Record<string, unknown>} words
 */
export function open(words) {
  for (const word in words) if (words[word] === false) return false;
  return true;
}

/**
 * Whether there is a cookie that starts so.
 * @param {string} start name, equals sign, beginning of the value
 */
export function hasCookie(start) {
  return indexOf("; " + cookie.get(doc), "; " + start) >= 0;
}

/**
 * The numbers from 1 to 24 that are true in an object, as bits from 0.
 * @param {any} all
 */
export function bits(all) {
  let found = 0;
  for (let i = 24; all && i; i--) if (all[i] === true) found |= 1 << (i - 1);
  return found;
}
