/**
 * localStorage and sessionStorage: writes are held or ignored, reads are masked. Methods are wrapped on the prototype;
 * members (`localStorage.x = 1`, delete, in, Object.keys) can only be seen by a proxy in front of each area, which every
 * native that takes an area is made to see through.
 */
import { upper } from "../above.js";
import { against, isOpenName, suspend } from "../ask.js";
import { written } from "../cmp/written.js";
import { consentWord } from "../engine.js";
import {
  apply,
  construct,
  create,
  defineProperty,
  deleteProperty,
  filter,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  keysOf,
  listen,
  mapGet,
  mapSet,
  NativeProxy,
  NativeWeakMap,
  ownKeys,
  setProperty,
  setPrototypeOf,
  storageGet,
  storageLength,
  win,
} from "../natives.js";
import { isFreeName } from "../usual.js";
import { wrapAccessor, wrapConstructor, wrapMethod } from "../wrap.js";
import { KIND_STORAGE } from "../gen/abi.js";

/**
 * Areas by proxy, proxies by area, and writes that wait, by area and key. One for all realms: a function of one may be called on
 * another's area.
 * @type {{
 *   areas: WeakMap<any, any>, proxies: WeakMap<any, any>, waiting: WeakMap<object, Record<string, () => void>>,
 *   counts: WeakMap<any, Count>,
 * }}
 */
export const stores = upper
  ? upper.stores
  : {
      areas: new NativeWeakMap(),
      proxies: new NativeWeakMap(),
      waiting: new NativeWeakMap(),
      counts: new NativeWeakMap(),
    };
const { areas, proxies, waiting } = stores;

/** @type {any} */
const prototype = win.Storage && win.Storage.prototype;

export function hookStorage() {
  for (const name of ["localStorage", "sessionStorage"]) wrapAccessor(win, name, { get: onArea });
  for (const name of keysOf(METHODS)) {
    wrapMethod(prototype, name, (native, self, args) => METHODS[name](native, areaOf(self), args));
  }
  wrapAccessor(prototype, "length", { get: (native, self) => length(areaOf(self)) });
  listen(win, "storage", recount, true);
  const event = win.StorageEvent && win.StorageEvent.prototype;
  wrapAccessor(event, "storageArea", { get: onArea });
  wrapMethod(event, "initStorageEvent", (native, self, args) =>
    apply(native, self, args.map(areaOf)),
  );
  return wrapConstructor("StorageEvent", (native, args, newTarget) => {
    const init = args[1];
    const area = init && areaOf(init.storageArea);
    if (area && area !== init.storageArea) {
      // @ts-expect-error a dictionary without prototype
      args[1] = create(init, { storageArea: { __proto__: null, value: area } });
    }
    return construct(native, args, newTarget);
  });
}

/** @param {Function} native @param {any} self @param {any[]} args */
function onArea(native, self, args) {
  const area = apply(native, self, args);
  return area ? mapGet(proxies, area) || makeProxy(area) : area;
}

/** @param {any} self */
function areaOf(self) {
  return mapGet(areas, self) || self;
}

/** Whether a key must not be seen now. @param {string | symbol} key */
function hidden(key) {
  return typeof key === "string" && !isOpenName(KIND_STORAGE, key);
}

/**
 * Writes, or holds the writing, or does not.
 * @param {any} area
 * @param {string} key
 * @param {() => any} write
 */
function put(area, key, write) {
  // Nobody waits for such a key or listens to it.
  if (isFreeName(KIND_STORAGE, key)) {
    unlist(area);
    return write();
  }
  const where = against(KIND_STORAGE, key);
  if (!where || !isArea(area)) {
    const result = write();
    touched(area, key);
    written(key);
    return result;
  }
  forget(area, key)[key] = suspend(KIND_STORAGE, where, write, () => {});
  return true;
}

/**
 * Forgets a write that waits, because a later one or a removal makes it void.
 * @param {any} area
 * @param {string} key
 */
function forget(area, key) {
  const writes = mapGet(waiting, area) || { __proto__: null };
  mapSet(waiting, area, writes);
  if (writes[key]) writes[key]();
  delete writes[key];
  touched(area, key);
  written(key);
  return writes;
}

/** @param {any} self */
function isArea(self) {
  try {
    return storageLength(self) >= 0;
  } catch {
    return false;
  }
}

/** @type {Record<string, (native: Function, area: any, args: any[]) => any>} */
const METHODS = {
  getItem(native, area, args) {
    if (args.length) args[0] = `${args[0]}`;
    const value = apply(native, area, args);
    return args.length && value !== null && hidden(args[0]) ? null : value;
  },
  setItem(native, area, args) {
    if (args.length < 2) return apply(native, area, args);
    args[0] = `${args[0]}`;
    args[1] = `${args[1]}`;
    put(area, args[0], () => apply(native, area, args));
  },
  removeItem(native, area, args) {
    if (args.length) args[0] = `${args[0]}`;
    apply(native, area, args);
    forget(area, args[0]);
  },
  clear(native, area, args) {
    apply(native, area, args);
    recount();
    for (const key of ownKeys(forget(area, ""))) forget(area, /** @type {string} */ (key));
  },
  key(native, area, args) {
    if (!args.length || !isArea(area) || hiddenCount(area) === 0) return apply(native, area, args);
    const visible = /** @type {any[]} */ (listed(area))[args[0] >>> 0];
    return visible === undefined ? null : visible;
  },
};

/** @param {string | symbol} key */
function seen(key) {
  return typeof key === "string" && !hidden(key);
}

/**
 * Which of an area's keys must not be seen, and which may, as they were found. Not looked for again before one that is hidden comes,
 * another document changes the area, or consent changes: pages go through their keys one by one.
 * @typedef {{ word: number, hidden: string[], all: number, list?: (string | symbol)[] }} Count
 */

/** Whatever was counted may not be so any more. */
function recount() {
  stores.counts = new NativeWeakMap();
}

/** @param {any} area @returns {Count} */
function countOf(area) {
  const word = consentWord();
  const found = mapGet(stores.counts, area);
  if (found && found.word === word) return found;
  const count = { word, hidden: filter(ownKeys(area), hidden), all: 0 };
  mapSet(stores.counts, area, count);
  return count;
}

/** How many keys are hidden now: a withdrawal may have erased some. @param {any} area */
function hiddenCount(area) {
  const keys = countOf(area).hidden;
  let count = 0;
  for (let i = 0; i < keys.length; i++) if (storageGet(area, keys[i]) !== null) count++;
  return count;
}

/** How many keys can be seen: not those in the list, out of which a browser leaves what is named like a method. @param {any} area */
function length(area) {
  const all = storageLength(area);
  return all && all - hiddenCount(area);
}

/** The keys that can be seen, in their order. @param {any} area */
function listed(area) {
  const count = countOf(area);
  const all = storageLength(area);
  if (!count.list || count.all !== all) {
    count.list = filter(ownKeys(area), seen);
    count.all = all;
  }
  return count.list;
}

/** The order of an area's keys may have changed. @param {any} area */
function unlist(area) {
  const count = mapGet(stores.counts, area);
  if (count) count.list = undefined;
}

/** A key has come, gone or changed. @param {any} area @param {string} key */
function touched(area, key) {
  unlist(area);
  if (hidden(key)) recount();
}

/** Members of the prototype are no keys. @param {string | symbol} key */
function masks(key) {
  return hidden(key) && !(key in prototype);
}

/** An area's keys, and symbols, that may be seen. @param {any} area */
function visibleKeys(area) {
  const all = ownKeys(area);
  for (let i = 0; i < all.length; i++)
    if (hidden(all[i])) return filter(all, (/** @type {string | symbol} */ key) => !hidden(key));
  return all;
}

/**
 * A member as getOwnPropertyDescriptor tells of it: an item's has always the same attributes (Web IDL 3.9.1).
 * @param {any} area
 * @param {string | symbol} key
 */
function describe(area, key) {
  if (typeof key !== "string" || key in prototype) return getOwnPropertyDescriptor(area, key);
  const value = hidden(key) ? null : storageGet(area, key);
  if (value === null) return undefined;
  return { value, writable: true, enumerable: true, configurable: true };
}

/**
 * What the page sees in place of an area. The proxy's target is an object with nothing in it: a proxy compares each answer
 * with what its target has (ECMAScript 10.5), and asking an area for a member costs as much as all the rest.
 * @param {any} area
 */
function makeProxy(area) {
  const target = create(getPrototypeOf(area));
  /** @type {ProxyHandler<any>} */
  const traps = {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    get: (_, key) => (masks(key) ? undefined : area[key]),
    has: (_, key) => !masks(key) && key in area,
    set(_, key, value, receiver) {
      if (typeof key !== "string" || receiver !== proxy)
        return setProperty(area, key, value, receiver);
      // What is named like a method may become a property of any type, as the browser has it.
      const given = key in prototype ? value : `${value}`;
      return put(area, key, () => setProperty(area, key, given));
    },
    defineProperty(_, key, property) {
      const write = () => defineProperty(area, key, property);
      if (typeof key === "string") return put(area, key, write);
      // A symbol's property may be one that can never be taken away, which the target must then have too.
      return write() && defineProperty(target, key, property);
    },
    deleteProperty(_, key) {
      if (typeof key === "string") forget(area, key);
      return deleteProperty(area, key) && deleteProperty(target, key);
    },
    ownKeys: () => visibleKeys(area),
    getOwnPropertyDescriptor: (_, key) => describe(area, key),
    setPrototypeOf: (_, parent) => setPrototypeOf(area, parent) && setPrototypeOf(target, parent),
    // As Web IDL has it (3.9, legacy platform objects); WebKit's areas would allow it.
    preventExtensions: () => false,
  };
  const proxy = new NativeProxy(target, traps);
  mapSet(proxies, area, proxy);
  mapSet(areas, proxy, area);
  return proxy;
}
