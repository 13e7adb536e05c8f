/** Consent on the page side: hands signals to the engine and carries out what each change sets free or ends. */
import { consentWord, forget, setElsewhere, setStates } from "./engine.js";
import { emit } from "./events.js";
import { settle } from "./effects.js";
import { countStored, deniedNames, erase } from "./erase.js";
import { now } from "./natives.js";
import { end, followIn, goOn, renew } from "./turn.js";
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
 * @param {boolean} [heard] whether another tab has carried it out
 * @returns {boolean} whether anything changed
 */
export function choose(source, choice, heard) {
  choices++;
  const { states, mask } = packed(choice);
  addChange(setStates(source, states, mask));
  return follow(heard);
}

/** How many choices were made in other documents. */
let elsewhere = 0;

export function countElsewhere() {
  return elsewhere;
}

/** How many choices were told by other than the page's sources: by the site's code, or by other documents. */
let choices = 0;

export function countChoices() {
  return choices;
}

/**
 * The same of a choice that was made in another document of the site, where that source told of it.
 * @param {number} source
 * @param {Record<string, boolean | null>} choice
 */
export function chooseElsewhere(source, choice) {
  elsewhere++;
  choices++;
  const { states, mask } = packed(choice);
  addChange(setElsewhere(source, states, mask));
  return follow(true);
}

/** Two bits a category, and one. @param {Record<string, boolean | null>} choice */
function packed(choice) {
  let states = 0;
  let mask = 0;
  CATEGORIES.forEach((category, i) => {
    const value = choice[category];
    if (value === undefined) return;
    mask |= 1 << i;
    states |= (value === null ? 0 : value ? 1 : 2) << (2 * i);
  });
  return { states, mask };
}

/** What changed since effects were last carried out (Transition.Packed). @type {number | undefined} */
let pending;

/**
 * Adds what a signal changed to what is to be carried out: the states before the first signal, those after the last.
 * @param {number} change Transition.Packed
 */
export function addChange(change) {
  pending = pending === undefined ? change : (pending & 0x13f) | (change & 0x1cf);
}

/**
 * Carries out what changed. Returns whether anything did.
 * @param {boolean} [heard] whether another tab has carried it out
 */
export function follow(heard = false) {
  const transition = pending || 0;
  pending = undefined;
  const before = (transition >> 4) & 3;
  const after = (transition >> 6) & 3;
  const changed = transition & 15;
  if (!changed && before === after && !(transition >> 8)) return false;
  const doomed = deniedNames();
  const tell = !heard && before === ALLOW && after === ALLOW && changed !== 0;
  const turn = { before, after, tell };
  end(turn);
  followIn("end", turn);
  if (after === DROP) forget(now());
  erase(doomed);
  renew(turn, heard && countStored() > 0);
  followIn("renew", turn);
  settle();
  goOn(turn);
  followIn("goOn", turn);
  emit("consent", getConsent());
  return true;
}
