/**
 * The queues of analytics calls: what the page called while Segment was held, with the time and the page of the call, and
 * the replay of it on the instance that it was meant for, one by one and in order.
 */
import { carried, carry } from "./carry.js";
import { arrange } from "./engine.js";
import { emit, outside } from "./events.js";
import { guard, later } from "./effects.js";
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
  listen,
  mapGet,
  mapSet,
  NativeDate,
  NativeMessageChannel,
  NativePromise,
  NativeWeakMap,
  now,
  pageAddress,
  push,
  setTimeout,
  splice,
  then,
  win,
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

/** An instance of Analytics.js, with its own methods. @typedef {{ target: any, methods: Record<string, Function> }} Instance */

/**
 * The calls for one instance: those on the snippet's stub, on what load() of npm returned, or on itself. It starts before it can be
 * called (loading.js). Those of earlier pages, asked for once, are the first.
 * @typedef {{
 *   calls: Call[], target: any, starting?: Instance, instance?: Instance, replaying: boolean, asked: boolean, earlier: number,
 * }} Line
 */

/** @type {Line[]} */
const lines = [];
/** By what the page calls: a stub, what load() returned, an instance. @type {WeakMap<object, Line>} */
const known = new NativeWeakMap();
let limit = 1000;
let dropped = 0;
let leaving = false;

/** @param {number} most */
export function limitQueue(most) {
  limit = most;
}

/** The calls for what an object stands for; undefined when nobody knows it. @param {any} target @returns {Line | undefined} */
export function lineOf(target) {
  return mapGet(known, target);
}

/**
 * Begins a line for an object.
 * @param {any} target
 */
export function beginLine(target) {
  /** @type {Line} */
  const line = { calls: [], target, replaying: false, asked: false, earlier: 0 };
  push(lines, line);
  mapSet(known, target, line);
  return line;
}

/**
 * An instance turns out to be the one that other calls were meant for: its own come before those.
 * @param {any} target
 * @param {Line} line
 */
export function joinLine(target, line) {
  const own = lineOf(target);
  mapSet(known, target, line);
  if (!own || own === line) return;
  splice(lines, lines.indexOf(own), 1);
  for (let i = 0; i < own.calls.length; i++) splice(line.calls, i, 0, own.calls[i]);
  own.calls = [];
  line.starting = own.starting;
  line.asked = own.asked;
  line.earlier = own.earlier;
  if (own.instance) connect(line, own.instance);
}

/** How many calls wait, and how many were dropped because the limit was reached. */
export function queueState() {
  let length = 0;
  for (let i = 0; i < lines.length; i++) length += lines[i].calls.length;
  return { length, dropped };
}

/** Whether calls may go straight to the instance. @param {Line} line */
export function passing(line) {
  return line.calls.length === 0 && !line.replaying && segmentAction() === ALLOW;
}

/**
 * Keeps a call as it is now. When the limit is reached the call is dropped and counted: the earliest calls say who the
 * visitor is and where they came in.
 * @param {Line} line
 * @param {string} method
 * @param {ArrayLike<unknown>} args
 * @param {(value: unknown) => void} [settle]
 */
export function enqueue(line, method, args, settle) {
  const list = [];
  for (let i = 0; i < args.length; i++) list[i] = args[i];
  const last = list[list.length - 1];
  const page = isPageContext(last) ? /** @type {object} */ (list.pop()) : pageContext();
  insert(line, line.calls.length, { method, args: list.map(snapshot), time: now(), page, settle });
}

/** @typedef {{ time: number, page: object }} Moment when a call was made, in milliseconds since 1970, and on which page */

/** @returns {Moment} */
export function momentNow() {
  return { time: now(), page: pageContext() };
}

/**
 * Keeps a call that belongs to an earlier moment, before others that wait.
 * @param {Line} line
 * @param {number} place how many calls of this page are before it
 * @param {string} method
 * @param {unknown[]} args
 * @param {Moment} moment
 */
export function enqueueAt(line, place, method, args, { time, page }) {
  insert(line, line.earlier + place, { method, args: args.map(snapshot), time, page });
}

/** @param {Line} line @param {number} place @param {Call} call */
function insert(line, place, call) {
  if (queueState().length < limit) {
    splice(line.calls, place, 0, call);
    if (leaving) keepForNext(line);
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
  for (const line of lines) endCalls(line);
}

/** @param {Line} line */
function endCalls(line) {
  const ended = line.calls;
  line.calls = [];
  line.earlier = 0;
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
 * @param {Line} line
 * @param {Instance} instance that has started
 */
export function connect(line, instance) {
  line.instance = instance;
  replayLine(line);
}

/**
 * An instance starts: calls of earlier pages come before those that it is given now.
 * @param {Line} line
 * @param {Instance} instance
 */
export function begin(line, instance) {
  line.starting = instance;
  if (segmentAction() === ALLOW) askForEarlier(line);
}

/** @param {Line} line */
function askForEarlier(line) {
  if (line.asked) return;
  line.asked = true;
  const earlier = carried(writeKeyOf(line));
  for (let i = 0; i < earlier.length; i++) splice(line.calls, i, 0, earlier[i]);
  line.earlier = earlier.length;
}

/** The write key of the source that a line's calls are meant for; "" where it cannot be told. @param {Line} line @returns {string} */
function writeKeyOf({ instance, starting, target }) {
  const known = instance || starting;
  const key = known ? known.target.settings && known.target.settings.writeKey : target._writeKey;
  return typeof key === "string" ? key : "";
}

/** Keeps what waits when the visitor leaves, as far as Segment may have it, and goes on with it when the visitor comes back. */
export function hearLeaving() {
  listen(win, "pagehide", () => {
    leaving = true;
    guard(() => lines.forEach(keepForNext));
  });
  listen(win, "pageshow", () => {
    if (!leaving) return;
    leaving = false;
    for (const line of lines) line.asked = false;
    guard(replay);
  });
}

/** @param {Line} line */
function keepForNext(line) {
  const { calls } = line;
  if (calls.length === 0 || segmentAction() !== ALLOW) return;
  const writeKey = writeKeyOf(line);
  // Of several sources none may get another's.
  if ((!writeKey && lines.length > 1) || storesNothing(line)) return;
  if (carry(writeKey, calls, limit)) endCalls(line);
}

/** Whether the site wants nothing of Segment's to be stored (load(KEY, { disableClientPersistence: true })). @param {Line} line */
function storesNothing({ instance, starting, target }) {
  const known = instance || starting;
  const options = known ? known.target.options : target._loadOptions;
  return !!options && !!options.disableClientPersistence;
}

/** The instances that have started, or do so now. */
export function instances() {
  /** @type {Instance[]} */
  const found = [];
  for (let i = 0; i < lines.length; i++) {
    const one = lines[i].instance || lines[i].starting;
    if (one) push(found, one);
  }
  return found;
}

/** Replays what waits, where Segment may run and has started. */
export function replay() {
  for (const line of lines) replayLine(line);
}

/** @param {Line} line */
function replayLine(line) {
  const { instance } = line;
  if (!instance || segmentAction() !== ALLOW) return;
  askForEarlier(line);
  if (line.replaying || line.calls.length === 0) return;
  line.replaying = true;
  line.earlier = 0;
  /** @type {Promise<unknown>[]} */
  let open = [];
  let count = 0;
  /** @type {Promise<unknown> | undefined} */
  let calm;

  function step() {
    const start = now();
    while (line.calls.length > 0 && segmentAction() === ALLOW) {
      const call = line.calls[0];
      if (IDENTITY_METHODS.indexOf(call.method) >= 0 && open.length > 0 && !calm) {
        calm = settled(open);
        open = [];
        then(calm, () => {
          step();
        });
        return;
      }
      calm = undefined;
      line.calls.shift();
      push(open, invoke(/** @type {Instance} */ (instance), call));
      count++;
      if (now() - start >= SLICE) {
        nextTask(step);
        return;
      }
    }
    line.replaying = false;
    emit("replay", { count, left: queueState().length });
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
 * @param {Instance} instance
 * @param {Call} call
 * @returns {Promise<unknown>} ends when the call has been sent; never fails
 */
function invoke({ target, methods }, call) {
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
    // Older versions of Analytics.js take the options for the properties where there are none.
    if (i === options - 1 && args[i] === undefined && call.method !== "alias") args[i] = {};
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
