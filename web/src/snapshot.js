/**
 * Copies of call arguments as they are now, in the form Analytics.js will send them in: a later change of the page's
 * object does not change the event, and nothing in it can break the sending.
 */
import {
  apply,
  defineProperty,
  getPrototypeOf,
  isArray,
  keysOf,
  NativeDate,
  NativeMap,
  objectToString,
} from "./natives.js";

/** Deeper structures are cut off. */
const DEEPEST = 64;

/**
 * What Analytics.js takes an argument for, as a letter (blocker/replay Sort).
 * @param {unknown} value
 */
export function sortOf(value) {
  switch (typeof value) {
    case "string":
      return "s";
    case "number":
      return "n";
    case "function":
      return "f";
    case "undefined":
      return "u";
    case "object":
      if (value === null) return "u";
      return apply(objectToString, value, []) === "[object Object]" ? "o" : "x";
    default:
      return "x";
  }
}

/**
 * Copies an argument. Functions are passed on; cycles, DOM nodes and members that throw are left out; BigInt becomes text.
 * @param {unknown} value
 * @returns {unknown}
 */
export function snapshot(value) {
  if (typeof value !== "object" || value === null) return value;
  return copy(value, new NativeMap(), 0);
}

/**
 * @param {any} value
 * @param {Map<object, boolean>} open the objects this value stands in
 * @param {number} depth
 * @returns {any}
 */
function copy(value, open, depth) {
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST || open.has(value) || isPageObject(value)) return undefined;
  if (apply(objectToString, value, []) === "[object Date]") return copyDate(value);
  if (typeof read(value, "toJSON") === "function") {
    try {
      const json = value.toJSON();
      // An argument must stay what Analytics.js takes it for.
      if (json !== value && (depth > 0 || (typeof json === "object" && json)))
        return copy(json, open, depth + 1);
    } catch {
      if (depth > 0) return undefined;
    }
  }
  open.set(value, true);
  const result = isArray(value) ? copyArray(value, open, depth) : copyObject(value, open, depth);
  open.delete(value);
  return result;
}

/**
 * @param {any[]} list
 * @param {Map<object, boolean>} open
 * @param {number} depth
 */
function copyArray(list, open, depth) {
  const result = [];
  for (let i = 0; i < list.length; i++) result[i] = copy(read(list, i), open, depth + 1);
  return result;
}

/**
 * @param {any} object
 * @param {Map<object, boolean>} open
 * @param {number} depth
 */
function copyObject(object, open, depth) {
  /** @type {Record<string, any>} */
  const result = {};
  let names;
  try {
    names = keysOf(object);
  } catch {
    return result;
  }
  for (const name of names) {
    const member = copy(read(object, name), open, depth + 1);
    if (member !== undefined) define(result, name, member);
  }
  return result;
}

/**
 * Sets an own member, "__proto__" included.
 * @param {object} target
 * @param {string} name
 * @param {unknown} value
 */
function define(target, name, value) {
  defineProperty(target, name, {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * @param {any} object
 * @param {string | number} name
 */
function read(object, name) {
  try {
    return object[name];
  } catch {
    return undefined;
  }
}

/** @param {any} date */
function copyDate(date) {
  try {
    return new NativeDate(+date);
  } catch {
    return undefined;
  }
}

/**
 * Windows, nodes and events: objects of the page that mean nothing to a server and hold everything.
 * @param {any} value
 */
function isPageObject(value) {
  try {
    const tag = apply(objectToString, value, []);
    if (tag === "[object Object]" || tag === "[object Array]") return false;
    return (
      "nodeType" in value ||
      value.window === value ||
      ("isTrusted" in value && getPrototypeOf(value) !== null)
    );
  } catch {
    return true;
  }
}
