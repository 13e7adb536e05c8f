/**
 * What holds when the engine cannot run: everything the generated list names is held for good, the rest passes. The
 * list comes from the engine's catalog; there is no consent here and nothing is ever released.
 */
import { charCodeAt, indexOf, slice } from "./natives.js";
import { COOKIES, HOSTS, STORAGE_KEYS } from "./gen/fallback.js";
import { ALLOW, HOLD, KIND_COOKIE, KIND_STORAGE } from "./gen/abi.js";

/**
 * @param {number} kind
 * @param {string} host
 * @param {string} rest
 * @returns {number} a packed decision without rule
 */
export function fallbackDecision(kind, host, rest) {
  if (kind === KIND_COOKIE) return named(COOKIES, rest);
  if (kind === KIND_STORAGE) return named(STORAGE_KEYS, rest);
  let name = host;
  const port = indexOf(name, ":");
  if (port >= 0) name = slice(name, 0, port);
  if (charCodeAt(name, name.length - 1) === 46) name = slice(name, 0, -1);
  for (let i = 0; i < HOSTS.length; i++) {
    const at = name.length - HOSTS[i][0].length;
    if (
      at >= 0 &&
      slice(name, at) === HOSTS[i][0] &&
      (at === 0 || charCodeAt(name, at - 1) === 46)
    ) {
      if (indexOf(rest, HOSTS[i][1]) === 0) return HOLD;
    }
  }
  return ALLOW;
}

/**
 * @param {string[]} globs whose only star is at their end
 * @param {string} name
 */
function named(globs, name) {
  for (let i = 0; i < globs.length; i++) {
    const star = indexOf(globs[i], "*");
    const stem = star < 0 ? globs[i] : slice(globs[i], 0, star);
    if (indexOf(name, stem) === 0 && (star >= 0 || isEnd(name, stem.length))) return HOLD;
  }
  return ALLOW;
}

/**
 * @param {string} text a name, or a whole cookie string
 * @param {number} at
 */
function isEnd(text, at) {
  return text.length === at || charCodeAt(text, at) === 61;
}
