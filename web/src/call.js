/** A call on Segment's objects that is held or refused: what it will be replayed with, and what the page's code gets meanwhile. */
import { arrange } from "./engine.js";
import { later } from "./effects.js";
import { isPageContext } from "./moment.js";
import { NativeDate, now } from "./natives.js";
import { sortOf } from "./snapshot.js";
import { EVENT_METHODS } from "./gen/abi.js";

const NONE = 15;

/**
 * A held call. `settle` ends the promise the page was given, if it was given one; `ended`: it has, and so have callbacks.
 * @typedef {{
 *   method: string, args: unknown[], time: number, page: object | undefined, settle?: (value: unknown) => void, ended?: boolean,
 * }} Call
 */

/** @param {unknown} value @returns {value is Function} */
export function isFunction(value) {
  return typeof value === "function";
}

/**
 * Ends a call for the page's code, whether it will be sent later or not. What it is given looks like Analytics.js's own.
 * @param {Call} call
 */
export function end(call) {
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

/**
 * The arguments to replay a call with: in their canonical places, with the time in the options and the page at the end.
 * @param {Call} call
 */
export function stamped(call) {
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
