/**
 * What no rule speaks of, as it was found out by asking: nearly all that a page does. These are the questions that most calls
 * end with, and all that they cost.
 */
import { upper } from "./above.js";
import {
  create,
  doc,
  getBaseURI,
  getHost,
  indexOf,
  NativeURL,
  slice,
  startsWith,
  win,
} from "./natives.js";
import { isRelative } from "./plain.js";

/**
 * Hosts of which no rule speaks; how the last two URLs to such hosts began, as most of a page's others do; the last script that
 * was given such a URL; and names, by kind, of which neither a rule nor a consent source speaks. One for all realms, emptied
 * when rules may speak of others.
 * @typedef {{
 *   hosts: Record<string, boolean>, hostCount: number,
 *   names: Record<number, Record<string, boolean>>, older: Record<number, Record<string, boolean>>, nameCount: number,
 *   start: string, before: string, script: Element | undefined,
 * }} Free
 */

/** @type {Free} */
export const free = upper ? upper.free : /** @type {any} */ ({});
if (!upper) askAgain();

/** Rules may speak of other hosts and names from now on. */
export function askAgain() {
  free.names = create(null);
  free.older = create(null);
  free.nameCount = 0;
  forgetHosts();
}

function forgetHosts() {
  free.hosts = create(null);
  free.hostCount = 0;
  // So begins no URL that a browser can read: there is no host.
  free.start = free.before = "https://:/";
  free.script = undefined;
}

/** How many hosts are remembered, and of the names how many of those that came last. */
const MOST_HOSTS = 500;
const MOST_NAMES = 2000;

/**
 * Remembers a host, or without one a name.
 * @param {number} kind
 * @param {string} host
 * @param {string} name
 */
export function remember(kind, host, name) {
  if (host) {
    if (++free.hostCount > MOST_HOSTS) forgetHosts();
    free.hosts[host] = true;
    return;
  }
  if (++free.nameCount > MOST_NAMES) {
    free.older = free.names;
    free.names = create(null);
    free.nameCount = 1;
  }
  (free.names[kind] || (free.names[kind] = create(null)))[name] = true;
}

/**
 * Whether a name is one of those of which nobody speaks.
 * @param {number} kind
 * @param {string} name as it is asked about
 */
export function isFreeName(kind, name) {
  const names = free.names[kind];
  const older = free.older[kind];
  return (!!names && names[name]) || (!!older && older[name]);
}

/** Whether a host is one of those of which no rule speaks. @param {string} host */
export function isFreeHost(host) {
  return free.hosts[host];
}

/**
 * Whether an absolute URL's host alone says that it is allowed, which is then how a usual URL begins.
 * @param {string} url
 */
export function becomesUsual(url) {
  const start = slice(url, 0, 8) === "https://" ? 8 : slice(url, 0, 7) === "http://" ? 7 : 0;
  const end = start ? indexOf(url, "/", start) : -1;
  if (end < 0 || !isFreeHost(slice(url, start, end))) return false;
  free.before = free.start;
  free.start = slice(url, 0, end + 1);
  return true;
}

/**
 * Whether a URL begins as others did that no rule speaks of.
 * @param {string} url
 */
export function isUsual(url) {
  return startsUsual(url) || (isRelative(url) && isHomeUsual());
}

/** Whether no rule is known to speak of the base URL's host. */
export function isHomeUsual() {
  return isFreeHost(baseHost());
}

/** The host of the document itself, however its base URL changes. */
const ownHost = win.location.host;

/**
 * Whether relative URLs lead to another host than the document's, of which a rule may speak. What was harmless when it was set
 * may not be so any more.
 */
export function isHomeStrange() {
  const host = baseHost();
  return host !== ownHost && !!host && !isFreeHost(host);
}

/** The same as isUsual, whatever the base URL is. @param {string} url @param {number} [at] where in the text it begins */
export function startsUsual(url, at) {
  // A host in the list is one that the browser's parser gave, so that nothing of what follows it can change it.
  return startsWith(url, free.start, at) || startsWith(url, free.before, at);
}

/**
 * Whether all URLs in a text are usual ones if the base URL's host is, beyond doubt and however they stand in it; those that
 * have a slash and white space after it are not seen. What comes without the scheme of a network is on the base URL's host
 * unless two slashes meet.
 * @param {string} text
 * @param {(text: string, at: number) => boolean} [isKnown] whether the URL that begins there is such a one
 */
export function namesUsual(text, isKnown = startsUsual) {
  if (indexOf(text, "\\") >= 0) return false;
  let slashes = indexOf(text, "//");
  for (let at = indexOf(text, ":"); at >= 0; at = indexOf(text, ":", at + 1)) {
    if (slashes >= 0 && slashes < at) return false;
    if (!endsScheme(text, at)) continue;
    if (!isKnown(text, at - (text[at - 1] === "s" ? 5 : 4))) return false;
    slashes = indexOf(text, "//", at + 3);
  }
  return slashes < 0;
}

/**
 * Whether a colon may end a scheme that leads to the network (http, https, ws, wss, ftp), in which there may be signs that a URL's
 * parser takes out.
 * @param {string} text
 * @param {number} at
 */
function endsScheme(text, at) {
  const last = text[at - 1];
  const before = text[at - 2];
  if (!(last > " ")) return true;
  // Compared one by one, which takes less than to look one up in a text.
  const isP = last === "p" || last === "P";
  const isS = last === "s" || last === "S";
  if (!isP && !isS) return false;
  return !(before > " ") || indexOf(isP ? "tT" : "pPwWsS", before) >= 0;
}

/** The base URL that relative ones were last resolved against, and its host if it is one of the web's. */
let lastBase = "";
let lastHost = "";

/** The host of the document's base URL; empty when relative URLs are not resolved as on the web. */
export function baseHost() {
  try {
    const base = getBaseURI(upper ? win.document : doc);
    if (base !== lastBase) {
      lastBase = base;
      lastHost = slice(base, 0, 4) === "http" ? getHost(new NativeURL(base)) : "";
    }
    return lastHost;
  } catch {
    return "";
  }
}
