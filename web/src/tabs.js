/**
 * One visitor, several tabs: a choice made in one is heard by the others of the same origin, and by a page that comes
 * back from the back-forward cache. Nothing is stored for it.
 */
import { countStored } from "./erase.js";
import { guard } from "./effects.js";
import { segmentAction } from "./gate.js";
import { listen, NativeBroadcastChannel, now, win } from "./natives.js";
import { choose, chooseElsewhere, getConsent } from "./state.js";
import { meetVisitor, storedId } from "./visitor.js";
import { ALLOW, CATEGORIES, SOURCE_API, SOURCES } from "./gen/abi.js";

const CHANNEL = "segment-blocker";

/** @type {BroadcastChannel | undefined} */
let channel;
let lastTime = 0;
let storedBefore = 0;
/** @type {unknown} */
let idBefore;

/** Starts to listen to other tabs. */
export function joinTabs() {
  open();
  listen(win, "pagehide", () => {
    storedBefore = segmentAction() === ALLOW ? countStored() : 0;
    idBefore = storedId();
    // An open channel can keep a page out of the back-forward cache.
    if (channel) guard(() => /** @type {BroadcastChannel} */ (channel).close());
    channel = undefined;
  });
  listen(win, "pageshow", (/** @type {PageTransitionEvent} */ event) => {
    if (!event.persisted) return;
    open();
    // What Segment had stored is gone: consent was withdrawn while this page was away.
    if (storedBefore > 0 && countStored() === 0)
      chooseElsewhere(SOURCES.indexOf(getConsent().source), { analytics: false, marketing: false });
    // Or it was given anew since.
    else if (idBefore && storedId() !== idBefore) meetVisitor();
  });
}

function open() {
  if (!NativeBroadcastChannel) return;
  guard(() => {
    channel = new NativeBroadcastChannel(CHANNEL);
    channel.onmessage = (event) => guard(() => hear(event.data));
  });
}

/**
 * Tells the other tabs of a choice made here.
 * @param {Record<string, boolean | null>} choice
 * @param {string} by the source that told of it
 */
export function tellTabs(choice, by) {
  lastTime = now();
  const message = { time: lastTime, choice, by };
  if (channel) guard(() => /** @type {BroadcastChannel} */ (channel).postMessage(message));
}

/**
 * The newest choice holds; of two at the same time, the denial.
 * @param {any} message
 */
function hear(message) {
  if (
    !message ||
    typeof message.time !== "number" ||
    typeof message.choice !== "object" ||
    message.time < lastTime
  )
    return;
  const tie = message.time === lastTime;
  lastTime = message.time;
  /** @type {Record<string, boolean | null>} */
  const choice = {};
  const mine = /** @type {Record<string, string>} */ (getConsent());
  for (const category of CATEGORIES) {
    const value = message.choice[category];
    if (value !== true && value !== false && value !== null) continue;
    if (!(tie && mine[category] === "denied")) choice[category] = value;
  }
  const source = SOURCES.indexOf(message.by);
  if (source < 1 || source === SOURCE_API) choose(SOURCE_API, choice, true);
  else chooseElsewhere(source, choice);
}
