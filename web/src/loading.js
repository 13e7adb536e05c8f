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
  mapDelete,
  mapHas,
  mapSet,
  NativePromise,
  NativeWeakMap,
  pageAddress,
  slice,
  then,
} from "./natives.js";
import { enqueueAt, momentNow, queueState } from "./queue.js";
import { DROP, HOLD, QUERY_METHODS, QUERY_PREFIX } from "./gen/abi.js";

/**
 * How the page was when it asked for Analytics.js, and how many calls it had made by then.
 * @typedef {{ moment: import("./queue.js").Moment, query: string, place: number }} Load
 */

/** The one that is held. @type {Load | undefined} */
let asked;

/** Instances whose own view of the page is in the queue already. */
const viewed = new NativeWeakMap();

/**
 * The page asks for Analytics.js, which is held.
 * @param {() => any[]} getStubs the stubs of the snippet that have a load() by now
 */
export function noteLoad(getStubs) {
  if (segmentAction() === DROP) return;
  const load = loadNow();
  asked = asked || load;
  // The snippet puts its script into the page first, and leaves the options for it then.
  then(NativePromise.resolve(), () => guard(() => viewFirst(getStubs(), load)));
}

/** The page has Analytics.js from npm, and that asks for its settings, which are held. */
export function noteStart() {
  if (segmentAction() === HOLD) asked = asked || loadNow();
}

/** @returns {Load} */
function loadNow() {
  return { moment: momentNow(), query: queryOfPage(), place: queueState().length };
}

/** What was asked for is denied: it will not be made up for. */
export function forgetLoad() {
  asked = undefined;
}

/**
 * The first view of the page is a call like others from here on: Analytics.js would make it later, of another page perhaps.
 * @param {any[]} stubs
 * @param {Load} load
 */
function viewFirst(stubs, { place, moment }) {
  for (const stub of stubs) {
    const options = stub._loadOptions;
    if (!options || !options.initialPageview) continue;
    stub._loadOptions = { ...options, initialPageview: false };
    enqueueAt(place, "page", [], moment);
  }
}

/**
 * The same of an instance from npm, whose options nobody sees before it starts: the view that it makes itself is left out.
 * @param {any} target
 * @param {Load} load
 */
function viewBefore(target, { place, moment }) {
  if (!target.options || !target.options.initialPageview) return;
  mapSet(viewed, target, true);
  enqueueAt(place, "page", [], moment);
}

/**
 * Whether a call is the view of the page that an instance makes itself and that is in the queue already.
 * @param {any} target
 * @param {string} method
 */
export function isViewed(target, method) {
  return method === "page" && mapHas(viewed, target) && mapDelete(viewed, target);
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
  if (load) viewBefore(target, load);
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
