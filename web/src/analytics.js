/**
 * Segment's own objects on the page: the snippet's stub, whose calls are queued, and the started instance, whose calls
 * wait or are dropped as consent says.
 */
import { guard } from "./effects.js";
import { segmentAction } from "./gate.js";
import {
  apply,
  defineProperty,
  getAttribute,
  getOwnPropertyDescriptor,
  indexIn,
  isArray,
  mapGet,
  mapSet,
  NativePromise,
  NativeUint8Array,
  NativeWeakMap,
  push,
  randomValues,
  splice,
  win,
} from "./natives.js";
import {
  connect,
  connected,
  enqueue,
  isPageContext,
  passing,
  queueState,
  refuseCall,
} from "./queue.js";
import { isViewed, noteLoad, whenRead } from "./loading.js";
import { wrapFunction } from "./wrap.js";
import { DROP, EVENT_METHODS, METHODS } from "./gen/abi.js";

/** What Segment's snippet names its global, unless a page chose another name. */
const USUAL_NAME = "analytics";
/** The attribute by which the snippet tells its global's name to Analytics.js. */
export const NAME_ATTRIBUTE = "data-global-segment-analytics-key";

/** @type {string[]} */
const names = [USUAL_NAME];
const known = new NativeWeakMap();
let identityIsOld = false;

/**
 * Looks whether the page has made Segment's stub by now, and queues its calls from here on. Costs a property read when
 * there is none.
 */
export function lookForStub() {
  for (const name of names) {
    guard(() => {
      const found = win[name];
      if (
        typeof found === "object" &&
        found &&
        !mapGet(known, found) &&
        isArray(found) &&
        isStub(found)
      ) {
        adoptStub(found);
      }
    });
  }
}

/**
 * A script of Segment's is held: its stub is there, under the name the script carries.
 * @param {Element} script
 */
export function lookForStubOf(script) {
  const name = getAttribute(script, NAME_ATTRIBUTE);
  if (name && indexIn(names, name) < 0) push(names, name);
  lookForStub();
  noteLoad(stubs);
}

/** Whether the snippet has run: its stub stands where it puts it. */
export function hasStub() {
  return stubs().length > 0;
}

function stubs() {
  /** @type {any[]} */
  const found = [];
  for (let i = 0; i < names.length; i++) {
    const stub = win[names[i]];
    if (isArray(stub) && isStub(stub)) push(found, stub);
  }
  return found;
}

/** @param {any} found */
function isStub(found) {
  return typeof found.track === "function" && typeof found.load === "function";
}

/**
 * Takes over a stub: calls it has are queued with the time of now, calls to come with their own. What Analytics.js needs
 * before it starts stays in the stub for it.
 * @param {any} stub
 */
function adoptStub(stub) {
  mapSet(known, stub, true);
  const before = splice(stub, 0, stub.length);
  const nativePush = stub.push;
  defineProperty(stub, "push", {
    configurable: true,
    writable: true,
    value: wrapFunction(nativePush, (native, self, args) => {
      for (const entry of args) receive(stub, native, entry);
      return stub.length;
    }),
  });
  for (const entry of before) receive(stub, nativePush, entry);
  // Analytics.js hands itself over here when it has started, before it flushes anything.
  apply(nativePush, stub, [
    [
      "on",
      "initialize",
      /** @this {any} */ function () {
        const started = this && typeof this.track === "function" ? this : win[USUAL_NAME];
        guard(() => adoptStarting(started));
      },
    ],
  ]);
}

/**
 * One call on the stub: [method, ...arguments].
 * @param {any} stub
 * @param {Function} nativePush
 * @param {any} entry
 */
function receive(stub, nativePush, entry) {
  // Analytics.js takes it for this, and the time of it would be lost.
  if (entry && entry[0] === "pageview") entry = ["page", { path: entry[1] }];
  const method = entry && entry[0];
  // An id that is set before any event must be there when Analytics.js starts its destinations.
  const early = method === "setAnonymousId" && queueState().length === 0 && !connected();
  if (indexIn(METHODS, method) < 0 || early) {
    apply(nativePush, stub, [entry]);
    return;
  }
  const args = [];
  for (let i = 1; i < entry.length; i++) args[i - 1] = entry[i];
  // group() without arguments asks who the group is; the stub has no answer, and there is no event in it.
  if (method === "group" && args.filter((argument) => !isPageContext(argument)).length === 0)
    return;
  const live = connected();
  if (live && passing()) apply(live.methods[method], live.target, args);
  else if (segmentAction() === DROP) refuseCall(method, args);
  else enqueue(method, args);
}

/**
 * Takes over the started instance: calls pass when they may, wait in the queue behind others, or end without effect.
 * @param {any} target
 */
function adoptInstance(target) {
  const methods = wrapCalls(target);
  if (methods) connect(target, methods);
}

/** One that is starting: it has not read the calls in the page's URL yet. @type {ReturnType<typeof connected>} */
let starting;

/**
 * The same for an instance that tells that it has started.
 * @param {any} target
 */
export function adoptStarting(target) {
  const methods = wrapCalls(target);
  if (!methods) return;
  starting = { target, methods };
  whenRead(target, () => guard(() => connect(target, methods)));
}

/**
 * Makes the calls on an object pass, wait or end, as consent says. Returns its own methods; undefined when there is
 * nothing to do.
 * @param {any} target
 */
export function wrapCalls(target) {
  if (!target || isArray(target) || typeof target.track !== "function" || mapGet(known, target))
    return undefined;
  mapSet(known, target, true);
  /** @type {Record<string, Function>} */
  const methods = {};
  for (const method of METHODS) {
    if (typeof target[method] !== "function") continue;
    methods[method] = target[method];
    wrapCall(target, method, (native, self, args) => onCall(native, self, method, args));
  }
  // What load() of npm returned keeps this for the instance, without a time.
  if (methods.page && typeof target.pageView === "function")
    wrapCall(target, "pageView", (native, self, args) =>
      onCall(methods.page, self, "page", [{ path: args[0] }]),
    );
  return methods;
}

/** @param {any} target @param {string} name @param {import("./wrap.js").Handler} handler */
function wrapCall(target, name, handler) {
  const own = getOwnPropertyDescriptor(target, name);
  defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: !!(own && own.enumerable),
    value: wrapFunction(target[name], handler),
  });
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {string} method
 * @param {any[]} args
 */
function onCall(native, self, method, args) {
  if (isViewed(self, method)) return NativePromise.resolve();
  // group() without arguments asks who the group is; reset() only forgets.
  if (passing() || (method === "group" && args.length === 0)) return apply(native, self, args);
  if (segmentAction() === DROP) {
    if (method === "reset") return apply(native, self, args);
    refuseCall(method, args);
    return indexIn(EVENT_METHODS, method) < 0 ? undefined : NativePromise.resolve();
  }
  if (indexIn(EVENT_METHODS, method) < 0) {
    enqueue(method, args);
    return undefined;
  }
  return new NativePromise((settle) => enqueue(method, args, settle));
}

/** Takes over the started instance, also one that was never held, and returns it. */
export function adoptLive() {
  const live = connected() || starting;
  if (live) return live;
  for (const name of names) {
    guard(() => {
      if (win[name] && typeof win[name] === "object") adoptInstance(win[name]);
    });
  }
  return connected();
}

/** Makes Segment forget who the visitor is, in memory too: it would write the same id back after the erasure. */
export function forgetIdentity() {
  const live = adoptLive();
  if (!live || !live.methods.reset) return;
  guard(() => apply(live.methods.reset, live.target, []));
  identityIsOld = true;
}

/** After a later grant the visitor gets an id that shares nothing with the one before. */
export function renewIdentity() {
  const live = connected();
  if (!identityIsOld || !live || !live.methods.setAnonymousId) return;
  identityIsOld = false;
  guard(() => apply(live.methods.setAnonymousId, live.target, [randomId()]));
}

/** A random UUID, version 4 (RFC 9562). */
function randomId() {
  const bytes = new NativeUint8Array(16);
  randomValues(bytes);
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  let text = "";
  for (let i = 0; i < 16; i++) {
    text +=
      (i === 4 || i === 6 || i === 8 || i === 10 ? "-" : "") +
      (bytes[i] + 256).toString(16).slice(1);
  }
  return text;
}
