/**
 * Wrapping: how a native function is replaced by one that asks first and is otherwise indistinguishable from it.
 */
import { upper } from "./above.js";
import {
  apply,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  indexOf,
  keysOf,
  mapGet,
  mapSet,
  NativeProxy,
  NativeWeakMap,
  ownKeys,
  push,
  setPrototypeOf,
  textOfFunction,
  win,
} from "./natives.js";

/** What each wrapper stands in front of, in all realms: one asks another's functions for their text. */
export const originals = upper ? upper.originals : new NativeWeakMap();

/**
 * Whether errors show the text of the function that they speak of, whatever toString says, as V8's do (Reflect.construct): a
 * method's is the gate's own. V8 is told by the text that it gives a native function, which stands in one line there. No error is
 * made to see it: where a debugger is beside a start, that costs it 10 ms and more (config.js).
 */
export const quotes = upper ? upper.quotes : indexOf(textOfFunction(apply), "\n") < 0;

/** @typedef {(native: Function, self: any, args: any[]) => any} Handler what runs instead of a native function */
/** @typedef {(self: any, args: any[]) => boolean} Passes whether a call may go to the native function as it is */

/**
 * A function that runs handler instead of the native one, with its name, length, prototype and brand checks.
 * @param {Function} native
 * @param {Handler} handler
 * @param {Passes} [passes] a cheap question that spares most calls the handler
 * @returns {any}
 */
export function wrapFunction(native, handler, passes) {
  const wrapper = isPlain(native)
    ? asMethod(native, handler, passes)
    : asProxy(native, handler, passes);
  mapSet(originals, wrapper, mapGet(originals, native) || native);
  return wrapper;
}

/**
 * A proxy is the function to whoever asks, be it the page's own with a prototype and properties.
 * @param {Function} target
 * @param {Handler} handler
 * @param {Passes} [passes]
 */
function asProxy(target, handler, passes) {
  // The handler is the trap itself, and where a call passes the trap is all that stands between the page and the native
  // function: a browser that notes where a request comes from, or a debugger, pays for each frame.
  // Without a prototype: another trap, which the page put on Object.prototype, would be given the native function.
  return new NativeProxy(target, {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    apply: passes
      ? (_, self, args) =>
          passes(self, args) ? apply(target, self, args) : handler(target, self, args)
      : handler,
  });
}

/**
 * A method costs 0.1 us a call where a proxy costs 0.4 (Firefox 153) or 0.9 (WebKit 2.50).
 * @param {Function} native
 * @param {Handler} handler
 * @param {Passes} [passes]
 */
function asMethod(native, handler, passes) {
  const { method } = {
    /** @param {any[]} args */
    method(...args) {
      return passes && passes(this, args) ? apply(native, this, args) : handler(native, this, args);
    },
  };
  defineProperty(method, "length", describe(native, "length"));
  defineProperty(method, "name", describe(native, "name"));
  // In a frame the gate's functions are the page's.
  setPrototypeOf(method, getPrototypeOf(native));
  return method;
}

/** Whether a native function is no more than a method can be, in an engine whose errors do not tell the two apart. @param {Function} native */
function isPlain(native) {
  return (
    !quotes &&
    indexOf(textOfFunction(mapGet(originals, native) || native), "[native code]") >= 0 &&
    ownKeys(native).length === 2
  );
}

/**
 * A property's descriptor; whatever the page put on Object.prototype is no part of it.
 * @param {any} owner
 * @param {string} name
 */
export function describe(owner, name) {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (found) setPrototypeOf(found, null);
  return found;
}

/**
 * Goes through a table of members by the interface that has them; one that the browser lacks has no prototype.
 * @param {Record<string, string[]>} table
 * @param {(prototype: any, name: string, owner: string) => void} use
 */
export function eachMember(table, use) {
  const owners = keysOf(table);
  for (let i = 0; i < owners.length; i++) {
    const owner = owners[i];
    const names = table[owner];
    for (let at = 0; at < names.length; at++)
      use(win[owner] && win[owner].prototype, names[at], owner);
  }
}

/** What was replaced in a frame: the owner, the name, what was there and what is now. @type {[any, string, any, any][]} */
const replaced = [];

/** @param {any} owner @param {string} name @param {any} changed a descriptor */
function put(owner, name, changed) {
  if (upper) push(replaced, [owner, name, describe(owner, name), changed]);
  return defineProperty(owner, name, changed);
}

/** Puts back what was replaced, but for what the page has replaced since. */
export function unwrapAll() {
  for (let i = replaced.length; i--;) {
    const [owner, name, before, after] = replaced[i];
    const now = describe(owner, name);
    if (!now || now.value !== after.value || now.get !== after.get || now.set !== after.set)
      continue;
    if (before) defineProperty(owner, name, before);
    else deleteProperty(owner, name);
  }
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
  const found = describe(owner, name);
  if (!found || typeof found.value !== "function") return false;
  found.value = wrapFunction(found.value, handler, passes);
  return put(owner, name, found);
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
  const found = describe(owner, name);
  if (!found || !found.get) return false;
  if (handlers.get) found.get = wrapFunction(found.get, handlers.get);
  if (handlers.set && found.set) found.set = wrapFunction(found.set, handlers.set, handlers.passes);
  return put(place, name, found);
}

/**
 * Replaces a constructor by a wrapper, also where its prototype names it.
 * @param {string} name of a global
 * @param {(native: Function, args: any[], newTarget: Function) => any} handler
 * @returns {boolean} whether the constructor is hooked
 */
export function wrapConstructor(name, handler) {
  const found = describe(win, name);
  const native = found && found.value;
  if (typeof native !== "function") return false;
  const wrapper = new NativeProxy(native, {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    construct: handler,
  });
  mapSet(originals, wrapper, native);
  found.value = wrapper;
  const back = describe(native.prototype, "constructor");
  // Audio's prototype is another constructor's.
  if (back && back.value === native) {
    back.value = wrapper;
    put(native.prototype, "constructor", back);
  }
  return put(win, name, found);
}

/** Makes wrappers show the text of what they stand in front of. */
export function hideWrappers() {
  wrapMethod(win.Function.prototype, "toString", (native, self, args) =>
    apply(native, mapGet(originals, self) || self, args),
  );
}
