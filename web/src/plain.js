/**
 * URLs that need no parser: `https://host/path` and `/path` of nothing but plain characters, as nearly all are. The
 * browser's own parser costs more than the whole rest of a decision. Whatever is not plain beyond doubt is left to it.
 * No regular expressions here: the page could see what they last matched (RegExp.$1).
 */
import { create, slice } from "./natives.js";

/** By character: 1 in host and path, 2 in a path alone. @type {Record<string, number>} */
const PLAIN = create(null);
for (const sign of "abcdefghijklmnopqrstuvwxyz0123456789-.") PLAIN[sign] = 1;
for (const sign of "ABCDEFGHIJKLMNOPQRSTUVWXYZ_~!$&'()*+,;=:@/") PLAIN[sign] = 2;

/** Whether a sign may stand in a plain host, or before its port. @param {string} sign */
export function isHostSign(sign) {
  return PLAIN[sign] === 1 || sign === ":";
}

/**
 * Where a plain URL's path starts: 0 when it has no host, -1 when it is not plain.
 * @param {string} url
 */
export function pathStart(url) {
  if (url[0] === "/") return url[1] === "/" ? -1 : 0;
  const start = slice(url, 0, 8) === "https://" ? 8 : slice(url, 0, 7) === "http://" ? 7 : -1;
  if (start < 0) return -1;
  let i = start;
  let label = start;
  for (; PLAIN[url[i]] === 1; i++) {
    // A label with "--" may be an encoded name, which may be a wrong one.
    if (url[i] === "-" && url[i - 1] === "-") return -1;
    if (url[i] !== ".") continue;
    if (i === label) return -1;
    label = i + 1;
  }
  // A last label that starts with a digit may be a number, which stands for an address; an empty one is a trailing dot.
  if (i === label || !(url[label] >= "a") || (i < url.length && url[i] !== "/")) return -1;
  return i;
}

/**
 * Whether a URL is one on the base URL's host beyond doubt (URL standard 4.4: no scheme, no second slash).
 * @param {string} url
 */
export function isRelative(url) {
  if (url[0] === "#") return true;
  if (url[0] === "/") return url[1] > " " && url[1] !== "/" && url[1] !== "\\";
  let i = 0;
  while (PLAIN[url[i]] && url[i] !== ":" && url[i] !== "/") i++;
  return i > 0 && (i === url.length || url[i] === "/" || url[i] === "?" || url[i] === "#");
}

/**
 * The path of a plain URL, which ends at the query; undefined when it is not plain.
 * @param {string} url
 * @param {number} from
 */
export function plainPath(url, from) {
  let i = from;
  for (; i < url.length && url[i] !== "?" && url[i] !== "#"; i++) {
    if (!PLAIN[url[i]]) return undefined;
    // "/./" and "/../" are resolved, "//" is kept; both are rare.
    if (url[i] === "/" && (url[i + 1] === "." || url[i + 1] === "/")) return undefined;
  }
  return i === from ? "/" : slice(url, from, i);
}
