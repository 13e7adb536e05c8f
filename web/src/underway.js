/** Requests to Segment's tracking API that are under way: a denial ends them, be it while the browser still asks whether it may send. */
import {
  addEventListener,
  apply,
  getRequestSignal,
  isAborted,
  NativeAbortController,
  NativeRequest,
  NativeResponse,
  push,
  splice,
  then,
} from "./natives.js";

/** @typedef {{ stop: AbortController, denied: boolean }} Underway */

/** @type {Underway[]} */
let all = [];

/** What Analytics.js takes for delivered. */
export function emptySuccess() {
  return new NativeResponse('{"success":true}', {
    status: 200,
    headers: { "content-type": "application/json" },
  });
}

/**
 * Sends a request that a denial ends; whoever made it gets an empty success then.
 * @param {Function} native fetch
 * @param {any} self
 * @param {any} input
 * @param {any} [init]
 * @returns {Promise<Response>}
 */
export function sendUnderway(native, self, input, init) {
  const stop = new NativeAbortController();
  const own = init && init.signal;
  const signal = own || (input instanceof NativeRequest && getRequestSignal(input));
  if (signal) {
    if (isAborted(signal)) return apply(native, self, [input, init]);
    addEventListener(signal, "abort", () => stop.abort(signal.reason));
  }
  /** @type {Underway} */
  const one = { stop, denied: false };
  push(all, one);
  return then(
    apply(native, self, [input, { __proto__: init || null, signal: stop.signal }]),
    (/** @type {Response} */ response) => {
      end(one);
      return response;
    },
    (/** @type {unknown} */ error) => {
      end(one);
      if (one.denied) return emptySuccess();
      throw error;
    },
  );
}

/** @param {Underway} one */
function end(one) {
  const at = all.indexOf(one);
  if (at >= 0) splice(all, at, 1);
}

/** Ends all of them: Segment may not be sent to any more. */
export function stopUnderway() {
  const ended = all;
  all = [];
  for (let i = 0; i < ended.length; i++) {
    ended[i].denied = true;
    ended[i].stop.abort();
  }
}
