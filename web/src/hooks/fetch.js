/** fetch: held as a pending promise, refused as a failed one. */
import { hold } from "../effects.js";
import { actionOf, decidePlace, place, refusalOf } from "../gate.js";
import {
  addEventListener,
  apply,
  fetch,
  getRequestSignal,
  getRequestURL,
  NativePromise,
  NativeRequest,
  NativeResponse,
  NativeTypeError,
  win,
} from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { ALLOW, DROP, KIND_FETCH, REFUSE_EMPTY, REFUSE_PENDING } from "../gen/abi.js";

export function hookFetch() {
  return wrapMethod(win, "fetch", onFetch);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onFetch(native, self, args) {
  if (args.length === 0) return apply(native, self, args);
  const url = urlOf(args[0]);
  if (url === undefined) return apply(native, self, args);
  if (typeof args[0] !== "object" || !isRequest(args[0])) args[0] = url;
  const where = place(url);
  const decision = decidePlace(KIND_FETCH, where);
  if (!where || actionOf(decision) === ALLOW) return apply(native, self, args);
  if (actionOf(decision) === DROP && refusalOf(decision) !== REFUSE_PENDING)
    return refuse(refusalOf(decision));
  return wait(where, args, self);
}

/**
 * The URL of a request, converted once so that a getter or toString cannot answer twice. Undefined when the conversion
 * throws: then the native call throws the same.
 * @param {any} input
 * @returns {string | undefined}
 */
function urlOf(input) {
  if (typeof input === "string") return input;
  try {
    return isRequest(input) ? getRequestURL(input) : `${input}`;
  } catch {
    return undefined;
  }
}

/** @param {any} input */
function isRequest(input) {
  try {
    getRequestURL(input);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {import("../gate.js").Place} where
 * @param {any[]} args
 * @param {any} self
 */
function wait(where, args, self) {
  /** @type {Request} */
  let request;
  try {
    // The request is made now, so that its body, headers and options are what they were at the call.
    request = new NativeRequest(args[0], args[1]);
  } catch (error) {
    return NativePromise.reject(error);
  }
  return new NativePromise((resolve, reject) => {
    const letGo = hold({
      kind: KIND_FETCH,
      host: where.host,
      rest: where.path,
      target: where.target,
      resume: () => resolve(apply(fetch, self, [request])),
      cancel: (refusal) => resolve(refuse(refusal)),
    });
    const signal = getRequestSignal(request);
    addEventListener(signal, "abort", () => {
      letGo();
      reject(signal.reason);
    });
    if (signal.aborted) {
      letGo();
      reject(signal.reason);
    }
  });
}

/** @param {number} refusal */
function refuse(refusal) {
  if (refusal === REFUSE_EMPTY) {
    return NativePromise.resolve(
      new NativeResponse('{"success":true}', {
        status: 200,
        headers: { "content-type": "application/json" },
      }),
    );
  }
  return NativePromise.reject(new NativeTypeError("Failed to fetch"));
}
