/**
 * Calls that outlive their page. A visitor who consents and leaves at once, or a consent platform that loads the page anew, leaves
 * before Analytics.js has them: they wait in the browser for the site's next page. Only consent brings them there, and its end
 * erases them (blocker/catalog, StorageKeys).
 */
import { attempt } from "./effects.js";
import {
  indexIn,
  isArray,
  parseJSON,
  push,
  storageArea,
  storageGet,
  storageRemove,
  storageSet,
  stringify,
} from "./natives.js";
import { CARRIED, METHODS } from "./gen/abi.js";

/** @typedef {import("./call.js").Call} Call */

/**
 * Keeps calls for the next page, behind those that are kept already.
 * @param {string} writeKey of the source that they are meant for; "" where nobody knows it
 * @param {Call[]} calls
 * @param {number} most how many are kept in all; the earliest are
 * @returns {boolean} whether the browser has taken them
 */
export function carry(writeKey, calls, most) {
  const area = storageArea("localStorage");
  if (!area) return false;
  const kept = read(area, writeKey);
  for (let i = 0; i < calls.length && kept.length < most; i++) push(kept, calls[i]);
  let done = false;
  attempt(() => {
    storageSet(area, CARRIED + writeKey, stringify(kept.map(packed)));
    done = true;
  });
  return done;
}

/**
 * The calls of earlier pages, earliest first. They are the caller's now.
 * @param {string} writeKey of the source that asks; it gets those of no known source too
 * @returns {Call[]}
 */
export function carried(writeKey) {
  const area = storageArea("localStorage");
  if (!area) return [];
  const calls = take(area, writeKey);
  return writeKey ? calls.concat(take(area, "")) : calls;
}

/** @param {Storage} area @param {string} writeKey */
function take(area, writeKey) {
  const calls = read(area, writeKey);
  attempt(() => storageRemove(area, CARRIED + writeKey));
  return calls;
}

/** @param {Storage} area @param {string} writeKey @returns {Call[]} */
function read(area, writeKey) {
  /** @type {Call[]} */
  const calls = [];
  attempt(() => {
    const text = storageGet(area, CARRIED + writeKey);
    const list = text === null ? [] : parseJSON(text);
    for (let i = 0; i < list.length; i++) {
      const { method, args, time, page } = list[i];
      if (indexIn(METHODS, method) < 0 || !isArray(args) || typeof time !== "number") continue;
      push(calls, { method, args: args.map(unpacked), time, page });
    }
  });
  return calls;
}

/** @param {Call} call */
function packed({ method, args, time, page }) {
  return { method, args: args.map(boxed), time, page };
}

/** JSON has no undefined, and a callback does not outlive its page: both are empty boxes. @param {unknown} value */
function boxed(value) {
  return value === undefined || typeof value === "function" ? [] : [value];
}

/** @param {unknown[]} box */
function unpacked(box) {
  return box[0];
}
