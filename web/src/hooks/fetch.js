/**
 * fetch and what fetches in its way: held as a pending promise, refused as a failed one. fetchLater: held or refused behind a
 * result that never fires.
 */
import { against, changeOf, promise, suspend } from "../ask.js";
import { passFetch } from "../destinations.js";
import { guard } from "../effects.js";
import { noteStart } from "../loading.js";
import {
  addEventListener,
  apply,
  charCodeAt,
  getFrameCount,
  getRequestSignal,
  getRequestURL,
  isAborted,
  NativeAbortController,
  NativePromise,
  NativeRequest,
  NativeTypeError,
  pageAddress,
  push,
  win,
} from "../natives.js";
import { emptySuccess } from "../underway.js";
import { isUsual } from "../usual.js";
import { wrapMethod } from "../wrap.js";
import { KIND_FETCH, REFUSE_EMPTY, REFUSE_PENDING } from "../gen/abi.js";

export function hookFetch() {
  wrapMethod(win, "fetchLater", onFetchLater);
  const cache = win.Cache && win.Cache.prototype;
  wrapMethod(cache, "add", onAdd);
  wrapMethod(cache, "addAll", onAddAll);
  const background = win.BackgroundFetchManager && win.BackgroundFetchManager.prototype;
  wrapMethod(background, "fetch", onBackgroundFetch);
  return wrapMethod(win, "fetch", onFetch, passes);
}

/** @param {any} self @param {any[]} args */
function passes(self, args) {
  return (self === undefined || self === win) && typeof args[0] === "string" && isUsual(args[0]);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onFetch(native, self, args) {
  /** @type {Request} */
  let request;
  let where;
  try {
    where = args.length ? against(KIND_FETCH, takeURL(args)) : undefined;
    if (!isWindow(self)) return apply(native, self, args);
    if (!where)
      return args.length ? passFetch(changeOf(), native, self, args) : apply(native, self, args);
    // The request is made now, so that its body, headers and options are what they were at the call.
    request = new NativeRequest(args[0], args[1]);
  } catch (error) {
    return NativePromise.reject(error);
  }
  const change = changeOf();
  if (change === REFUSE_PENDING) guard(() => noteStart());
  return wait(where, request, (/** @type {Request} */ it) => passFetch(change, native, self, [it]));
}

/**
 * The URL of a request, converted once so that a getter or toString cannot answer twice.
 * @param {any[]} args
 * @returns {string}
 */
function takeURL(args) {
  const input = args[0];
  if (typeof input === "string") return input;
  try {
    return getRequestURL(input);
  } catch {
    return (args[0] = `${input}`);
  }
}

/** @param {any} self what a function of the window was called on */
function isWindow(self) {
  try {
    return self === undefined || self === null || getFrameCount(self) >= 0;
  } catch {
    return false;
  }
}

/**
 * @param {import("../ask.js").Against} where
 * @param {Request} request
 * @param {(request: Request) => Promise<Response>} send
 */
function wait(where, request, send) {
  const signal = getRequestSignal(request);
  return new NativePromise((resolve, reject) => {
    if (isAborted(signal)) return reject(signal.reason);
    const letGo = suspend(
      KIND_FETCH,
      where,
      () => resolve(send(request)),
      (refusal) => (refusal === REFUSE_EMPTY ? resolve(emptySuccess()) : reject(failure())),
    );
    addEventListener(signal, "abort", () => {
      letGo();
      reject(signal.reason);
    });
  });
}

/** A network error, in the words of the browser. */
function failure() {
  const vendor = charCodeAt(win.navigator.vendor, 0);
  return new NativeTypeError(
    vendor === 71
      ? "Failed to fetch"
      : vendor === 65
        ? "Load failed"
        : "NetworkError when attempting to fetch resource.",
  );
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onFetchLater(native, self, args) {
  const where = args.length ? against(KIND_FETCH, takeURL(args)) : undefined;
  if (!where || !isWindow(self)) return apply(native, self, args);
  // The caller gets a result of its own kind: that of a request to this page which is given up at once.
  const stop = new NativeAbortController();
  const result = apply(native, self, [pageAddress().href, { signal: stop.signal }]);
  stop.abort();
  suspend(
    KIND_FETCH,
    where,
    () => apply(native, self, args),
    () => {},
  );
  return result;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onAdd(native, self, args) {
  if (!args.length) return apply(native, self, args);
  const all = [args[0]];
  return afterAll(all, () => apply(native, self, all));
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onAddAll(native, self, args) {
  const all = listOf(args[0]);
  // The native function says that it is none.
  if (!all) return apply(native, self, args);
  return afterAll(all, () => apply(native, self, [all]));
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onBackgroundFetch(native, self, args) {
  if (args.length < 2) return apply(native, self, args);
  const all = listOf(args[1]) || [args[1]];
  return afterAll(all, () => apply(native, self, [args[0], all, args[2]]));
}

/** An object that may be iterated over, as a list; undefined if it may not. @param {any} value */
export function listOf(value) {
  if (typeof value !== "object") return undefined;
  /** @type {any[]} */
  const all = [];
  try {
    for (const input of value) push(all, input);
  } catch {
    return undefined;
  }
  return all;
}

/**
 * What a browser fetches by itself, as a cache does (Service Workers 5.4.5 and 5.4.6), waits for the first of its requests that may not go.
 * @param {any[]} inputs URLs and requests; converted here
 * @param {() => any} go
 * @returns {any}
 */
export function afterAll(inputs, go) {
  try {
    for (let i = 0; i < inputs.length; i++) {
      const one = [inputs[i]];
      const where = against(KIND_FETCH, takeURL(one));
      inputs[i] = one[0];
      if (where) return promise(KIND_FETCH, where, () => afterAll(inputs, go), fail);
    }
  } catch (error) {
    return NativePromise.reject(error);
  }
  return go();
}

/** @returns {never} */
function fail() {
  throw failure();
}
