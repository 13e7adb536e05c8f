/**
 * Segment's own objects on the page: the snippet's stub, whose calls are queued, and the started instance, whose calls
 * wait or are dropped as consent says.
 */
import { followDestinations } from "./destinations.js";
import { guard } from "./effects.js";
import { segmentAction } from "./gate.js";
import {
  apply,
  defineProperty,
  doc,
  getAttribute,
  getOwnPropertyDescriptor,
  getScripts,
  indexIn,
  isArray,
  NativePromise,
  NativeUint8Array,
  push,
  randomValues,
  splice,
  then,
  win,
} from "./natives.js";
import { refuseCall } from "./call.js";
import { isPageContext } from "./moment.js";
import { listenFor } from "./helpers.js";
import { noteMiddlewares } from "./missing.js";
import { connect } from "./replay.js";
import {
  begin,
  beginLine,
  enqueue,
  instances,
  joinLine,
  lineOf,
  passing,
  waits,
  whenCalm,
} from "./queue.js";
import { isRefused, isViewed, noteLoad, noteStartOf, whenRead } from "./loading.js";
import { wrapFunction } from "./wrap.js";
import { DROP, EVENT_METHODS, METHODS } from "./gen/abi.js";

/** What Segment's snippet names its global, unless a page chose another name. */
const USUAL_NAME = "analytics";
/** The attribute by which the snippet tells its global's name to Analytics.js. */
export const NAME_ATTRIBUTE = "data-global-segment-analytics-key";

/** @type {string[]} */
const names = [USUAL_NAME];
let identityIsOld = false;

/**
 * Looks whether the page has made Segment's stub by now, and queues its calls from here on. Costs a property read when
 * there is none.
 * @param {boolean} [refused] whether what was called on it so far was denied
 */
export function lookForStub(refused = false) {
  for (const name of names) {
    guard(() => {
      const found = win[name];
      if (typeof found === "object" && found && !lineOf(found) && isArray(found) && isStub(found)) {
        adoptStub(found, refused);
      }
    });
  }
}

/**
 * A script of Segment's is held: its stub is there, under the name the script carries.
 * @param {Element} script
 */
export function lookForStubOf(script) {
  const name = nameFrom(script);
  lookForStub();
  guard(() => {
    // A site's own stub may do without load(), since the site has the script in its page.
    const own = win[name];
    if (isArray(own) && hasCalls(own) && !lineOf(own)) adoptStub(own);
  });
  noteLoad(stubs());
}

/** What the snippet calls its global, as its script says. @param {Element} script @returns {string} */
function nameFrom(script) {
  const name = getAttribute(script, NAME_ATTRIBUTE) || USUAL_NAME;
  if (indexIn(names, name) < 0) push(names, name);
  return name;
}

/**
 * Takes over the stubs that nobody had to look for while Segment was allowed, or denied: what is called on them waits from here on.
 * @param {boolean} [refused] whether what was called on them so far was denied
 */
export function takeOverStubs(refused) {
  const scripts = getScripts(doc);
  for (let i = 0; i < scripts.length; i++) nameFrom(scripts[i]);
  lookForStub(refused);
  // Their Analytics.js is on its way.
  if (!refused) for (const stub of stubs()) if (stub._loadOptions) noteStartOf(stub);
}

/** The calls on the stub that an instance takes the place of, where it has not been told of it. @param {any} instance */
export function lineFor(instance) {
  for (const stub of stubs()) {
    const line = lineOf(stub);
    const key = stub._writeKey;
    if (line && !line.starting && !line.instance && (!key || key === instance.settings.writeKey))
      return line;
  }
  return undefined;
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
  return hasCalls(found) && typeof found.load === "function";
}

/** Whether something has calls of Segment's. @param {any} found */
function hasCalls(found) {
  return typeof found.track === "function";
}

/**
 * Takes over a stub: calls it has are queued with the time of now, calls to come with their own. What Analytics.js needs
 * before it starts stays in the stub for it.
 * @param {any} stub
 * @param {boolean} [refused] whether the calls that it has were denied
 */
function adoptStub(stub, refused) {
  const line = beginLine(stub);
  const before = splice(stub, 0, stub.length);
  const nativePush = stub.push;
  defineProperty(stub, "push", {
    configurable: true,
    writable: true,
    value: wrapFunction(nativePush, (native, self, args) => {
      for (const entry of args) receive(stub, line, native, entry);
      return stub.length;
    }),
  });
  for (const entry of before) receive(stub, line, nativePush, entry, refused);
  // Analytics.js hands itself over here when it has started, before it flushes anything.
  apply(nativePush, stub, [
    [
      "on",
      "initialize",
      /** @this {any} */ function () {
        const started = this && typeof this.track === "function" ? this : win[USUAL_NAME];
        guard(() => adoptStarting(started, line));
      },
    ],
  ]);
}

/**
 * One call on the stub: [method, ...arguments].
 * @param {any} stub
 * @param {import("./queue.js").Line} line
 * @param {Function} nativePush
 * @param {any} entry
 * @param {boolean} [refused]
 */
function receive(stub, line, nativePush, entry, refused = segmentAction() === DROP) {
  // Analytics.js takes it for this, and the time of it would be lost.
  if (entry && entry[0] === "pageview") entry = ["page", { path: entry[1] }];
  const method = entry && entry[0];
  if (method === "ready" && typeof entry[1] === "function") {
    entry = [method, afterCalls(entry[1], () => line)];
  }
  if (indexIn(METHODS, method) < 0 || isEarly(line, method)) {
    if (isArray(entry)) entry = listenFor(stub, entry);
    apply(nativePush, stub, [entry]);
    return;
  }
  const args = [];
  for (let i = 1; i < entry.length; i++) args[i - 1] = entry[i];
  // group() without arguments asks who the group is; the stub has no answer, and there is no event in it.
  if (isQuestion(method, args)) return;
  const live = line.instance;
  if (live && passing(line)) apply(live.methods[method], live.target, args);
  else if (refused) refuseCall(method, args);
  else enqueue(line, method, args);
}

/**
 * Whether a call comes before all others: Analytics.js takes an id that was set before it starts for all events, those before it too
 * (AN core/buffer, flushSetAnonymousID), but not across a reset.
 * @param {import("./queue.js").Line} line
 * @param {string} method
 */
function isEarly(line, method) {
  return method === "setAnonymousId" && !line.instance && !line.starting && !waits(line, "reset");
}

/** Whether a call asks who the group is. @param {string} method @param {any[]} args */
function isQuestion(method, args) {
  return method === "group" && (args.length === 0 || isPageContext(args[0]));
}

/**
 * Takes over the started instance: calls pass when they may, wait in the queue behind others, or end without effect.
 * @param {any} target
 */
function adoptInstance(target) {
  const methods = wrapCalls(target);
  if (methods) connect(ownLine(target), { target, methods });
}

/**
 * The same for an instance that tells that it has started. It has not read the calls in the page's URL yet.
 * @param {any} target
 * @param {import("./queue.js").Line} [line] the calls that are meant for it, if they were made on something else
 */
export function adoptStarting(target, line) {
  const methods = wrapCalls(target);
  const started = line && lineOf(target) ? joinLine(target, line) : undefined;
  if (line && started) connect(line, started);
  if (!methods) return;
  const instance = { target, methods };
  guard(() => noteMiddlewares(target));
  begin(ownLine(target), instance);
  whenRead(target, () => {
    guard(() => connect(ownLine(target), instance));
    guard(() => followWhenReady(target));
  });
}

/**
 * Follows what was granted while an instance started. Classic destinations can be loaded when another has started.
 * @param {any} target
 */
function followWhenReady(target) {
  const follow = () => guard(() => followDestinations(false));
  const classic = target.queue.plugins.some((/** @type {any} */ plugin) => plugin.buffer);
  if (classic) target.ready(follow);
  else follow();
}

/** @param {any} target what has its calls wrapped */
function ownLine(target) {
  return /** @type {import("./queue.js").Line} */ (lineOf(target));
}

/**
 * Queues the calls on what load() of Analytics.js from npm returned, for the instance that it will have; or those on an instance.
 * @param {any} buffered
 */
export function adoptBuffered(buffered) {
  const methods = wrapCalls(buffered);
  const line = lineOf(buffered);
  if (!methods || !line) return;
  // An instance is its own.
  if (typeof buffered.then !== "function") return connect(line, { target: buffered, methods });
  buffered.then(
    (/** @type {any[]} */ [instance]) => guard(() => adoptStarting(instance, line)),
    () => {},
  );
}

/**
 * Makes the calls on an object pass, wait or end, as consent says. Returns its own methods; undefined when there is
 * nothing to do.
 * @param {any} target
 */
export function wrapCalls(target) {
  if (!target || isArray(target) || typeof target.track !== "function" || lineOf(target))
    return undefined;
  beginLine(target);
  /** @type {Record<string, Function>} */
  const methods = {};
  for (const method of METHODS) {
    if (typeof target[method] !== "function") continue;
    methods[method] = target[method];
    wrapCall(target, method, (native, self, args) => onCall(target, native, self, method, args));
  }
  if (typeof target.then === "function") for (const name of ANSWERS) wrapAnswer(target, name);
  // What load() of npm returned keeps this for the instance, without a time.
  if (methods.page && typeof target.pageView === "function")
    wrapCall(target, "pageView", (native, self, args) =>
      onCall(target, methods.page, self, "page", [{ path: args[0] }]),
    );
  return methods;
}

/**
 * A listener of the page's that is told when the calls made before are through.
 * @param {Function} listener
 * @param {() => import("./queue.js").Line} lineNow
 */
function afterCalls(listener, lineNow) {
  return (/** @type {any[]} */ ...args) => whenCalm(lineNow(), () => listener(...args));
}

/** What load() of npm returns answers after the calls that were made before. */
const ANSWERS = ["ready", "user"];

/** @param {any} target @param {string} name */
function wrapAnswer(target, name) {
  if (typeof target[name] !== "function") return;
  const calm = (/** @type {any} */ value) =>
    new NativePromise((done) => whenCalm(ownLine(target), () => done(value)));
  wrapCall(target, name, (native, self, args) => {
    if (typeof args[0] === "function") args[0] = afterCalls(args[0], () => ownLine(target));
    return then(apply(native, self, args), calm);
  });
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
 * @param {any} target
 * @param {Function} native
 * @param {any} self
 * @param {string} method
 * @param {any[]} args
 */
function onCall(target, native, self, method, args) {
  const line = ownLine(target);
  if (isViewed(target, method, args)) return NativePromise.resolve();
  // That asks nothing of Segment; reset() only forgets.
  if (isQuestion(method, args)) return apply(native, self, args);
  const event = indexIn(EVENT_METHODS, method) >= 0;
  if (segmentAction() === DROP || isRefused(target, args)) {
    if (method === "reset") return apply(native, self, args);
    const context = refuseCall(method, args);
    return event ? NativePromise.resolve(context) : answerOf(target, method, args);
  }
  if (passing(line) || isEarly(line, method)) return apply(native, self, args);
  if (event) return new NativePromise((settle) => enqueue(line, method, args, settle));
  enqueue(line, method, args);
  return answerOf(target, method, args);
}

/**
 * What a call that sends no event returns while it waits, or ends: an instance gives the anonymous id that it is given, what load()
 * returned promises it, and gives itself for a reset.
 * @param {any} target
 * @param {string} method
 * @param {any[]} args
 */
function answerOf(target, method, args) {
  const promises = typeof target.then === "function";
  if (method === "setAnonymousId") return promises ? NativePromise.resolve(args[0]) : args[0];
  return promises ? target : undefined;
}

/** Takes over the started instances, also one that was never held, and returns them. */
export function adoptLive() {
  const live = instances();
  if (live.length) return live;
  for (const name of names) {
    guard(() => {
      if (win[name] && typeof win[name] === "object") adoptInstance(win[name]);
    });
  }
  return instances();
}

/** Makes Segment forget who the visitor is, in memory too: it would write the same id back after the erasure. */
export function forgetIdentity() {
  for (const { target, methods } of adoptLive()) {
    if (!methods.reset) continue;
    guard(() => apply(methods.reset, target, []));
    identityIsOld = true;
  }
}

/**
 * After a later grant the visitor gets an id that shares nothing with the one before.
 * @param {boolean} there whether another tab has given one
 */
export function renewIdentity(there) {
  const live = instances();
  if (!identityIsOld || !live.length) return;
  identityIsOld = false;
  if (there) return;
  const id = randomId();
  for (const { target, methods } of live)
    if (methods.setAnonymousId) guard(() => apply(methods.setAnonymousId, target, [id]));
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
