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

/** How each of them is ended. @type {(() => void)[]} */
let all = [];

/** What Analytics.js takes for delivered. */
export function emptySuccess() {
  return new NativeResponse('{"success":true}', {
    status: 200,
    headers: { "content-type": "application/json" },
  });
}

/**
 * Takes note of a request that has been sent. Returns what must be called when it has ended.
 * @param {() => void} stop ends it
 */
export function isUnderway(stop) {
  push(all, stop);
  return () => {
    const at = all.indexOf(stop);
    if (at >= 0) splice(all, at, 1);
  };
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
  let denied = false;
  const end = isUnderway(() => {
    denied = true;
    stop.abort();
  });
  return then(
    apply(native, self, [input, { __proto__: init || null, signal: stop.signal }]),
    (/** @type {Response} */ response) => {
      end();
      return response;
    },
    (/** @type {unknown} */ error) => {
      end();
      if (denied) return emptySuccess();
      throw error;
    },
  );
}

/** Ends all of them: Segment may not be sent to any more. */
export function stopUnderway() {
  const ended = all;
  all = [];
  for (let i = 0; i < ended.length; i++) ended[i]();
}
