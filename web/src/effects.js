/**
 * What decisions do: hold, release, refuse. Whatever a hook holds is parked here in the order it came and is settled,
 * in that order, when consent changes.
 */
import { upper } from "./above.js";
import { decide } from "./engine.js";
import { emit, fault, outside } from "./events.js";
import { actionOf, refusalOf } from "./gate.js";
import { apply, push, setTimeout, splice } from "./natives.js";
import { ALLOW, DROP, KIND_SCRIPT, KINDS, REFUSE_PENDING } from "./gen/abi.js";

/**
 * Something held. `resume` does what the page asked for; `cancel` gives the page what a refused request gives.
 * @typedef {{
 *   kind: number, host: string, rest: string, target: string,
 *   resume: () => void, cancel: (refusal: number) => void,
 * }} Parked
 */

/** @type {Parked[]} */
let parked = [];
let limit = 1000;
let refused = 0;

/**
 * Bounds what is held.
 * @param {number} most
 */
export function limitParked(most) {
  limit = most;
}

/** How many held things were refused because the limit was reached. */
export function refusedCount() {
  return refused;
}

/** How many times as many scripts are held: the page made the elements anyway. What is beyond that stays inert. */
const SCRIPTS = 10;

/**
 * Holds something until consent allows it. Beyond the limit it is refused at once. Returns the function that lets go of it without
 * doing either, for callers that abort.
 * @param {Parked} entry
 */
export function hold(entry) {
  if (upper) return upper.hold(entry);
  const isScript = entry.kind === KIND_SCRIPT;
  if (parked.length >= (isScript ? SCRIPTS * limit : limit)) {
    refused++;
    if (!isScript) guard(() => entry.cancel(0));
    return () => {};
  }
  push(parked, entry);
  return () => {
    const at = parked.indexOf(entry);
    if (at >= 0) splice(parked, at, 1);
  };
}

/**
 * Holds what asked for a place, or for a name.
 * @param {number} kind
 * @param {import("./gate.js").Place} where
 * @param {() => void} resume
 * @param {(refusal: number) => void} cancel
 */
export function park(kind, where, resume, cancel) {
  return hold({ kind, host: where.host, rest: where.path, target: where.target, resume, cancel });
}

/** Asks again about everything that is held, and releases or refuses what is decided. */
export function settle() {
  const waiting = parked;
  parked = [];
  /** @type {Parked[]} */
  const kept = [];
  for (const entry of waiting) {
    const decision = decide(entry.kind, entry.host, entry.rest);
    const action = actionOf(decision);
    if (action === ALLOW) {
      guard(entry.resume);
      emit("release", { kind: KINDS[entry.kind], target: entry.target });
    } else if (action === DROP && refusalOf(decision) !== REFUSE_PENDING) {
      guard(() => entry.cancel(refusalOf(decision)));
    } else {
      push(kept, entry);
    }
  }
  parked = kept.concat(parked);
}

/**
 * Runs our own code so that a fault of it stays ours.
 * @template {any[]} A
 * @param {(...args: A) => void} run
 * @param {A} args
 */
export function guard(run, ...args) {
  try {
    apply(run, undefined, args);
  } catch (error) {
    fault("internal", error);
  }
}

/**
 * Runs code that calls the page's, or what a browser may refuse. Its errors are nobody's to hear of.
 * @param {() => void} run
 */
export function attempt(run) {
  try {
    run();
  } catch {
    // As if nothing was said.
  }
}

/**
 * Runs something of the page's in a task of its own.
 * @param {() => unknown} run
 */
export function later(run) {
  setTimeout(() => outside(run));
}
