/** The queues of analytics calls: what the page called while Segment was held, with the time and the page of the call. */
import { upper } from "./above.js";
import { end, isFunction } from "./call.js";
import { carried, carry } from "./carry.js";
import { guard, later } from "./effects.js";
import { segmentAction } from "./gate.js";
import { isPageContext, pageContext } from "./moment.js";
import {
  indexIn,
  mapGet,
  mapSet,
  NativeWeakMap,
  now,
  push,
  setTimeout,
  splice,
} from "./natives.js";
import { snapshot } from "./snapshot.js";
import { ALLOW } from "./gen/abi.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./moment.js").Moment} Moment */

/** After so many milliseconds Analytics.js goes on with a callback, whatever became of the event (AN core/callback). */
const TIMEOUT = 300;

/** An instance of Analytics.js, with its own methods. @typedef {{ target: any, methods: Record<string, Function> }} Instance */

/**
 * The calls for one instance: those on the snippet's stub, on what load() of npm returned, or on itself. It starts before it can be
 * called (loading.js). Those of earlier pages, asked for once, are the first.
 * @typedef {{
 *   calls: Call[], target: any, starting?: Instance, instance?: Instance, replaying: boolean, asked: boolean, earlier: number,
 * }} Line
 */

/** Those of this realm. @type {Line[]} */
export const lines = [];
/**
 * What all realms share: the queues of each that has some, and how many calls are kept in all.
 * @type {{ realms: Line[][], limit: number, dropped: number }}
 */
export const queues = upper ? upper.queues : { realms: [], limit: 1000, dropped: 0 };
/** By what the page calls: a stub, what load() returned, an instance. @type {WeakMap<object, Line>} */
const known = new NativeWeakMap();
let leaving = false;

/** @param {number} most */
export function limitQueue(most) {
  queues.limit = most;
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
  joinQueues();
  push(lines, line);
  mapSet(known, target, line);
  return line;
}

/**
 * An instance turns out to be the one that other calls were meant for: its own come before those.
 * @param {any} target
 * @param {Line} line
 * @returns {Instance | undefined} what it is connected with, if it has started: the line is to be, too
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
  return own.instance;
}

/** How many calls wait, and how many were dropped because the limit was reached. */
export function queueState() {
  const { realms, dropped } = queues;
  let length = 0;
  for (let i = 0; i < realms.length; i++)
    for (let at = 0; at < realms[i].length; at++) length += realms[i][at].calls.length;
  return { length, dropped };
}

function joinQueues() {
  if (indexIn(queues.realms, lines) < 0) push(queues.realms, lines);
}

/** The realm is gone, or another gate's: what waits in it is nobody's. */
export function leaveQueues() {
  const at = indexIn(queues.realms, lines);
  if (at >= 0) splice(queues.realms, at, 1);
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

/** Whether a call of a method waits. @param {Line} line @param {string} method */
export function waits(line, method) {
  return line.calls.some((call) => call.method === method);
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
  if (queueState().length < queues.limit) {
    splice(line.calls, place, 0, call);
    if (leaving) keepForNext(line);
    return;
  }
  queues.dropped++;
  end(call);
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
export function tellCalm(line) {
  const waiting = mapGet(calm, line);
  if (waiting) for (const run of splice(waiting, 0, waiting.length)) later(run);
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
export function askForEarlier(line) {
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

/** The page is left: what waits and was granted is kept for the site's next one. */
export function leave() {
  leaving = true;
  lines.forEach(keepForNext);
}

/** The page is shown. Returns whether the visitor comes back to it. */
export function comeBack() {
  const back = leaving;
  leaving = false;
  if (back) for (const line of lines) line.asked = false;
  if (back && lines.length) joinQueues();
  return back;
}

/** @param {Line} line */
function keepForNext(line) {
  const { calls } = line;
  if (calls.length === 0 || segmentAction() !== ALLOW) return;
  const writeKey = writeKeyOf(line);
  // Of several sources none may get another's.
  if ((!writeKey && lines.length > 1) || storesNothing(line)) return;
  if (carry(writeKey, calls, queues.limit)) endCalls(line);
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
