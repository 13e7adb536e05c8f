/**
 * Workers: registered or added by URL they wait like a fetch. Workers made from text in the page (blob:, data:) run
 * behind a guard while Segment may not run.
 */
import { against, promise } from "../ask.js";
import { place, segmentAction } from "../gate.js";
import {
  apply,
  createObjectURL,
  functionToString,
  indexOf,
  NativeBlob,
  NativeDOMException,
  NativeTypeError,
  slice,
  stringify,
  win,
} from "../natives.js";
import { workerGuard } from "../worker-guard.js";
import { wrapMethod } from "../wrap.js";
import { once } from "./script.js";
import { ALLOW, KIND_WORKER } from "../gen/abi.js";
import { HOSTS } from "../gen/fallback.js";

/** What stands behind the page's blob URLs, and the guarded URLs made from them. @type {Record<string, { blob: Blob, guarded?: string }>} */
const blobs = Object.create(null);

export function hookWorker() {
  const container = win.ServiceWorkerContainer && win.ServiceWorkerContainer.prototype;
  wrapMethod(container, "register", (native, self, args) =>
    onPromise(
      native,
      self,
      args,
      isOwn,
      () => new NativeTypeError("Failed to register the worker."),
    ),
  );
  wrapMethod(win.Worklet && win.Worklet.prototype, "addModule", (native, self, args) =>
    onPromise(
      native,
      self,
      args,
      Boolean,
      () => new NativeDOMException("Unable to load it.", "AbortError"),
    ),
  );
  wrapMethod(win.URL, "createObjectURL", (native, self, args) => {
    const url = apply(native, self, args);
    if (args[0] instanceof NativeBlob) blobs[url] = { blob: args[0] };
    return url;
  });
  return wrapMethod(win.URL, "revokeObjectURL", (native, self, args) => {
    const entry = blobs[`${args[0]}`];
    if (entry && entry.guarded) apply(native, self, [entry.guarded]);
    delete blobs[`${args[0]}`];
    return apply(native, self, args);
  });
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {(where: import("../ask.js").Against) => boolean} matters
 * @param {() => Error} failure
 */
function onPromise(native, self, args, matters, failure) {
  if (args.length === 0) return apply(native, self, args);
  args[0] = once(args[0]);
  const where = against(KIND_WORKER, `${args[0]}`);
  if (!where || !matters(where)) return apply(native, self, args);
  return promise(
    KIND_WORKER,
    where,
    () => apply(native, self, args),
    () => {
      throw failure();
    },
  );
}

/**
 * Whether a worker may come from a place at all: the browser itself refuses another origin's.
 * @param {import("../gate.js").Place} where
 */
export function isOwn(where) {
  const own = place(win.origin);
  return !!own && own.host === where.host;
}

/**
 * Puts the guard in front of a worker's text.
 * @param {any[]} args of Worker or SharedWorker
 */
export function guardWorker(args) {
  const url = args[0];
  if (typeof url !== "string" || segmentAction() === ALLOW) return;
  const entry = blobs[url];
  if (entry) {
    if (!entry.guarded) {
      const guarded = new NativeBlob([guardText(), entry.blob], { type: entry.blob.type });
      entry.guarded = /** @type {string} */ (apply(createObjectURL, win.URL, [guarded]));
    }
    args[0] = entry.guarded;
  } else if (slice(url, 0, 5) === "data:") {
    const comma = indexOf(url, ",") + 1;
    const head = slice(url, 0, comma);
    const text = guardText();
    // Three characters are four of base64: padded so, the guard can stand before what is there.
    const guard = /;base64,$/i.test(head)
      ? win.btoa(text + slice("  ", 0, (3 - (text.length % 3)) % 3))
      : encodeURIComponent(text);
    if (comma) args[0] = head + guard + slice(url, comma);
  }
}

function guardText() {
  return `(${apply(functionToString, workerGuard, [])})(${stringify(HOSTS)});`;
}
