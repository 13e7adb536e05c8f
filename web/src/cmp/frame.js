/**
 * Standards inside a frame: the CMP is in a page above, which answers by messages (IAB CMP APIs, "Is there a sample
 * script to call the CMP API from within an iframe"). Only the window that was asked may answer, and only to a call that
 * it was sent.
 */
import { attempt } from "../effects.js";
import {
  listen,
  create,
  getParent,
  parseJSON,
  randomValues,
  NativeUint8Array,
  win,
} from "../natives.js";

/** What was found, by name. @type {Record<string, Function | undefined>} */
const found = create(null);

/**
 * The function of a standard in the nearest page above that has a locator for it.
 * @param {string} name as of the global
 */
export function locate(name) {
  /** @type {any} */
  let frame = win;
  let above = getParent(win);
  while (!found[name] && frame !== above) {
    frame = above;
    above = frame.parent;
    // A page of another origin that has no frame of that name throws.
    attempt(() => {
      if (frame.frames[name + "Locator"]) found[name] = remote(frame, name);
    });
  }
  return found[name];
}

/**
 * @param {any} frame
 * @param {string} name
 */
function remote(frame, name) {
  /** @type {Record<string, Function>} */
  const calls = create(null);
  listen(win, "message", (/** @type {MessageEvent} */ event) => {
    if (event.source !== frame) return;
    attempt(() => {
      const data = typeof event.data === "string" ? parseJSON(event.data) : event.data;
      const answer = data[name + "Return"];
      calls[answer.callId](answer.returnValue, answer.success);
    });
  });
  return (/** @type {string} */ command, /** @type {any} */ a, /** @type {any} */ b) => {
    const callId = `${randomValues(new NativeUint8Array(16))}`;
    const [version, callback] = typeof a === "function" ? ["1.1", a] : [a, b];
    calls[callId] = callback;
    frame.postMessage({ [name + "Call"]: { command, version, callId } }, "*");
  };
}
