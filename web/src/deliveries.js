/**
 * Events on their way to destinations in the page. What an event, the site or a source middleware says in `integrations` goes before
 * what the instance says (AN core/events), and events wait, in Analytics.js and in the destinations, until a vendor's script is
 * there: so each destination asks the gate when it is given an event, and once more when it gives that on.
 */
import { guard } from "./effects.js";
import { destinationName, receives } from "./engine.js";
import {
  apply,
  defineProperty,
  mapGet,
  mapSet,
  NativePromise,
  NativeWeakMap,
  then,
} from "./natives.js";
import { EVENT_METHODS } from "./gen/abi.js";

/** What asks already. @type {WeakMap<object, boolean>} */
const asking = new NativeWeakMap();

/** Makes an instance's destinations ask, those too that it gets later. @param {any} instance */
export function guardDeliveries({ queue }) {
  for (const plugin of queue.plugins) guard(() => guardPlugin(plugin));
  if (isNew(queue))
    override(queue, "register", (native, args) => {
      guard(() => guardPlugin(args[1]));
      return apply(native, queue, args);
    });
}

/** @param {object} target */
function isNew(target) {
  if (mapGet(asking, target)) return false;
  mapSet(asking, target, true);
  return true;
}

/** A plugin of the site's own, of which the settings say nothing, is left alone. @param {any} plugin */
function guardPlugin(plugin) {
  const { name } = plugin;
  if (!isNamed(name) || !isNew(plugin)) return;
  guardEvents(plugin, name);
  // Of a newer destination, and of a classic one, which has it when it has been loaded.
  for (const inner of ["action", "integration"])
    if (plugin[inner] && isNew(plugin[inner])) guardEvents(plugin[inner], name);
  if (typeof plugin.load !== "function") return;
  override(plugin, "load", (native, args) => {
    const loading = apply(native, plugin, args);
    then(
      NativePromise.resolve(loading),
      () => {
        const { integration } = plugin;
        if (integration && isNew(integration)) guard(() => guardEvents(integration, name));
      },
      () => {},
    );
    return loading;
  });
}

/** Whether the settings name a destination. @param {unknown} name */
function isNamed(name) {
  for (let i = 0, one; (one = destinationName(i)); i++) if (one === name) return true;
  return false;
}

/**
 * An event that may not arrive ends as one that has.
 * @param {any} target
 * @param {string} name of its destination
 */
function guardEvents(target, name) {
  for (const method of EVENT_METHODS)
    if (typeof target[method] === "function")
      override(target, method, (native, args) =>
        receives(name, idOf(args[0])) ? apply(native, target, args) : args[0],
      );
}

/** The messageId of an event, as Analytics.js wraps it up (AN core/context) or as classic destinations get it (@segment/facade). @param {any} wrapped */
function idOf(wrapped) {
  const { event, obj } = wrapped || {};
  const id = (event && event.messageId) || (obj && obj.messageId);
  return typeof id === "string" ? id : "";
}

/**
 * @param {any} target
 * @param {string} name
 * @param {(native: Function, args: any[]) => any} handler
 */
function override(target, name, handler) {
  const native = target[name];
  defineProperty(target, name, {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    configurable: true,
    writable: true,
    value: (/** @type {any[]} */ ...args) => handler(native, args),
  });
}
