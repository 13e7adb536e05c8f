/**
 * Objects that show the page something else than what they are: a request that never left and shows itself as ended, and
 * stand-ins for objects whose construction alone would send something. A stand-in is an event target with the right
 * prototype; it keeps what the page does to it until it may become the real thing, and passes that one's events on.
 * Prototypes are wrapped when the first such object is needed: most pages never pay for it.
 */
import {
  addEventListener,
  apply,
  construct,
  dispatchEvent,
  getPrototypeOf,
  mapGet,
  mapHas,
  mapSet,
  NativeEvent,
  NativeEventTarget,
  NativeWeakMap,
  ownKeys,
  push,
  slice,
} from "./natives.js";
import { guard } from "./effects.js";
import { wrapAccessor, wrapMethod } from "./wrap.js";

/**
 * `values`: members shown as given; a function stands for a method. `real`: whose the other members are. `calls`: what
 * the page did before there was a real object. `heard`: the events it listens for.
 * @typedef {{ values: Record<string, any>, real: any, calls: [Function, any[]][], heard: Record<string, boolean> }} Role
 */

/** @type {WeakMap<object, Role>} */
const roles = new NativeWeakMap();
const masked = new NativeWeakMap();

/**
 * Lets an object show values instead of its own members.
 * @param {object} prototype the native one, whatever the object inherits from
 * @param {any} object
 * @param {Record<string, any>} values without prototype
 * @param {any} [real]
 */
export function show(prototype, object, values, real = object) {
  for (let each = prototype; each && each !== NativeEventTarget.prototype;) {
    if (!mapHas(masked, each)) mask(each);
    each = /** @type {object} */ (getPrototypeOf(each));
    if (!getPrototypeOf(each)) break;
  }
  mapSet(roles, object, { values, real, calls: [], heard: {} });
}

/**
 * Ends the pretence.
 * @param {object} object
 */
export function unshow(object) {
  mapSet(roles, object, undefined);
}

/**
 * Makes a stand-in.
 * @param {Function} native the constructor it stands in for
 * @param {Function} newTarget
 * @param {Record<string, any>} values
 */
export function standIn(native, newTarget, values) {
  if (!mapHas(masked, NativeEventTarget.prototype)) {
    mapSet(masked, NativeEventTarget.prototype, true);
    wrapMethod(NativeEventTarget.prototype, "addEventListener", (listen, self, args) => {
      const role = mapGet(roles, self);
      if (role && role.real !== self) hear(self, role, `${args[0]}`);
      return apply(listen, self, args);
    });
  }
  const object = construct(NativeEventTarget, [], newTarget);
  show(native.prototype, object, values, null);
  return object;
}

/**
 * Lets the real object take its stand-in's place.
 * @param {object} object
 * @param {any} real
 */
export function become(object, real) {
  const role = /** @type {Role} */ (mapGet(roles, object));
  role.real = real;
  for (const name of ownKeys(role.values)) {
    if (!eventOf(name)) delete role.values[/** @type {string} */ (name)];
  }
  for (const type of ownKeys(role.heard)) relay(object, real, /** @type {string} */ (type));
  for (const [native, args] of role.calls) guard(() => apply(native, real, args));
}

/**
 * Dispatches plain events.
 * @param {any} target
 * @param {string[]} types
 * @param {Function} [kind] the events' constructor
 * @param {object} [init]
 */
export function fire(target, types, kind = NativeEvent, init = {}) {
  for (const type of types) dispatchEvent(target, construct(kind, [type, init]));
}

/** @param {object} prototype */
function mask(prototype) {
  mapSet(masked, prototype, true);
  for (const key of ownKeys(prototype)) {
    const name = /** @type {string} */ (key);
    if (typeof key !== "string" || name === "constructor") continue;
    wrapAccessor(prototype, name, { get: onGet, set: onSet }) ||
      wrapMethod(prototype, name, onCall);

    /** @param {Function} native @param {any} self @param {any[]} args */
    function onGet(native, self, args) {
      const role = mapGet(roles, self);
      if (!role) return apply(native, self, args);
      return name in role.values ? role.values[name] : role.real && apply(native, role.real, args);
    }

    /** @param {Function} native @param {any} self @param {any[]} args */
    function onSet(native, self, args) {
      const role = /** @type {Role | undefined} */ (mapGet(roles, self));
      if (!role || role.real === self) return apply(native, self, args);
      const type = eventOf(name);
      if (type) {
        if (!(name in role.values)) {
          addEventListener(self, type, (/** @type {Event} */ event) => {
            const handler = role.values[name];
            if (handler) apply(handler, self, [event]);
          });
          hear(self, role, type);
        }
        role.values[name] = typeof args[0] === "function" ? args[0] : null;
        return;
      }
      if (role.real) return apply(native, role.real, args);
      role.values[name] = args[0];
      push(role.calls, [native, args]);
    }

    /** @param {Function} native @param {any} self @param {any[]} args */
    function onCall(native, self, args) {
      const role = mapGet(roles, self);
      if (!role) return apply(native, self, args);
      if (name in role.values) return role.values[name]();
      if (role.real) return apply(native, role.real, args);
      push(role.calls, [native, args]);
    }
  }
}

/** The event whose handler a member is, if it is one. @param {string | symbol} name */
function eventOf(name) {
  return typeof name === "string" && slice(name, 0, 2) === "on" ? slice(name, 2) : "";
}

/**
 * The page listens for events of a type.
 * @param {object} object
 * @param {Role} role
 * @param {string} type
 */
function hear(object, role, type) {
  if (role.heard[type]) return;
  role.heard[type] = true;
  if (role.real) relay(object, role.real, type);
}

/**
 * Passes the real object's events on, as copies.
 * @param {object} object
 * @param {object} real
 * @param {string} type
 */
function relay(object, real, type) {
  addEventListener(real, type, (/** @type {any} */ event) => {
    if (!dispatchEvent(object, construct(event.constructor, [type, event]))) event.preventDefault();
  });
}
