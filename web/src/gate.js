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
  indexOf,
  NativeURL,
  now,
  push,
  slice,
  splice,
  startsWith,
  win,
} from "./natives.js";
import { isRelative, pathStart, plainPath } from "./plain.js";
import { ACTIONS, ALLOW, CATEGORIES, KIND_COOKIE, KINDS, REASONS } from "./gen/abi.js";

/** How many records the log keeps, and how long a target may be in it. */
const LOG_LIMIT = 500;
const TARGET_LIMIT = 500;

/**
 * One decision, as the public contract words it.
 * @typedef {{ time: number, kind: string, target: string, decision: string, rule: string, category: string, reason: string }} DecisionRecord
 */

/** @type {DecisionRecord[]} */
const log = [];

/**
 * Where a request goes: what the engine is asked about.
 * @typedef {{ host: string, path: string, target: string }} Place
 */

/** The base URL that relative ones were last resolved against, and its host if it is one of the web's. */
let lastBase = "";
let lastHost = "";

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
 * Hosts of which no rule speaks; how the last two URLs to such hosts began, as most of a page's others do; the last script that
 * was given such a URL; and names, by kind, of which neither a rule nor a consent source speaks. One for all realms, emptied
 * when rules may speak of others.
 * @typedef {{
 *   hosts: Record<string, boolean>, names: Record<number, Record<string, boolean>>, count: number,
 *   start: string, before: string, script: Element | undefined,
 * }} Free
 */

/** @type {Free} */
export const free = upper ? upper.free : /** @type {any} */ ({});
if (!upper) askAgain();

/**
 * The same for a URL that is to be decided: undefined also when its host alone says that it is allowed. That is nearly
 * always so, and saves the most of what a decision costs.
 * @param {string} url
 * @returns {Place | undefined}
 */
export function gated(url) {
  if (isUsual(url)) return undefined;
  const start = slice(url, 0, 8) === "https://" ? 8 : slice(url, 0, 7) === "http://" ? 7 : 0;
  const end = start ? indexOf(url, "/", start) : -1;
  if (end < 0 || !free.hosts[slice(url, start, end)])
    return slice(url, 0, 5) === "data:" && url[5] !== "/" ? undefined : place(url);
  free.before = free.start;
  free.start = slice(url, 0, end + 1);
  return undefined;
}

/**
 * Whether a URL begins as others did that no rule speaks of: the question that most calls end with.
 * @param {string} url
 */
export function isUsual(url) {
  return startsUsual(url) || (isRelative(url) && isHomeUsual());
}

/** Whether no rule is known to speak of the base URL's host. */
export function isHomeUsual() {
  return free.hosts[baseHost()];
}

/** The same, whatever the base URL is. @param {string} url */
export function startsUsual(url) {
  // A host in the list is one that the browser's parser gave, so that nothing of what follows it can change it.
  return startsWith(url, free.start) || startsWith(url, free.before);
}

/** The host of the document's base URL; empty when relative URLs are not resolved as on the web. */
function baseHost() {
  try {
    const base = getBaseURI(win.document);
    if (base !== lastBase) {
      lastBase = base;
      lastHost = slice(base, 0, 4) === "http" ? getHost(new NativeURL(base)) : "";
    }
    return lastHost;
  } catch {
    return "";
  }
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
  if (++free.count > 500) askAgain();
  if (host) free.hosts[host] = true;
  else (free.names[kind] || (free.names[kind] = Object.create(null)))[rest] = true;
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
 * Whether a name is one of those of which nobody speaks.
 * @param {number} kind
 * @param {string} name as it is asked about
 */
export function isFreeName(kind, name) {
  const names = free.names[kind];
  return !!names && names[name];
}

/** Rules may speak of other hosts and names from now on. */
export function askAgain() {
  free.hosts = Object.create(null);
  free.names = Object.create(null);
  free.count = 0;
  free.start = free.before = "data:,";
  free.script = undefined;
}

/**
 * Tells of a script that the page's own snippet asks for.
 * @param {string} url
 * @param {boolean} sure its element carries the snippet's mark
 */
export function learnFrom(url, sure) {
  const where = place(url);
  if (where && learn(where.host, where.path, sure)) askAgain();
}

/**
 * Decides a cookie or key by its name and logs it when a rule speaks of it.
 * @param {number} kind
 * @param {string} name
 * @returns {number} packed
 */
export function decideName(kind, name) {
  const decision = decide(kind, "", name);
  if (decision) record(kind, name, decision);
  return decision;
}

/**
 * Keeps a decision in the log and tells of it.
 * @param {number} kind
 * @param {string} target
 * @param {number} decision packed
 */
export function record(kind, target, decision) {
  if (upper) return upper.record(kind, target, decision);
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
