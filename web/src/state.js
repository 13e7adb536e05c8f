/** Consent on the page side: hands signals to the engine and carries out what each change sets free or ends. */
import { consentWord, setStates } from "./engine.js";
import { emit } from "./events.js";
import { followDestinations } from "./destinations.js";
import { settle } from "./effects.js";
import { deniedNames, erase } from "./erase.js";
import { adoptLive, forgetIdentity, renewIdentity } from "./analytics.js";
import { discard, replay } from "./queue.js";
import { ALLOW, CATEGORIES, DROP, MODELS, SOURCES, STATES } from "./gen/abi.js";

/**
 * The state of consent as the public contract words it.
 * @typedef {{ functional: string, analytics: string, marketing: string, source: string, model: string }} ConsentState
 */

/** @returns {ConsentState} */
export function getConsent() {
  const word = consentWord();
  return {
    functional: STATES[(word >> 2) & 3],
    analytics: STATES[(word >> 4) & 3],
    marketing: STATES[(word >> 6) & 3],
    source: SOURCES[(word >> 8) & 15],
    model: MODELS[(word >> 12) & 3 || 1],
  };
}

/**
 * Puts states of a source and carries out the change.
 * @param {number} source
 * @param {Record<string, boolean | null>} choice by category; true granted, false denied, null unset
 * @returns {boolean} whether anything changed
 */
export function choose(source, choice) {
  let states = 0;
  let mask = 0;
  CATEGORIES.forEach((category, i) => {
    const value = choice[category];
    if (value === undefined) return;
    mask |= 1 << i;
    states |= (value === null ? 0 : value ? 1 : 2) << (2 * i);
  });
  return follow(setStates(source, states, mask));
}

/**
 * Carries out a transition (Transition.Packed).
 * @param {number} transition
 */
export function follow(transition) {
  const before = (transition >> 4) & 3;
  const after = (transition >> 6) & 3;
  const changed = transition & 15;
  if (!changed && before === after && !(transition >> 8)) return false;
  const doomed = deniedNames();
  if (after !== ALLOW && before === ALLOW) adoptLive();
  if (after === DROP && before === ALLOW) forgetIdentity();
  if (after === DROP) discard();
  erase(doomed);
  if (after === ALLOW && before !== ALLOW) renewIdentity();
  settle();
  if (after === ALLOW) replay();
  followDestinations(before === ALLOW && after === ALLOW && changed !== 0);
  emit("consent", getConsent());
  return true;
}
