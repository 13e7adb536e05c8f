/**
 * What Analytics.js does of itself as it is loaded: it views the page (the option initialPageview), and it takes calls from the
 * page's URL (ajs_aid, ajs_uid and ajs_event: Segment's Querystring API). Both belong to the moment when the page asked for it.
 */
import { guard } from "./effects.js";
import { segmentAction } from "./gate.js";
import {
  apply,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  indexOf,
  lastIndexOf,
  NativePromise,
  pageAddress,
  slice,
  then,
} from "./natives.js";
import { enqueueAt, momentNow, queueState } from "./queue.js";
import { DROP, QUERY_METHODS, QUERY_PREFIX } from "./gen/abi.js";

/** How the page was when it asked for Analytics.js. @typedef {{ moment: import("./queue.js").Moment, query: string }} Load */

/** The one that is held. @type {Load | undefined} */
let asked;

/**
 * The page asks for Analytics.js, which is held.
 * @param {() => any[]} getStubs the stubs of the snippet that have a load() by now
 */
export function noteLoad(getStubs) {
  if (segmentAction() === DROP) return;
  const place = queueState().length;
  const moment = momentNow();
  asked = asked || { moment, query: queryOfPage() };
  // The snippet puts its script into the page first, and leaves the options for it then.
  then(NativePromise.resolve(), () => guard(() => viewFirst(getStubs(), place, moment)));
}

/** What was asked for is denied: it will not be made up for. */
export function forgetLoad() {
  asked = undefined;
}

/**
 * The first view of the page is a call like others from here on: Analytics.js would make it later, of another page perhaps.
 * @param {any[]} stubs
 * @param {number} place in the queue
 * @param {import("./queue.js").Moment} moment
 */
function viewFirst(stubs, place, moment) {
  for (const stub of stubs) {
    const options = stub._loadOptions;
    if (!options || !options.initialPageview) continue;
    stub._loadOptions = { ...options, initialPageview: false };
    enqueueAt(place, "page", [], moment);
  }
}

/** The part of the page's URL that Analytics.js reads (browser/index in its source). */
function queryOfPage() {
  const { search, hash } = pageAddress();
  const at = lastIndexOf(hash, "?");
  return search || (at < 0 ? hash : slice(hash, at));
}

/**
 * Lets an instance that is starting read the calls in the page's URL, and puts them before all others.
 * @param {any} target
 * @param {() => void} ready called when there are none, or they are in the queue
 */
export function whenRead(target, ready) {
  // Each instance has methods of its own that are bound to it.
  const native = /** @type {any} */ (getPrototypeOf(target)).queryString;
  if (typeof native !== "function") return ready();
  const own = getOwnPropertyDescriptor(target, "queryString");
  // What was held was one load(): another instance has its own.
  const load = asked;
  asked = undefined;
  /** @type {Promise<unknown> | undefined} */
  let read;
  const answer = (/** @type {string} */ query) =>
    (read = read || readQuery(target, native, load ? load.query : query, load));
  // The page may have gone on to a URL without them.
  if (load && indexOf(load.query, QUERY_PREFIX) >= 0) answer("");
  defineProperty(target, "queryString", {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    configurable: true,
    writable: true,
    enumerable: false,
    value: answer,
  });
  // It reads them in the task in which it tells that it has started.
  then(NativePromise.resolve(), () => {
    if (own) defineProperty(target, "queryString", own);
    else deleteProperty(target, "queryString");
    if (read) then(read, ready, ready);
    else ready();
  });
}

/**
 * @param {any} target
 * @param {Function} native
 * @param {string} query
 * @param {Load} [load]
 * @returns {Promise<unknown>} ends when the calls are in the queue
 */
function readQuery(target, native, query, load) {
  if (indexOf(query, QUERY_PREFIX) < 0) return NativePromise.resolve();
  const moment = load ? load.moment : momentNow();
  let place = 0;
  const reader = { __proto__: target };
  for (const method of QUERY_METHODS) {
    defineProperty(reader, method, {
      // @ts-expect-error a dictionary without prototype
      __proto__: null,
      value: (/** @type {any[]} */ ...args) => {
        if (segmentAction() !== DROP) enqueueAt(place++, method, args, moment);
      },
    });
  }
  return NativePromise.resolve(apply(native, reader, [query]));
}
