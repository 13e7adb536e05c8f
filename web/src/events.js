/**
 * Telling the site: listeners of segmentBlocker.on and CustomEvents on the document. What a listener throws is the
 * page's own error and reaches the page's error handling, never the code that was running.
 */
import { upper } from "./above.js";
import {
  addEventListener,
  apply,
  consoleError,
  consoleLog,
  console,
  dispatchEvent,
  doc,
  getReadyState,
  NativeCustomEvent,
  NativePromise,
  push,
  setTimeout,
  splice,
  then,
} from "./natives.js";

const TYPES = ["consent", "decision", "release", "replay", "erase", "error"];

/** @type {{ type: string, listener: Function }[]} */
const listeners = [];
/** @type {{ type: string, detail: object }[]} */
const waiting = [];
let debug = false;

/** Logs every event on the console from now on. */
export function logEvents() {
  debug = true;
}

/**
 * Calls listener for every event of a type. Returns the function that ends it.
 * @param {string} type
 * @param {Function} listener
 */
export function on(type, listener) {
  if (TYPES.indexOf(type) < 0 || typeof listener !== "function") {
    complain(`on(${textOf(type)}): must be one of ${TYPES.join(", ")}, with a function`);
    return () => {};
  }
  const entry = { type, listener };
  push(listeners, entry);
  return () => {
    const at = listeners.indexOf(entry);
    if (at >= 0) splice(listeners, at, 1);
  };
}

/**
 * Tells everyone, at the end of the running script: a hook never runs page code of its own accord.
 * @param {string} type
 * @param {object} detail
 */
export function emit(type, detail) {
  if (upper) return upper.emit(type, detail);
  push(waiting, { type, detail });
  if (waiting.length === 1) then(NativePromise.resolve(), deliver);
}

function deliver() {
  for (const { type, detail } of splice(waiting, 0, waiting.length)) {
    if (debug) apply(consoleLog, console, ["[segment-blocker]", type, detail]);
    for (const entry of listeners.slice()) {
      if (entry.type === type) outside(() => entry.listener(detail));
    }
    outside(() => dispatchEvent(doc, new NativeCustomEvent("segment-blocker:" + type, { detail })));
  }
}

/**
 * Runs page code so that its errors are the page's.
 * @param {() => unknown} run
 */
export function outside(run) {
  try {
    run();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

/**
 * One clear line for the site's developer.
 * @param {string} text
 */
export function complain(text) {
  if (consoleError) apply(consoleError, console, ["[segment-blocker] " + text]);
}

/** @type {Record<string, boolean>} */
const reported = {};

/**
 * An inner fault: told once under its code, when the document has been parsed, and never thrown.
 * @param {string} code
 * @param {unknown} error
 */
export function fault(code, error) {
  if (upper) return upper.fault(code, error);
  if (reported[code]) return;
  reported[code] = true;
  complain(code + (error ? ": " + describeError(error) : ""));
  const tell = () => emit("error", { code, message: error ? describeError(error) : code });
  // The gate starts before any listener of the page can be there.
  if (getReadyState(doc) === "loading")
    addEventListener(doc, "DOMContentLoaded", tell, { once: true });
  else tell();
}

/** @param {unknown} error */
function describeError(error) {
  try {
    return String(/** @type {any} */ (error).message || error);
  } catch {
    return "unknown";
  }
}

/** Anything of the page's as a text; what cannot be one is said to be unknown. @param {unknown} value */
export function textOf(value) {
  try {
    return String(value);
  } catch {
    return "unknown";
  }
}
