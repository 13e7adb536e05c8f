/**
 * The queue of analytics calls: what the page called while Segment was held, with the time and the page of the call, and
 * the replay of it on the started instance, one by one and in order.
 */
import { arrange } from "./engine.js";
import { emit, outside } from "./events.js";
import { later } from "./effects.js";
import { segmentAction } from "./gate.js";
import {
  apply,
  console,
  consoleError,
  doc,
  documentQuerySelector,
  getAttribute,
  getReferrer,
  getTitle,
  NativeDate,
  NativeMessageChannel,
  NativePromise,
  now,
  pageAddress,
  push,
  setTimeout,
  splice,
  then,
} from "./natives.js";
import { snapshot, sortOf } from "./snapshot.js";
import { ALLOW, EVENT_METHODS, IDENTITY_METHODS } from "./gen/abi.js";

/** A replay gives the page its turn after this many milliseconds. */
const SLICE = 5;
/** How long a change of identity waits for what was called before it to leave, in milliseconds. */
const PATIENCE = 1000;
const NONE = 15;

/**
 * A held call. `settle` ends the promise the page was given, if it was given one.
 * @typedef {{ method: string, args: unknown[], time: number, page: object | undefined, settle?: (value: unknown) => void }} Call
 */

/** @type {Call[]} */
let calls = [];
let limit = 1000;
let dropped = 0;
/** @type {{ target: any, methods: Record<string, Function> } | undefined} */
let instance;
let replaying = false;

/** @param {number} most */
export function limitQueue(most) {
  limit = most;
}

/** How many calls wait, and how many were dropped because the limit was reached. */
export function queueState() {
  return { length: calls.length, dropped };
}

/** Whether calls may go straight to the instance. */
export function passing() {
  return calls.length === 0 && !replaying && segmentAction() === ALLOW;
}

/**
 * Keeps a call as it is now. When the limit is reached the call is dropped and counted: the earliest calls say who the
 * visitor is and where they came in.
 * @param {string} method
 * @param {ArrayLike<unknown>} args
 * @param {(value: unknown) => void} [settle]
 */
export function enqueue(method, args, settle) {
  const list = [];
  for (let i = 0; i < args.length; i++) list[i] = args[i];
  const last = list[list.length - 1];
  const page = isPageContext(last) ? /** @type {object} */ (list.pop()) : pageContext();
  insert(calls.length, { method, args: list.map(snapshot), time: now(), page, settle });
}

/** @typedef {{ time: number, page: object }} Moment when a call was made, in milliseconds since 1970, and on which page */

/** @returns {Moment} */
export function momentNow() {
  return { time: now(), page: pageContext() };
}

/**
 * Keeps a call that belongs to an earlier moment, before others that wait.
 * @param {number} place how many calls are before it
 * @param {string} method
 * @param {unknown[]} args
 * @param {Moment} moment
 */
export function enqueueAt(place, method, args, { time, page }) {
  insert(place, { method, args: args.map(snapshot), time, page });
}

/** @param {number} place @param {Call} call */
function insert(place, call) {
  if (calls.length < limit) {
    splice(calls, place, 0, call);
    return;
  }
  dropped++;
  finish(call, undefined);
}

/**
 * The page as it is now, in the shape the official snippet uses since version 5.
 */
function pageContext() {
  const address = pageAddress();
  const canonical = documentQuerySelector(doc, "link[rel='canonical']");
  return {
    __t: "bpc",
    c: (canonical && getAttribute(canonical, "href")) || undefined,
    p: address.pathname,
    u: address.href,
    s: address.search,
    t: getTitle(doc),
    r: getReferrer(doc),
  };
}

/**
 * Whether an argument is the page context that the snippet adds to its calls since version 5.
 * @param {any} value
 */
export function isPageContext(value) {
  return typeof value === "object" && value !== null && value.__t === "bpc";
}

/** Drops everything that waits. Callbacks and promises end, so that no code of the page waits for ever. */
export function discard() {
  const ended = calls;
  calls = [];
  for (const call of ended) finish(call, undefined);
}

/**
 * Ends a call that will not be sent.
 * @param {Call} call
 * @param {unknown} value
 */
function finish(call, value) {
  if (call.settle) call.settle(value);
  for (const argument of call.args) {
    if (typeof argument === "function") {
      later(() => argument());
      break;
    }
  }
}

/**
 * Ends a call that is made while Segment is denied.
 * @param {string} method
 * @param {ArrayLike<unknown>} args
 */
export function refuseCall(method, args) {
  finish({ method, args: Array.from(args), time: 0, page: undefined }, undefined);
}

/**
 * Sets where calls are replayed.
 * @param {any} target the started instance of Analytics.js
 * @param {Record<string, Function>} methods its own methods
 */
export function connect(target, methods) {
  instance = { target, methods };
  replay();
}

/** The instance calls go to, once Analytics.js has started. */
export function connected() {
  return instance;
}

/** Replays what waits, if Segment may run and has started. */
export function replay() {
  if (replaying || !instance || calls.length === 0 || segmentAction() !== ALLOW) return;
  replaying = true;
  const { target, methods } = instance;
  /** @type {Promise<unknown>[]} */
  let open = [];
  let count = 0;
  /** @type {Promise<unknown> | undefined} */
  let calm;

  function step() {
    const start = now();
    while (calls.length > 0 && segmentAction() === ALLOW) {
      const call = calls[0];
      if (IDENTITY_METHODS.indexOf(call.method) >= 0 && open.length > 0 && !calm) {
        calm = settled(open);
        open = [];
        then(calm, () => {
          step();
        });
        return;
      }
      calm = undefined;
      calls.shift();
      push(open, invoke(target, methods, call));
      count++;
      if (now() - start >= SLICE) {
        nextTask(step);
        return;
      }
    }
    replaying = false;
    emit("replay", { count, left: calls.length });
  }
  nextTask(step);
}

/**
 * Ends when every promise has, or when patience does: an answer that never comes must not hold the rest back.
 * @param {Promise<unknown>[]} promises
 */
function settled(promises) {
  return NativePromise.race([
    NativePromise.all(promises),
    new NativePromise((resolve) => setTimeout(() => resolve(undefined), PATIENCE)),
  ]);
}

/**
 * Makes one call on the instance, with its own time and page.
 * @param {any} target
 * @param {Record<string, Function>} methods
 * @param {Call} call
 * @returns {Promise<unknown>} ends when the call has been sent; never fails
 */
function invoke(target, methods, call) {
  try {
    const result = apply(methods[call.method], target, stamped(call));
    return then(
      NativePromise.resolve(result),
      (/** @type {unknown} */ value) => call.settle && call.settle(value),
      (/** @type {unknown} */ error) => report(call, error),
    );
  } catch (error) {
    report(call, error);
    return NativePromise.resolve();
  }
}

/**
 * Analytics.js reports a buffered call it cannot take on the console; so do we.
 * @param {Call} call
 * @param {unknown} error
 */
function report(call, error) {
  if (consoleError) outside(() => apply(consoleError, console, [error]));
  if (call.settle) call.settle(undefined);
}

/**
 * The arguments to replay a call with: in their canonical places, with the time in the options and the page at the end.
 * @param {Call} call
 */
function stamped(call) {
  const shape = arrange(call.method, call.args.map(sortOf).join(""));
  if (!shape || EVENT_METHODS.indexOf(call.method) < 0) return call.args;
  const options = (shape >> 23) & 7;
  const args = [];
  for (let i = 0; i < ((shape >> 20) & 7); i++) {
    const slot = (shape >> (4 * i)) & 15;
    args[i] = slot === NONE ? undefined : call.args[slot];
    if (i === options)
      args[i] = { timestamp: new NativeDate(call.time), .../** @type {object} */ (args[i] || {}) };
  }
  args[args.length] = call.page;
  return args;
}

/**
 * Runs something in the next task, sooner than a timer would.
 * @param {() => void} run
 */
function nextTask(run) {
  const channel = new NativeMessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    run();
  };
  channel.port2.postMessage(0);
}
