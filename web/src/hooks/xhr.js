/** XMLHttpRequest: send waits, or ends as a request that failed (or, where the rule says so, that was answered empty). */
import { upper } from "../above.js";
import { against, changeOf, suspend, WAIT } from "../ask.js";
import { withConsent } from "../destinations.js";
import { later } from "../effects.js";
import {
  abortXHR,
  addEventListener,
  apply,
  doc,
  getBaseURI,
  getResponseType,
  getTimeout,
  getUpload,
  mapGet,
  mapSet,
  NativeDOMException,
  NativeProgressEvent,
  NativeWeakMap,
  NativeXMLHttpRequest,
  setTimeout,
} from "../natives.js";
import { fire, show, unshow } from "../standin.js";
import { isUnderway } from "../underway.js";
import { isHomeStrange } from "../usual.js";
import { wrapMethod } from "../wrap.js";
import { resolve } from "./tame.js";
import { KIND_XHR, REFUSE_EMPTY } from "../gen/abi.js";

/**
 * What open() was told, and how to let go of the request while it is held.
 * @typedef {{ url: string, sync: boolean, letGo?: () => void }} Opened
 */

/** One for all realms: open() may be one realm's and send() another's. @type {WeakMap<object, Opened>} */
export const opened = upper ? upper.opened : new NativeWeakMap();

const EMPTY = '{"success":true}';

export function hookXHR() {
  const prototype = NativeXMLHttpRequest && NativeXMLHttpRequest.prototype;
  wrapMethod(prototype, "open", onOpen);
  wrapMethod(prototype, "abort", onAbort);
  return wrapMethod(prototype, "send", onSend);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onOpen(native, self, args) {
  if (args.length > 1) {
    args[0] = `${args[0]}`;
    args[1] = `${args[1]}`;
  }
  const result = apply(native, self, args);
  const before = mapGet(opened, self);
  if (before && before.letGo) before.letGo();
  if (before) unshow(self);
  // Till it is sent the base URL may be another.
  const url = isHomeStrange() ? resolve(args[1], getBaseURI(doc)) : args[1];
  mapSet(opened, self, { url, sync: args.length > 2 && !args[2] });
  return result;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onAbort(native, self, args) {
  const state = mapGet(opened, self);
  const result = apply(native, self, args);
  if (state && state.letGo) {
    end(self, state, ["abort"]);
    display(self, { readyState: 0 });
  }
  return result;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onSend(native, self, args) {
  const state = /** @type {Opened | undefined} */ (mapGet(opened, self));
  const where = state && against(KIND_XHR, state.url);
  const change = state ? changeOf() : 0;
  const go = () =>
    withConsent(
      change,
      args[0],
      (body) => {
        const result = apply(native, self, args.length ? [body] : []);
        if (state && change === REFUSE_EMPTY) sent(self, state);
        return result;
      },
      () => {
        if (!state) return;
        if (state.sync) return display(self, success(self));
        display(self, {});
        state.letGo = () => {};
        later(() => end(self, state, ["load"], success(self)));
      },
      state && state.sync,
    );
  if (!state || !where) return go();
  if (state.sync) {
    if (where.refusal === REFUSE_EMPTY) return display(self, success(self));
    throw new NativeDOMException(`Failed to load '${where.target}'.`, "NetworkError");
  }
  display(self, {});
  const time = getTimeout(self);
  const body = args.length && args[0] !== null && args[0] !== undefined;
  if (where.refusal !== WAIT) {
    fire(self, ["loadstart"], NativeProgressEvent);
    if (body) fire(getUpload(self), ["loadstart"], NativeProgressEvent);
  }
  state.letGo = () => {};
  state.letGo = suspend(
    KIND_XHR,
    where,
    () => {
      state.letGo = undefined;
      unshow(self);
      go();
    },
    (refusal) =>
      later(() => {
        if (refusal === REFUSE_EMPTY) end(self, state, ["load"], success(self));
        else end(self, state, ["error"], {}, body);
      }),
  );
  if (time && where.refusal === WAIT)
    setTimeout(() => end(self, state, ["timeout"], {}, body), time);
}

/**
 * Lets a denial abort a request to the tracking API.
 * @param {any} self
 * @param {Opened} state
 */
function sent(self, state) {
  const ended = isUnderway(() => {
    if (mapGet(opened, self) === state) abortXHR(self);
  });
  addEventListener(self, "loadend", ended, /** @type {any} */ ({ __proto__: null, once: true }));
}

/**
 * Ends a request that never left, unless it has been released, aborted or opened anew.
 * @param {any} self
 * @param {Opened} state
 * @param {string[]} types
 * @param {Record<string, any>} [values]
 * @param {any} [body] whether there was something to upload
 */
function end(self, state, types, values = {}, body) {
  if (!state.letGo || mapGet(opened, self) !== state) return;
  state.letGo();
  state.letGo = undefined;
  const type = getResponseType(self);
  const nothing =
    !type || type === "text" ? { response: "", responseText: "" } : { response: null };
  display(self, { readyState: 4, status: 0, ...nothing, ...values });
  const all = types.concat("loadend");
  fire(self, ["readystatechange"]);
  if (body) fire(getUpload(self), all, NativeProgressEvent);
  fire(self, all, NativeProgressEvent);
}

/** What a request that was answered empty shows. @param {any} self */
function success(self) {
  const type = getResponseType(self);
  const text = !type || type === "text" ? { responseText: EMPTY, response: EMPTY } : {};
  const json = type === "json" ? { response: { success: true } } : {};
  return { readyState: 4, status: 200, statusText: "OK", ...text, ...json };
}

/**
 * Lets a request that was sent, as the page sees it, show values; what may not be called any more throws.
 * @param {any} self
 * @param {Record<string, any>} values
 */
function display(self, values) {
  const refuse = () => {
    throw new NativeDOMException("The object's state must be OPENED.", "InvalidStateError");
  };
  show(NativeXMLHttpRequest.prototype, self, {
    __proto__: null,
    send: refuse,
    setRequestHeader: refuse,
    ...values,
  });
}
