/**
 * The gate as the page side sees it: asks the engine, keeps the log of decisions and tells listeners. It holds no policy.
 */
import { upper } from "./above.js";
import { decide, consentWord, isFree, learn, ruleName } from "./engine.js";
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
import { pathStart, plainPath } from "./plain.js";
import { ACTIONS, ALLOW, CATEGORIES, KINDS, REASONS } from "./gen/abi.js";

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
 * Hosts of which no rule speaks. One list for all realms, emptied when it is long. Under "/", which is in no host: what the last
 * URL to such a host began with, as most of a page's others do.
 */
export const open = upper ? upper.open : Object.create(null);
let openCount = 0;

/**
 * The same for a URL that is to be decided: undefined also when its host alone says that it is allowed. That is nearly
 * always so, and saves the most of what a decision costs.
 * @param {string} url
 * @returns {Place | undefined}
 */
export function gated(url) {
  // A host in the list is one that the browser's parser gave, so that nothing of what follows it can change it.
  if (startsWith(url, open["/"] || "data:")) return undefined;
  const start = slice(url, 0, 8) === "https://" ? 8 : slice(url, 0, 7) === "http://" ? 7 : 0;
  const end = start ? indexOf(url, "/", start) : -1;
  if (end > 0 ? open[slice(url, start, end)] : isPath(url) && open[baseHost()]) {
    if (end > 0) open["/"] = slice(url, 0, end + 1);
    return undefined;
  }
  return slice(url, 0, 5) === "data:" ? undefined : place(url);
}

/** Whether a URL is a path on the base URL's host beyond doubt. @param {string} url */
function isPath(url) {
  return url[0] === "/" && url[1] > " " && url[1] !== "/" && url[1] !== "\\";
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
  const decision = decide(kind, where.host, where.path);
  if (decision) record(kind, where.target, decision);
  else if (where.host && isFree(where.host)) {
    if (++openCount > 500) askAgain();
    open[where.host] = true;
  }
  return decision;
}

/** Rules may speak of other hosts from now on. */
export function askAgain() {
  openCount = 0;
  for (const host of Object.keys(open)) delete open[host];
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
