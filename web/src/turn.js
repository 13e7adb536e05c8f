/**
 * What a change of consent does to Segment in one realm: to its stubs and instances there, and to what they have under way. A frame
 * whose page has no gate of its own follows the page that holds it.
 */
import { upper } from "./above.js";
import { adoptLive, forgetIdentity, renewIdentity, takeOverStubs } from "./analytics.js";
import { followDestinations } from "./destinations.js";
import { countStored } from "./erase.js";
import { guard } from "./effects.js";
import { forgetLoads } from "./loading.js";
import { indexIn, push, splice } from "./natives.js";
import { discard, instances, leaveQueues } from "./queue.js";
import { replay } from "./replay.js";
import { stopUnderway } from "./underway.js";
import { ALLOW, DROP } from "./gen/abi.js";

/**
 * What the gate does with Segment before and after the change, and whether Segment is to be told of it.
 * @typedef {{ before: number, after: number, tell: boolean }} Turn
 */

/**
 * The frames in which there was something of Segment's.
 * @type {Record<"end" | "renew" | "goOn", (turn: Turn) => void>[]}
 */
export const realms = upper ? upper.realms : [];

const own = { end, renew, goOn };

/** Lets a frame follow from here on. */
export function joinRealms() {
  if (indexIn(realms, own) < 0) push(realms, own);
}

let left = false;

/** The frame is gone, or has a gate of its own. */
export function leaveRealms() {
  const at = indexIn(realms, own);
  left = at >= 0;
  if (left) splice(realms, at, 1);
  leaveQueues();
}

/** The visitor comes back to it. */
export function returnToRealms() {
  if (left) joinRealms();
}

/** Ends what may not go on, before what Segment stored is erased. @param {Turn} turn */
export function end({ before, after }) {
  if (after !== before && (before === ALLOW || before === DROP)) takeOverStubs(before === DROP);
  if (after !== ALLOW && before === ALLOW) adoptLive();
  if (after === DROP && before === ALLOW) forgetIdentity();
  if (after !== DROP) return;
  discard();
  forgetLoads();
  stopUnderway();
}

/**
 * Lets the visitor have another id.
 * @param {Turn} turn
 * @param {boolean} [there] whether there is one already
 */
export function renew({ before, after }, there = countStored() > 0) {
  if (after === ALLOW && before !== ALLOW) renewIdentity(there);
}

/** Goes on with what may. @param {Turn} turn */
export function goOn({ after, tell }) {
  if (after === ALLOW) replay();
  followDestinations(tell);
}

/** The same in all frames that follow. @param {keyof typeof own} step @param {Turn} turn */
export function followIn(step, turn) {
  const all = [...realms];
  // One of several tells Segment.
  if (instances().length) turn = { ...turn, tell: false };
  for (let i = 0; i < all.length; i++) guard(() => all[i][step](turn));
}
