/**
 * Workers: registered or added by URL they wait like a fetch. Workers made from text in the page (blob:, data:) run
 * behind a guard while Segment may not run.
 */
import { upper } from "../above.js";
import { against, isOpen, promise } from "../ask.js";
import { ruleName } from "../engine.js";
import { place, segmentAction } from "../gate.js";
import {
  apply,
  create,
  NativeDOMException,
  NativePromise,
  NativeTypeError,
  slice,
  win,
} from "../natives.js";
import { once, trustURL } from "../trusted.js";
import { workerGuard } from "../worker-guard.js";
import { wrapMethod } from "../wrap.js";
import { ALLOW, FIRST_PROXY, KIND_WORKER } from "../gen/abi.js";
import { HOSTS, LOADER } from "../gen/fallback.js";

/** What stands behind blob URLs, in all realms: they are the whole origin's. @type {Record<string, import("../worker-guard.js").Source>} */
export const blobs = upper ? upper.blobs : create(null);

/** @type {(url: any) => any} */
let putFront = (url) => url;

/** What the names of such rules begin with that are the site's own proxies (blocker.Gate.RuleName). */
const PROXY = "hosts ";

export function hookWorker() {
  const container = win.ServiceWorkerContainer && win.ServiceWorkerContainer.prototype;
  wrapMethod(container, "register", (native, self, args) =>
    onPromise(
      native,
      self,
      args,
      (where) => !where.inside && isOwn(where),
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
  const { keep, drop, front } = workerGuard(win, blobs, refused, trustURL);
  putFront = front;
  wrapMethod(win.URL, "createObjectURL", (native, self, args) => {
    const url = apply(native, self, args);
    keep(url, args[0]);
    return url;
  });
  return wrapMethod(win.URL, "revokeObjectURL", (native, self, args) => {
    if (args.length) {
      args[0] = `${args[0]}`;
      // Without the gate it would have been read already.
      if (blobs[args[0]] && blobs[args[0]].awaited) return undefined;
      drop(args[0]);
    }
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
  let where;
  try {
    args[0] = once(args[0]);
    where = against(KIND_WORKER, `${args[0]}`);
  } catch (error) {
    return NativePromise.reject(error);
  }
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
 * Whether a place is of the page's own origin, as a worker's must be, or a text that stands in for one.
 * @param {import("../gate.js").Place & { inside?: boolean }} where
 */
export function isOwn(where) {
  const own = place(win.origin);
  return where.inside || (!!own && own.host === where.host);
}

/**
 * Puts the guard in front of a worker's text.
 * @param {any[]} args of Worker or SharedWorker
 */
export function guardWorker(args) {
  if (segmentAction() !== ALLOW) args[0] = putFront(args[0]);
}

/** What a guarded worker may not reach, as its guard reads it: Segment's hosts and the site's proxies of them. */
export function refused() {
  if (upper) return upper.refused();
  let list = "";
  for (let i = 0; i < HOSTS.length; i++) list += `.${HOSTS[i][0]}${slice(HOSTS[i][1], 0, -1)} `;
  for (let i = FIRST_PROXY, name; (name = slice(ruleName(i), PROXY.length)); i++) {
    // Of some only what has a shape of Analytics.js is Segment's.
    list += name + (isOpen(KIND_WORKER, `https://${name}/`) ? slice(LOADER, 0, -1) : "") + " ";
  }
  return slice(list, 0, -1);
}
