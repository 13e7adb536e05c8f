/** window.segmentBlocker: what sites and CMP vendors call. */
import { decide, engineRuns } from "./engine.js";
import { complain, on, textOf } from "./events.js";
import { decisions, describe, place } from "./gate.js";
import { defineProperty, freeze, keysOf, listen, win } from "./natives.js";
import { queueState } from "./queue.js";
import { watch } from "./instances.js";
import { choose, getConsent } from "./state.js";
import { tellTabs } from "./tabs.js";
import { refusedCount } from "./effects.js";
import { VERSION } from "./version.js";
import {
  CATEGORIES,
  KIND_COOKIE,
  KIND_SCRIPT,
  KIND_STORAGE,
  KINDS,
  SOURCE_API,
  SOURCES,
} from "./gen/abi.js";

/** @type {import("./api.js").SegmentBlocker} */
export const segmentBlocker = /** @type {any} */ (
  freeze({
    setConsent,
    getConsent,
    withdraw,
    on,
    decisions,
    explain,
    watch,
    get queue() {
      const state = queueState();
      return { length: state.length, dropped: state.dropped + refusedCount() };
    },
    get engine() {
      return engineRuns() ? "wasm" : "none";
    },
    version: VERSION,
  })
);

/** Takes choices from a DOM event too, for code that must not depend on the API: its detail is that of setConsent. */
export function hearEvent() {
  listen(
    win,
    "segment-blocker:set-consent",
    (/** @type {CustomEvent} */ event) => setConsent(event.detail),
    true,
  );
}

/** Puts the API on the window, where nothing can replace it. @param {object} api */
export function publish(api) {
  defineProperty(win, "segmentBlocker", property(api, false));
}

/**
 * All of a descriptor: what is left out of one stays as it was, or is what the page put on Object.prototype.
 * @param {object | undefined} value
 * @param {boolean} configurable
 */
function property(value, configurable) {
  return { __proto__: null, value, writable: false, enumerable: true, configurable };
}

/**
 * The same in a document that may make way for a page with a gate of its own: that says so by setting it to nothing (natives.js).
 * @param {object} api
 * @param {() => void} leave
 */
export function lend(api, leave) {
  const set = (/** @type {unknown} */ value) => {
    // Till the other has started, the property says that this window is taken (realm.js).
    if (value === undefined && defineProperty(win, "segmentBlocker", property(undefined, true)))
      leave();
  };
  defineProperty(win, "segmentBlocker", {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    get: () => api,
    set,
    enumerable: true,
    configurable: true,
  });
}

/** @param {any} choice */
function setConsent(choice) {
  if (typeof choice !== "object" || choice === null) {
    complain("setConsent: must be an object such as {analytics: true, marketing: false}");
    return getConsent();
  }
  /** @type {Record<string, boolean | null>} */
  const good = {};
  for (const name of namesIn(choice)) {
    const value = read(choice, name);
    if (CATEGORIES.indexOf(name) < 0) {
      complain(
        `setConsent: unknown category "${name}"; the known ones are ${CATEGORIES.join(", ")}`,
      );
    } else if (value !== true && value !== false && value !== null) {
      complain(`setConsent.${name}: must be true, false or null`);
    } else {
      good[name] = value;
    }
  }
  choose(SOURCE_API, good);
  tellTabs(good, SOURCES[SOURCE_API]);
  return getConsent();
}

/** @param {object} choice @returns {string[]} */
function namesIn(choice) {
  try {
    return keysOf(choice);
  } catch (error) {
    complain(`setConsent: cannot be read: ${textOf(error)}`);
    return [];
  }
}

/** What a member of the page's says; undefined where it throws, which is none of the values that count. @param {any} choice @param {string} name */
function read(choice, name) {
  try {
    return choice[name];
  } catch {
    return undefined;
  }
}

function withdraw() {
  return setConsent({ functional: false, analytics: false, marketing: false });
}

/**
 * @param {string} target a URL, a cookie name or a storage key
 * @param {string} [kind]
 */
function explain(target, kind) {
  const text = textOf(target);
  if (kind !== undefined) {
    const number = KINDS.indexOf(kind);
    if (number < 1) {
      complain(
        `explain: unknown kind "${textOf(kind)}"; the known ones are ${KINDS.slice(1).join(", ")}`,
      );
    }
    return ask(number < 1 ? KIND_SCRIPT : number, text);
  }
  if (/[/:]/.test(text) && /^(\w+:|\/|\.)/.test(text)) {
    const url = ask(KIND_SCRIPT, text);
    if (url.rule || /^(\w+:)?\/\//.test(text)) return url;
  }
  for (const named of [KIND_COOKIE, KIND_STORAGE]) {
    const answer = ask(named, text);
    if (answer.rule) return answer;
  }
  return ask(KIND_SCRIPT, /^[\w-]+(\.[\w-]+)+/.test(text) ? "https://" + text : text);
}

/**
 * @param {number} kind
 * @param {string} text
 */
function ask(kind, text) {
  // Kinds from there on are of names.
  if (kind >= KIND_COOKIE) {
    return describe(kind, text, decide(kind, "", text));
  }
  const where = place(text);
  return describe(kind, text, where ? decide(kind, where.host, where.path) : 0);
}
