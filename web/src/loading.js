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
  filter,
  getPrototypeOf,
  indexOf,
  lastIndexOf,
  mapDelete,
  mapHas,
  mapSet,
  NativePromise,
  NativeWeakMap,
  pageAddress,
  push,
  slice,
  then,
} from "./natives.js";
import { isPageContext, momentNow } from "./moment.js";
import { enqueueAt, lineOf } from "./queue.js";
import { DROP, QUERY_METHODS, QUERY_PREFIX } from "./gen/abi.js";

/**
 * How the page was when it asked for Analytics.js, whether that was denied since, and the calls that are meant for it, if the
 * snippet asked.
 * @typedef {{ moment: import("./moment.js").Moment, query: string, denied: boolean, line?: import("./queue.js").Line }} Load
 */

/** Those that are held: each will start an instance. @type {Load[]} */
let asked = [];

/** Instances whose own view of the page is in the queue already. */
const viewed = new NativeWeakMap();

/** Instances from before a denial, whose buffers have calls of that time. */
const refused = new NativeWeakMap();

/**
 * The page asks for Analytics.js, which is held.
 * @param {any[]} stubs those of the snippet
 */
export function noteLoad(stubs) {
  /** @type {number[]} */
  const places = [];
  for (let i = 0; i < stubs.length; i++) {
    const line = lineOf(stubs[i]);
    places[i] = line ? line.calls.length : 0;
    noteStartOf(stubs[i]);
  }
  if (segmentAction() === DROP) return;
  const moment = momentNow();
  // The snippet puts its script into the page first, and leaves the options for it then.
  then(NativePromise.resolve(), () => guard(() => viewFirst(stubs, places, moment)));
}

/** A stub's Analytics.js will start. @param {any[]} stub */
export function noteStartOf(stub) {
  const line = lineOf(stub);
  if (line && !asked.some((load) => load.line === line)) noteStart(line);
}

/**
 * Analytics.js will start, but is held: its script, or its settings where the page brings the script along.
 * @param {import("./queue.js").Line} [line] the calls on the stub
 */
export function noteStart(line) {
  push(asked, {
    moment: momentNow(),
    query: queryOfPage(),
    denied: segmentAction() === DROP,
    line,
  });
}

/** What was asked for by the calls of an instance, or by nobody's. @param {any} target @returns {Load | undefined} */
function loadOf(target) {
  const line = lineOf(target);
  const load = asked.find((one) => one.line && one.line === line) || asked.find((one) => !one.line);
  asked = filter(asked, (/** @type {Load} */ one) => one !== load);
  return load;
}

/** What was asked for is denied: it will not be made up for. */
export function forgetLoads() {
  for (let i = 0; i < asked.length; i++) asked[i].denied = true;
}

/**
 * The first view of the page is a call like others from here on: Analytics.js would make it later, of another page perhaps.
 * @param {any[]} stubs
 * @param {number[]} places in their queues
 * @param {import("./moment.js").Moment} moment
 */
function viewFirst(stubs, places, moment) {
  for (let i = 0; i < stubs.length; i++) {
    const options = stubs[i]._loadOptions;
    const line = lineOf(stubs[i]);
    if (!line || !options || !options.initialPageview) continue;
    stubs[i]._loadOptions = { ...options, initialPageview: false };
    enqueueAt(line, places[i], "page", [], moment);
  }
}

/**
 * The same of an instance from npm, whose options nobody sees before it starts: the view that it makes itself is left out.
 * @param {any} target
 * @param {Load} load
 */
function viewBefore(target, { moment }) {
  const line = lineOf(target);
  if (!line || !target.options || !target.options.initialPageview) return;
  mapSet(viewed, target, true);
  enqueueAt(line, 0, "page", [], moment);
}

/**
 * Whether a call is the view of the page that an instance makes itself and that is in the queue already.
 * @param {any} target
 * @param {string} method
 * @param {any[]} args
 */
export function isViewed(target, method, args) {
  if (method !== "page" || !mapHas(viewed, target)) return false;
  return (args.length === 0 || isPageContext(args[0])) && mapDelete(viewed, target);
}

/**
 * Whether a call was made before its instance was there, and that was denied meanwhile. Nobody can tell when: it may be of that time.
 * @param {any} target
 * @param {any[]} args
 */
export function isRefused(target, args) {
  return mapHas(refused, target) && isPageContext(args[args.length - 1]);
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
  const first = loadOf(target);
  const load = first && !first.denied ? first : undefined;
  if (load) viewBefore(target, load);
  else if (first) mapSet(refused, target, true);
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
        const line = lineOf(target);
        if (line && segmentAction() !== DROP) enqueueAt(line, place++, method, args, moment);
      },
    });
  }
  return NativePromise.resolve(apply(native, reader, [query]));
}
