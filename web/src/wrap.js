/**
 * Wrapping: how a native function is replaced by one that asks first and is otherwise indistinguishable from it.
 */
import { upper } from "./above.js";
import {
  apply,
  defineProperty,
  functionToString,
  getOwnPropertyDescriptor,
  mapGet,
  mapSet,
  NativeProxy,
  NativeWeakMap,
  win,
} from "./natives.js";

/** What each wrapper stands in front of, in all realms: one asks another's functions for their text. */
export const originals = upper ? upper.originals : new NativeWeakMap();

/** @typedef {(native: Function, self: any, args: any[]) => any} Handler what runs instead of a native function */
/** @typedef {(self: any, args: any[]) => boolean} Passes whether a call may go to the native function as it is */

/**
 * A function that runs handler instead of the native one. It is a proxy, so that name, length, prototype, brand checks
 * and construction are the native's own.
 * @param {Function} native
 * @param {Handler} handler
 * @param {Passes} [passes] a cheap question that spares most calls the handler
 * @returns {any}
 */
export function wrapFunction(native, handler, passes) {
  // The handler is the trap itself, and where a call passes the trap is all that stands between the page and the native
  // function: a browser that notes where a request comes from, or a debugger, pays for each frame.
  const wrapper = new NativeProxy(native, {
    apply: passes
      ? (_, self, args) =>
          passes(self, args) ? apply(native, self, args) : handler(native, self, args)
      : handler,
  });
  mapSet(originals, wrapper, mapGet(originals, native) || native);
  return wrapper;
}

/**
 * Replaces a method by a wrapper, in a property with the same attributes. A prototype that cannot be changed is left as
 * it is and reported.
 * @param {any} owner
 * @param {string} name
 * @param {Handler} handler
 * @param {Passes} [passes]
 * @returns {boolean} whether the method is hooked
 */
export function wrapMethod(owner, name, handler, passes) {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || typeof found.value !== "function") return false;
  found.value = wrapFunction(found.value, handler, passes);
  return defineProperty(owner, name, found);
}

/**
 * Replaces an accessor's halves by wrappers. A half without handler stays native.
 * @param {any} owner
 * @param {string} name
 * @param {{ get?: Handler, set?: Handler, passes?: Passes }} handlers `passes` speaks of set
 * @param {any} [place] where the wrapped accessor is put, if not where the native one was found
 * @returns {boolean} whether the accessor is hooked
 */
export function wrapAccessor(owner, name, handlers, place = owner) {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || !found.get) return false;
  if (handlers.get) found.get = wrapFunction(found.get, handlers.get);
  if (handlers.set && found.set) found.set = wrapFunction(found.set, handlers.set, handlers.passes);
  return defineProperty(place, name, found);
}

/**
 * Replaces a constructor by a wrapper, also where its prototype names it.
 * @param {string} name of a global
 * @param {(native: Function, args: any[], newTarget: Function) => any} handler
 * @returns {boolean} whether the constructor is hooked
 */
export function wrapConstructor(name, handler) {
  const found = getOwnPropertyDescriptor(win, name);
  const native = found && found.value;
  if (typeof native !== "function") return false;
  const wrapper = new NativeProxy(native, { construct: handler });
  mapSet(originals, wrapper, native);
  const back = getOwnPropertyDescriptor(native.prototype, "constructor");
  // Audio's prototype is another constructor's.
  if (back && back.value === native)
    defineProperty(native.prototype, "constructor", { ...back, value: wrapper });
  return defineProperty(win, name, { ...found, value: wrapper });
}

/** Makes wrappers show the text of what they stand in front of. */
export function hideWrappers() {
  const wrapper = wrapFunction(functionToString, (native, self, args) =>
    apply(native, mapGet(originals, self) || self, args),
  );
  const found = getOwnPropertyDescriptor(win.Function.prototype, "toString");
  if (found) defineProperty(win.Function.prototype, "toString", { ...found, value: wrapper });
}
