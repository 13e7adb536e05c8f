/** XMLHttpRequest: send waits, or ends as a request that failed (or, where the rule says so, that was answered empty). */
import { hold, later } from "../effects.js";
import { actionOf, decidePlace, place, refusalOf } from "../gate.js";
import {
  apply,
  defineProperty,
  dispatchEvent,
  mapDelete,
  mapGet,
  mapSet,
  NativeDOMException,
  NativeEvent,
  NativeWeakMap,
  win,
} from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { ALLOW, DROP, KIND_XHR, REFUSE_EMPTY, REFUSE_PENDING } from "../gen/abi.js";

/**
 * What open() was told.
 * @typedef {{ where: import("../gate.js").Place | undefined, sync: boolean, letGo?: () => void, sent?: boolean }} Opened
 */
const opened = new NativeWeakMap();

/** What a request that never left shows instead of its native members. */
const SHOWN = ["readyState", "status", "statusText", "responseText", "response"];

export function hookXHR() {
  const prototype = win.XMLHttpRequest && win.XMLHttpRequest.prototype;
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
  if (args.length > 1) args[1] = `${args[1]}`;
  const result = apply(native, self, args);
  forget(self);
  mapSet(opened, self, { where: place(args[1]), sync: args.length > 2 && !args[2] });
  return result;
}

/** @param {any} self */
function forget(self) {
  const state = /** @type {Opened | undefined} */ (mapGet(opened, self));
  if (!state) return;
  if (state.letGo) state.letGo();
  mapDelete(opened, self);
  for (const name of SHOWN) delete self[name];
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onAbort(native, self, args) {
  const state = /** @type {Opened | undefined} */ (mapGet(opened, self));
  const waited = !!(state && state.letGo);
  forget(self);
  const result = apply(native, self, args);
  if (waited) fire(self, ["abort", "loadend"]);
  return result;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onSend(native, self, args) {
  const state = /** @type {Opened | undefined} */ (mapGet(opened, self));
  if (!state || !state.where) return apply(native, self, args);
  const decision = decidePlace(KIND_XHR, state.where);
  if (actionOf(decision) === ALLOW) return apply(native, self, args);
  if (state.sent)
    throw new NativeDOMException("The object's state must be OPENED.", "InvalidStateError");
  if (state.sync) throw new NativeDOMException("Failed to load", "NetworkError");
  state.sent = true;
  if (actionOf(decision) === DROP && refusalOf(decision) !== REFUSE_PENDING) {
    refuse(self, state, refusalOf(decision));
    return;
  }
  state.letGo = hold({
    kind: KIND_XHR,
    host: state.where.host,
    rest: state.where.path,
    target: state.where.target,
    resume: () => {
      state.letGo = undefined;
      apply(native, self, args);
    },
    cancel: (refusal) => {
      state.letGo = undefined;
      refuse(self, state, refusal);
    },
  });
}

/**
 * Ends a request that never left: as a network error, or as an empty success.
 * @param {any} self
 * @param {Opened} state
 * @param {number} refusal
 */
function refuse(self, state, refusal) {
  const body = refusal === REFUSE_EMPTY ? '{"success":true}' : "";
  const values = [4, body ? 200 : 0, body ? "OK" : "", body, body];
  later(() => {
    if (mapGet(opened, self) !== state) return;
    SHOWN.forEach((name, i) =>
      defineProperty(self, name, { value: values[i], configurable: true }),
    );
    fire(self, ["readystatechange", body ? "load" : "error", "loadend"]);
  });
}

/**
 * @param {any} self
 * @param {string[]} types
 */
function fire(self, types) {
  for (const type of types) {
    dispatchEvent(
      self,
      type === "readystatechange" ? new NativeEvent(type) : new win.ProgressEvent(type),
    );
  }
}
