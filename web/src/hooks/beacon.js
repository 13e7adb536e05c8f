/** navigator.sendBeacon: held as accepted, refused as false. */
import { against, changeOf, suspend, WAIT } from "../ask.js";
import { withConsent } from "../destinations.js";
import { apply, getUserAgent, NativeRequest, requestBlob, then, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { KIND_BEACON } from "../gen/abi.js";

export function hookBeacon() {
  return wrapMethod(win.Navigator && win.Navigator.prototype, "sendBeacon", onBeacon);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onBeacon(native, self, args) {
  if (args.length === 0) return apply(native, self, args);
  args[0] = `${args[0]}`;
  const where = against(KIND_BEACON, args[0]);
  const change = changeOf();
  const send = () =>
    withConsent(
      change,
      args[1],
      (body) => apply(native, self, args.length > 1 ? [args[0], body] : args),
      () => true,
    );
  if (!isNavigator(self)) return apply(native, self, args);
  if (!where) return !!send();
  if (where.refusal === WAIT) keepBody(args);
  suspend(KIND_BEACON, where, send, () => {});
  return where.refusal === WAIT;
}

/** Whether something is a navigator, be it a frame's. @param {any} self */
function isNavigator(self) {
  try {
    return !!getUserAgent(self);
  } catch {
    return false;
  }
}

/**
 * Copies a body that the page could still change.
 * @param {any[]} args
 */
function keepBody(args) {
  if (typeof args[1] !== "object" || args[1] === null) return;
  const request = new NativeRequest("", { method: "POST", body: args[1] });
  then(requestBlob(request), (/** @type {Blob} */ blob) => {
    args[1] = blob;
  });
}
