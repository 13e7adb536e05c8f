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
  addEventListener,
  apply,
  console,
  consoleError,
  doc,
  documentQuerySelector,
  getAttribute,
  getReadyState,
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
/** After so many milliseconds Analytics.js goes on with a callback, whatever became of the event (AN core/callback). */
const TIMEOUT = 300;
const NONE = 15;

/**
 * A held call. `settle` ends the promise the page was given, if it was given one; `ended`: it has, and so have callbacks.
 * @typedef {{
 *   method: string, args: unknown[], time: number, page: object | undefined, settle?: (value: unknown) => void, ended?: boolean,
 * }} Call
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
  /** @type {Call} */
  const call = { method, args: list.map(snapshot), time: now(), page, settle };
  insert(line, line.calls.length, call);
  if (settle || call.args.some(isFunction)) setTimeout(() => goOn(call), TIMEOUT);
}

/** The code of the page that waits for a call goes on in time, as without a choice to wait for. @param {Call} call */
function goOn(call) {
  if (segmentAction() !== ALLOW) guard(() => end(call));
}

/** @param {unknown} value @returns {value is Function} */
function isFunction(value) {
  return typeof value === "function";
}

/** Whether a call of a method waits. @param {Line} line @param {string} method */
export function waits(line, method) {
  return line.calls.some((call) => call.method === method);
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
  end(call);
}

/**
 * The page as it is now, in the shape the official snippet uses since version 5.
 */
function pageContext() {
  const page = pageNow();
  if (getReadyState(doc) === "loading") {
    if (!unread.length)
      addEventListener(doc, "DOMContentLoaded", () => guard(readOn), { once: true });
    push(unread, page);
  }
  return page;
}

function pageNow() {
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

/** Pages of which the parser may not have come to all that Analytics.js would find. @type {ReturnType<typeof pageNow>[]} */
const unread = [];

/** The title and the canonical URL may stand behind the script that called. */
function readOn() {
  const page = pageNow();
  for (const one of splice(unread, 0, unread.length)) {
    if (one.u !== page.u) continue;
    one.c = one.c || page.c;
    one.t = one.t || page.t;
  }
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
  for (const line of lines) {
    endCalls(line);
    tellCalm(line);
  }
}

/** @param {Line} line */
function endCalls(line) {
  const ended = line.calls;
  line.calls = [];
  line.earlier = 0;
  for (const call of ended) end(call);
}

/**
 * Ends a call for the page's code, whether it will be sent later or not. What it is given looks like Analytics.js's own.
 * @param {Call} call
 */
function end(call) {
  const context = contextOf(call);
  if (call.ended) return context;
  call.ended = true;
  if (call.settle) call.settle(context);
  const callback = call.args.find(isFunction);
  if (callback) later(() => callback(context));
  return context;
}

/** What the arguments of a call are in its event (Segment's Spec). @type {Record<string, string[]>} */
const MEMBERS = {
  track: ["event", "properties"],
  page: ["category", "name", "properties"],
  screen: ["category", "name", "properties"],
  identify: ["userId", "traits"],
  group: ["groupId", "traits"],
  alias: ["userId", "previousId"],
};

/** A call as callbacks and promises get it (AN core/context). @param {Call} call */
function contextOf(call) {
  /** @type {Record<string, unknown>} */
  const event = { type: call.method };
  const args = stamped(call);
  (MEMBERS[call.method] || []).forEach((name, i) => {
    if (args[i] !== undefined) event[name] = args[i];
  });
  return { attempts: 0, event, logs: () => [] };
}

/**
 * Ends a call that is made while Segment is denied.
 * @param {string} method
 * @param {ArrayLike<unknown>} args
 * @returns {object} what its promise is to give
 */
export function refuseCall(method, args) {
  const list = Array.from(args);
  if (isPageContext(list[list.length - 1])) list.pop();
  return end({ method, args: list, time: now(), page: undefined });
}

/** What is to be told when a line is calm. @type {WeakMap<Line, (() => void)[]>} */
const calm = new NativeWeakMap();

/**
 * Runs something of the page's when no call waits any more: what was called before comes first.
 * @param {Line} line
 * @param {() => void} run
 */
export function whenCalm(line, run) {
  if (line.calls.length === 0 && !line.replaying) return run();
  const waiting = mapGet(calm, line) || [];
  push(waiting, run);
  mapSet(calm, line, waiting);
}

/** @param {Line} line */
function tellCalm(line) {
  const waiting = mapGet(calm, line);
  if (waiting) for (const run of splice(waiting, 0, waiting.length)) later(run);
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
  let pause;

  function step() {
    const start = now();
    while (line.calls.length > 0 && segmentAction() === ALLOW) {
      const call = line.calls[0];
      if (IDENTITY_METHODS.indexOf(call.method) >= 0 && open.length > 0 && !pause) {
        pause = settled(open);
        open = [];
        then(pause, () => {
          step();
        });
        return;
      }
      pause = undefined;
      line.calls.shift();
      push(open, invoke(/** @type {Instance} */ (instance), call));
      count++;
      if (now() - start >= SLICE) {
        nextTask(step);
        return;
      }
    }
    line.replaying = false;
    if (line.calls.length === 0) tellCalm(line);
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
    const args = stamped(call);
    // From here on it is Analytics.js that ends it.
    call.ended = true;
    const result = apply(methods[call.method], target, args);
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
  const given = call.ended ? call.args.map(withoutCallback) : call.args;
  const shape = arrange(call.method, given.map(sortOf).join(""));
  if (!shape || EVENT_METHODS.indexOf(call.method) < 0) return given;
  const options = (shape >> 23) & 7;
  const args = [];
  for (let i = 0; i < ((shape >> 20) & 7); i++) {
    const slot = (shape >> (4 * i)) & 15;
    args[i] = slot === NONE ? undefined : given[slot];
    // Older versions of Analytics.js take the options for the properties where there are none.
    if (i === options - 1 && args[i] === undefined && call.method !== "alias") args[i] = {};
    if (i === options)
      args[i] = { timestamp: new NativeDate(call.time), .../** @type {object} */ (args[i] || {}) };
  }
  args[args.length] = call.page;
  return args;
}

/** A callback that was called is not called again. @param {unknown} value */
function withoutCallback(value) {
  return isFunction(value) ? undefined : value;
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
