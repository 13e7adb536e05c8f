/**
 * Wrapping: how a native function is replaced by one that asks first and is otherwise indistinguishable from it.
 */
import {
  apply,
  defineProperty,
  functionToString,
  getOwnPropertyDescriptor,
  mapGet,
  mapSet,
  NativeProxy,
  NativeWeakMap,
} from "./natives.js";

/** What each wrapper stands in front of. */
const originals = new NativeWeakMap();

/**
 * A function that runs handler instead of the native one. It is a proxy, so that name, length, prototype, brand checks
 * and construction are the native's own.
 * @param {Function} native
 * @param {(native: Function, self: any, args: any[]) => any} handler
 * @returns {any}
 */
export function wrapFunction(native, handler) {
  const wrapper = new NativeProxy(native, {
    apply: (target, self, args) => handler(target, self, args),
  });
  mapSet(originals, wrapper, native);
  return wrapper;
}

/**
 * Replaces a method by a wrapper, in a property with the same attributes. A prototype that cannot be changed is left as
 * it is and reported.
 * @param {any} owner
 * @param {string} name
 * @param {(native: Function, self: any, args: any[]) => any} handler
 * @returns {boolean} whether the method is hooked
 */
export function wrapMethod(owner, name, handler) {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || typeof found.value !== "function") return false;
  found.value = wrapFunction(found.value, handler);
  return defineProperty(owner, name, found);
}

/**
 * Replaces an accessor's halves by wrappers. A half without handler stays native.
 * @param {any} owner
 * @param {string} name
 * @param {{ get?: (native: Function, self: any, args: any[]) => any, set?: (native: Function, self: any, args: any[]) => any }} handlers
 * @returns {boolean} whether the accessor is hooked
 */
export function wrapAccessor(owner, name, handlers) {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || !found.get) return false;
  if (handlers.get) found.get = wrapFunction(found.get, handlers.get);
  if (handlers.set && found.set) found.set = wrapFunction(found.set, handlers.set);
  return defineProperty(owner, name, found);
}

/** Makes wrappers show the text of what they stand in front of. */
export function hideWrappers() {
  const wrapper = wrapFunction(functionToString, (native, self, args) =>
    apply(native, mapGet(originals, self) || self, args),
  );
  const found = getOwnPropertyDescriptor(Function.prototype, "toString");
  if (found) defineProperty(Function.prototype, "toString", { ...found, value: wrapper });
}
