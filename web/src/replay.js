/** Replaying the queues: each call on the instance that it was meant for, one by one and in order. */
import { stamped } from "./call.js";
import { guard } from "./effects.js";
import { emit, outside } from "./events.js";
import { segmentAction } from "./gate.js";
import {
  apply,
  console,
  consoleError,
  listen,
  NativeMessageChannel,
  NativePromise,
  now,
  push,
  setTimeout,
  then,
  win,
} from "./natives.js";
import { askForEarlier, comeBack, leave, lines, queueState, tellCalm } from "./queue.js";
import { ALLOW, IDENTITY_METHODS } from "./gen/abi.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./queue.js").Instance} Instance */
/** @typedef {import("./queue.js").Line} Line */

/** A replay gives the page its turn after this many milliseconds. */
const SLICE = 5;
/** How long a change of identity waits for what was called before it to leave, in milliseconds. */
const PATIENCE = 1000;

/**
 * Sets where calls are replayed.
 * @param {Line} line
 * @param {Instance} instance that has started
 */
export function connect(line, instance) {
  line.instance = instance;
  replayLine(line);
}

/** Replays what waits, where Segment may run and has started. */
export function replay() {
  for (const line of lines) replayLine(line);
}

/** @param {Line} line */
function replayLine(line) {
  const { instance } = line;
  if (!instance || segmentAction() !== ALLOW) return;
  askForEarlier(line);
  if (line.replaying || line.calls.length === 0) return;
  line.replaying = true;
  line.earlier = 0;
  /** @type {Promise<unknown>[]} */
  let open = [];
  let count = 0;
  /** @type {Promise<unknown> | undefined} */
  let pause;

  function step() {
    const start = now();
    while (line.calls.length > 0 && segmentAction() === ALLOW) {
      const call = line.calls[0];
      if (IDENTITY_METHODS.indexOf(call.method) >= 0 && open.length > 0 && !pause) {
        pause = settled(open);
        open = [];
        then(pause, () => {
          step();
        });
        return;
      }
      pause = undefined;
      line.calls.shift();
      push(open, invoke(/** @type {Instance} */ (instance), call));
      count++;
      if (now() - start >= SLICE) {
        nextTask(step);
        return;
      }
    }
    line.replaying = false;
    if (line.calls.length === 0) tellCalm(line);
    emit("replay", { count, left: queueState().length });
  }
  nextTask(step);
}

/**
 * Ends when every promise has, or when patience does: an answer that never comes must not hold the rest back.
 * @param {Promise<unknown>[]} promises
 */
function settled(promises) {
  return NativePromise.race([
    NativePromise.all(promises),
    new NativePromise((resolve) => setTimeout(() => resolve(undefined), PATIENCE)),
  ]);
}

/**
 * Makes one call on the instance, with its own time and page.
 * @param {Instance} instance
 * @param {Call} call
 * @returns {Promise<unknown>} ends when the call has been sent; never fails
 */
function invoke({ target, methods }, call) {
  try {
    const args = stamped(call);
    // From here on it is Analytics.js that ends it.
    call.ended = true;
    const result = apply(methods[call.method], target, args);
    return then(
      NativePromise.resolve(result),
      (/** @type {unknown} */ value) => call.settle && call.settle(value),
      (/** @type {unknown} */ error) => report(call, error),
    );
  } catch (error) {
    report(call, error);
    return NativePromise.resolve();
  }
}

/**
 * Analytics.js reports a buffered call it cannot take on the console; so do we.
 * @param {Call} call
 * @param {unknown} error
 */
function report(call, error) {
  if (consoleError) outside(() => apply(consoleError, console, [error]));
  if (call.settle) call.settle(undefined);
}

/**
 * Runs something in the next task, sooner than a timer would.
 * @param {() => void} run
 */
function nextTask(run) {
  const channel = new NativeMessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    run();
  };
  channel.port2.postMessage(0);
}

/**
 * Keeps what waits when the visitor leaves, as far as Segment may have it, and goes on with it when the visitor comes back.
 * @param {() => void} [leaving] done last
 * @param {() => void} [returning] done first
 */
export function hearLeaving(leaving, returning) {
  listen(win, "pagehide", () => {
    guard(leave);
    if (leaving) guard(leaving);
  });
  listen(win, "pageshow", () => {
    if (returning) guard(returning);
    if (comeBack()) guard(replay);
  });
}
