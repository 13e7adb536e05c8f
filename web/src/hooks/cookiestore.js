/** cookieStore: the asynchronous twin of document.cookie. */
import { against, isOpenName, promise, suspend, WAIT } from "../ask.js";
import {
  accessor,
  apply,
  create,
  filter,
  freeze,
  mapGet,
  mapSet,
  NativePromise,
  NativeTypeError,
  NativeWeakMap,
  then,
  win,
} from "../natives.js";
import { wrapAccessor, wrapMethod } from "../wrap.js";
import { KIND_COOKIE } from "../gen/abi.js";

/** Lists of changes without what may not be read, by the whole list: a list is the same object at each reading. */
const shorter = new NativeWeakMap();

export function hookCookieStore() {
  const prototype = win.CookieStore && win.CookieStore.prototype;
  const event = win.CookieChangeEvent && win.CookieChangeEvent.prototype;
  const isStore = accessor(prototype, "onchange").get;
  wrapMethod(prototype, "set", (native, self, args) => onWrite(native, self, args, false));
  wrapMethod(prototype, "delete", (native, self, args) => onWrite(native, self, args, true));
  for (const name of ["changed", "deleted"]) wrapAccessor(event, name, { get: onChange });
  wrapMethod(prototype, "get", (native, self, args) =>
    then(apply(native, self, args), (/** @type {any} */ one) =>
      one && readable(one) ? one : null,
    ),
  );
  return wrapMethod(prototype, "getAll", (native, self, args) =>
    then(apply(native, self, args), (/** @type {any} */ all) => filter(all, readable)),
  );

  /**
   * @param {Function} native
   * @param {any} self
   * @param {any[]} args
   * @param {boolean} deletes
   */
  function onWrite(native, self, args, deletes) {
    let where;
    try {
      if (args.length > 0) where = against(KIND_COOKIE, takeName(args, deletes));
      if (where) isStore(self);
    } catch (error) {
      return where ? apply(native, self, args) : NativePromise.reject(error);
    }
    if (!where) return apply(native, self, args);
    const go = () => apply(native, self, args);
    if (deletes) {
      // Deleting must not wait; what waits to be set before it is deleted after it.
      if (where.refusal === WAIT) suspend(KIND_COOKIE, where, go, () => {});
      return go();
    }
    return promise(KIND_COOKIE, where, go, () => {
      throw new NativeTypeError("The cookie could not be set.");
    });
  }
}

/**
 * The name of a cookie, converted once: what was judged is what is set. An object is taken for options only where no value comes
 * after it (Web IDL 3.6), and without a name in it the browser says so.
 * @param {any[]} args
 * @param {boolean} deletes
 * @returns {string}
 */
function takeName(args, deletes) {
  const given = args[0];
  const isOptions = (typeof given === "object" && given !== null) || typeof given === "function";
  if (!isOptions || (!deletes && args.length > 1)) {
    // Nothing is no name to these.
    if (args.length === 1 && (given === null || given === undefined)) return "";
    return (args[0] = `${given}`);
  }
  const named = given.name;
  const value = named === undefined ? named : `${named}`;
  // @ts-expect-error a dictionary without prototype
  args[0] = create(given, { name: { __proto__: null, value } });
  return value || "";
}

/** @param {{ name: string }} cookie */
function readable(cookie) {
  return isOpenName(KIND_COOKIE, cookie.name);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onChange(native, self, args) {
  const all = apply(native, self, args);
  const readables = filter(all, readable);
  if (readables.length === all.length) return all;
  if (!mapGet(shorter, all)) mapSet(shorter, all, freeze(readables));
  return mapGet(shorter, all);
}
