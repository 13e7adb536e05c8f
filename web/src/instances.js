/**
 * Instances of Analytics.js that no global names, as sites have that bundle it from npm. Analytics.js hands each one to
 * the host of its inspector before it starts anything; the calls made before that are known only to what load() returned.
 */
import { adoptBuffered, adoptStarting, lineFor } from "./analytics.js";
import { guardDeliveries } from "./deliveries.js";
import { narrowInPlace } from "./destinations.js";
import { guard } from "./effects.js";
import { complain } from "./events.js";
import { learnFrom } from "./gate.js";
import { noteMiddlewares } from "./missing.js";
import { apply, defineProperty, deleteProperty, win } from "./natives.js";
import { LEARN_API, SEGMENT } from "./gen/abi.js";

/** Where Analytics.js looks for its inspector (core/inspector in its source). */
const INSPECTOR = "__SEGMENT_INSPECTOR__";

/** @type {any} */
let host;

/**
 * Hears of the instance that is about to be made: the host of the inspector is there by then, and nothing on the page
 * shows the gate before. An inspector that comes later is served too.
 */
export function awaitInstances() {
  if (host || !win[INSPECTOR]) return;
  host = win[INSPECTOR];
  let inspector = host.attach;
  /** @this {any} @param {any} instance */
  function attach(instance) {
    guard(() => receive(instance));
    return inspector && apply(inspector, this, [instance]);
  }
  defineProperty(host, "attach", {
    configurable: true,
    enumerable: true,
    get: () => attach,
    set: (value) => {
      inspector = value;
    },
  });
}

/** @param {any} instance */
function receive(instance) {
  narrowInPlace(instance);
  guard(() => guardDeliveries(instance));
  guard(() => noteMiddlewares(instance));
  guard(() => learnAddress(instance.options && instance.options.integrations));
  // Last of all: an instance of the snippet's is told of by its stub.
  const native = instance.emit;
  defineProperty(instance, "emit", {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    configurable: true,
    writable: true,
    value: (/** @type {any[]} */ ...args) => {
      const result = apply(native, instance, args);
      if (args[0] === "initialize") {
        deleteProperty(instance, "emit");
        guard(() => adoptStarting(instance, lineFor(instance)));
      }
      return result;
    },
  });
}

/** Where the page's options send events, instead of where the source's settings do. @param {any} integrations */
function learnAddress(integrations) {
  const own = integrations && integrations[SEGMENT];
  if (own && typeof own.apiHost === "string") learnFrom("https://" + own.apiHost, LEARN_API);
}

/**
 * Queues the calls on what load() returned, while Segment is held.
 * @param {any} analytics
 */
export function watch(analytics) {
  if (!analytics || typeof analytics.track !== "function") {
    complain("watch: must be given what AnalyticsBrowser.load() returned");
  } else {
    guard(awaitInstances);
    guard(() => adoptBuffered(analytics));
  }
  return analytics;
}
