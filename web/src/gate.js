/**
 * The gate as the page side sees it: asks the engine, keeps the log of decisions and tells listeners. It holds no policy.
 */
import { upper } from "./above.js";
import { decide, consentWord, isFree, keeps, learn, ruleName } from "./engine.js";
import { emit } from "./events.js";
import {
  getBaseURI,
  getHost,
  getPathname,
  NativeURL,
  now,
  push,
  slice,
  splice,
  win,
} from "./natives.js";
import { pathStart, plainPath } from "./plain.js";
import { askAgain, baseHost, becomesUsual, isUsual, remember } from "./usual.js";
import { ACTIONS, ALLOW, CATEGORIES, KIND_COOKIE, KINDS, REASONS } from "./gen/abi.js";

/** How many records the log keeps, and how long a target may be in it. */
const LOG_LIMIT = 500;
const TARGET_LIMIT = 500;

/**
 * One decision, as the public contract words it.
 * @typedef {{ time: number, kind: string, target: string, decision: string, rule: string, category: string, reason: string }} DecisionRecord
 */

/** What a frame does when there is something of Segment's in it. */
let whenFirst = () => {};

/** @param {() => void} run called whenever a frame's gate has something to record */
export function whenRecorded(run) {
  whenFirst = run;
}

/** @type {DecisionRecord[]} */
const log = [];

/**
 * Where a request goes: what the engine is asked about.
 * @typedef {{ host: string, path: string, target: string }} Place
 */

/**
 * Resolves a URL as the page would. Undefined when the browser cannot parse it, and so would not fetch it.
 * @param {string} url
 * @returns {Place | undefined}
 */
export function place(url) {
  const start = pathStart(url);
  const path = start < 0 ? undefined : plainPath(url, start);
  if (path) {
    const host = start ? slice(url, url[4] === "s" ? 8 : 7, start) : baseHost();
    if (host) return { host, path, target: url };
  }
  try {
    const parsed = new NativeURL(url, getBaseURI(win.document));
    return { host: getHost(parsed), path: getPathname(parsed), target: url };
  } catch {
    return undefined;
  }
}

/**
 * The same for a URL that is to be decided: undefined also when its host alone says that it is allowed. That is nearly
 * always so, and saves the most of what a decision costs.
 * @param {string} url
 * @returns {Place | undefined}
 */
export function gated(url) {
  if (isUsual(url) || becomesUsual(url)) return undefined;
  return isData(url) ? undefined : place(url);
}

/** Whether a URL is of data or of a blob, and so of no host, beyond doubt. @param {string} url */
export function isData(url) {
  const scheme = slice(url, 0, 5);
  return (scheme === "data:" || scheme === "blob:") && url[5] !== "/";
}

/** @param {number} decision packed */
export function actionOf(decision) {
  return decision & 3;
}

/** @param {number} decision packed */
export function refusalOf(decision) {
  return (decision >> 2) & 3;
}

/** What the gate does with Segment itself right now. */
export function segmentAction() {
  return (consentWord() >> 14) & 3;
}

/**
 * Decides a network request and logs it when a rule speaks of it.
 * @param {number} kind
 * @param {Place | undefined} where
 * @returns {number} packed
 */
export function decidePlace(kind, where) {
  if (!where) return ALLOW;
  const decision = ask(kind, where.host, where.path);
  if (decision) record(kind, where.target, decision);
  return decision;
}

/**
 * Asks the engine, and remembers what no rule speaks of.
 * @param {number} kind
 * @param {string} host for network kinds, else ""
 * @param {string} rest path for network kinds, else the name
 * @returns {number} packed
 */
export function ask(kind, host, rest) {
  const decision = decide(kind, host, rest);
  if (decision || (host ? !isFree(host) : !isUnspoken(kind, rest))) return decision;
  remember(kind, host, rest);
  return decision;
}

/**
 * Whether a name that no rule speaks of is nobody else's to hear of either. The page's own gate knows.
 * @param {number} kind
 * @param {string} name
 */
function isUnspoken(kind, name) {
  return !upper && kind >= KIND_COOKIE && name.length < TARGET_LIMIT && !keeps(name);
}

/**
 * Tells of a script that the page's own snippet asks for, or of where Analytics.js sends events.
 * @param {string} url
 * @param {number} what it is (LEARN_SCRIPT, …)
 */
export function learnFrom(url, what) {
  const where = place(url);
  if (where && learn(where.host, where.path, what)) askAgain();
}

/**
 * Keeps a decision in the log and tells of it.
 * @param {number} kind
 * @param {string} target
 * @param {number} decision packed
 */
export function record(kind, target, decision) {
  if (upper) {
    whenFirst();
    return upper.record(kind, target, decision);
  }
  const entry = describe(kind, target, decision);
  push(log, entry);
  if (log.length > LOG_LIMIT) splice(log, 0, 1);
  emit("decision", entry);
}

/**
 * @param {number} kind
 * @param {string} target
 * @param {number} decision packed
 * @returns {DecisionRecord}
 */
export function describe(kind, target, decision) {
  return {
    time: now(),
    kind: KINDS[kind],
    target: target.length > TARGET_LIMIT ? slice(target, 0, TARGET_LIMIT) : target,
    decision: ACTIONS[actionOf(decision)],
    rule: ruleName(decision >>> 16),
    category: CATEGORIES[(decision >> 4) & 7],
    reason: REASONS[(decision >> 8) & 255],
  };
}

/** A copy of the log, newest last. */
export function decisions() {
  return log.map((entry) => ({ ...entry }));
}
