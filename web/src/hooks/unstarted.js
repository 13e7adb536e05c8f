/** Scripts that stand in the document and have not started: a change of their text may start them. */
import { attempt, guard } from "../effects.js";
import {
  getNodeType,
  getParentNode,
  getStartContainer,
  getTextContent,
  push,
  rangeText,
} from "../natives.js";
import { once } from "../trusted.js";
import { awaited } from "./awaited.js";
import { inlineURL, loadsByText } from "./inline.js";
import { isScript, scriptURL } from "./kept.js";
import { blockedLiteral } from "./literal.js";
import { judge } from "./script.js";

/**
 * Decides a script whose text is about to change, if that may start it (HTML standard 4.12.1, children changed steps).
 * @param {any} self what a function is called on: the script, or one of its children
 * @param {any[]} args of that function; what is no text yet is converted here, once
 * @param {number} [from] the first of them that is a text or a node
 */
export function judgeText(self, args, from = 0) {
  if (!awaited.any || !read(getNodeType, self)) return;
  const scripts = unstarted(getParentNode(self), unstarted(self));
  if (!scripts) return;
  let text = "";
  for (let i = from; i < args.length; i++) text += textOf(args, i);
  for (let i = 0; i < scripts.length; i++) guard(() => judgeChange(scripts[i], text));
}

/** A script that a range puts around its text. @param {any} node @param {any} range */
export function judgeAround(node, range) {
  attempt(() => {
    if (unstarted(node)) judgeChange(node, rangeText(range));
  });
}

/** The same for what a range's function changes. @param {any} self @param {any[]} args */
export function judgeRange(self, args) {
  if (awaited.any) judgeText(read(getStartContainer, self), args);
}

/**
 * Adds a node to the list if it is a script that its text alone may start. Asked of most nodes of a page: nothing may throw here.
 * @param {any} node
 * @param {Element[]} [found]
 */
function unstarted(node, found) {
  if (!node || getNodeType(node) !== 1 || !isScript(node) || scriptURL(node) !== null) return found;
  if (!found) return [node];
  push(found, node);
  return found;
}

/** @param {Element} node @param {string} text */
function judgeChange(node, text) {
  // Where in the script the new text comes to stand is not known: at its end, or between quotes that are there.
  const url =
    inlineURL(node, getTextContent(node) + text) ||
    (loadsByText(node) ? blockedLiteral(`"${text}"`, 0) : "");
  if (url) judge(node, url, url);
}

/**
 * @param {any[]} args
 * @param {number} i
 * @returns {string}
 */
function textOf(args, i) {
  const value = args[i];
  // No text, or one that cannot change: some functions take nothing for an empty one.
  if (value === null || value === undefined) return "";
  if (typeof value !== "object" && typeof value !== "function")
    return typeof value === "symbol" ? "" : `${value}`;
  try {
    return getTextContent(value) || "";
  } catch {
    return `${(args[i] = once(value))}`;
  }
}

/** What a getter says of an object; nothing where it is of another kind. @param {(object: any) => any} get @param {any} object */
function read(get, object) {
  try {
    return get(object);
  } catch {
    // Of another kind.
  }
}
