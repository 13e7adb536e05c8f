/**
 * Consent sources: finds each whenever it comes, subscribes to it, reads it, and puts what it says to the engine. What a
 * change sets free or ends is carried out at the end of the running script, so that of many words only the last one
 * counts; a source that throws says nothing, and one that is replaced is subscribed to again.
 */
import { hear, listens, stored } from "../engine.js";
import { attempt, guard } from "../effects.js";
import {
  addEventListener,
  doc,
  indexIn,
  keysOf,
  listen,
  NativePromise,
  push,
  setTimeout,
  splice,
  split,
  stringify,
  then,
  win,
} from "../natives.js";
import { addChange, countChoices, countElsewhere, follow, getConsent } from "../state.js";
import { tellTabs } from "../tabs.js";
import { CATEGORIES, HEAR_DECIDED, HEAR_MODEL, SETTING, SOURCE_CMP, STATES } from "../gen/abi.js";
import { ADAPTERS } from "./adapters.js";
import { locate } from "./frame.js";
import { OPT_OUT } from "./reading.js";
import { jar, onWritten } from "./written.js";

/** When it is looked for sources that nothing announces, each time after twice as long, in milliseconds. */
const FIRST_LOOK = 100;
const LAST_LOOK = 25_600;

/**
 * How long a CMP that was found, but has told nothing, is not taken for undecided: it may not have loaded the choice of
 * a visitor who returns.
 */
const PATIENCE = 3200;

/**
 * An adapter at work: the object in its global that was subscribed to; whether it told anything, and what it told last; whether it
 * is to be read, and has told so; whether it was found without a choice; its last reading, as a text, and
 * how many choices were made elsewhere by then.
 * @typedef {{
 *   adapter: import("./adapter.js").Adapter, path: string[], cmp?: any, told?: boolean, said?: any, due?: boolean, fresh?: boolean, open?: boolean, decided?: unknown, last?: string, age?: number,
 * }} Source
 */

/** @type {Source[]} */
const sources = [];
/** @type {string[]} */
const keys = [];
let scheduled = false;
let patient = true;
/** Whether the visitor has chosen on this page since the last flush. */
let chosen = false;
/** Whether a CMP has said since then once more what a choice in another tab had made out of date. */
let repeated = false;
/** What held after that, and how many choices others had told by then. @type {object} */
let known = {};
let knownAt = 0;

/**
 * Hears every source that the configuration names: first the choices of earlier visits, then whoever is there.
 * @param {number} settings the settings word of the ABI
 */
export function hearSources(settings) {
  if (!(settings & SETTING.cmp)) return;
  if (settings & SETTING.stored) took(stored("", jar()));
  for (const adapter of ADAPTERS) {
    if (listens(adapter.name)) watch({ adapter, path: split(adapter.global, ".") });
  }
  onWritten((key) => {
    if (indexIn(keys, key) < 0) push(keys, key);
    schedule();
  });
  look();
  flush();
  listen(doc, "load", look, true);
  lookLater(FIRST_LOOK);
}

/** @param {Source} source */
function watch(source) {
  push(sources, source);
  for (const name of split(source.adapter.events || "", " ")) {
    if (name) {
      addEventListener(
        win,
        name,
        (/** @type {CustomEvent} */ event) => {
          look();
          hearFrom(source, event.detail);
        },
        true,
      );
    }
  }
}

/** Looks for sources that came since the last look. To be called after anything that may have brought one. */
export function look() {
  for (let i = 0; i < sources.length; i++) {
    const cmp = globalOf(sources[i]);
    if (cmp) attempt(() => meet(sources[i], cmp));
  }
}

/** @param {number} wait */
function lookLater(wait) {
  setTimeout(() => {
    patient = wait < PATIENCE;
    look();
    if (wait < LAST_LOOK) lookLater(wait * 2);
  }, wait);
}

/**
 * @param {Source} source
 * @param {any} cmp what stands in its global
 */
function meet(source, cmp) {
  if (cmp === source.cmp) {
    if (polled(source)) tell(source, true);
    return;
  }
  const { on } = source.adapter;
  if (on) on(cmp, (/** @type {any} */ said) => hearFrom(source, said));
  source.cmp = cmp;
  tell(source);
}

/**
 * What stands in a source's global now.
 * @param {Source} source
 */
function globalOf({ adapter, path }) {
  /** @type {any} */
  let found = win;
  try {
    for (let i = 0; found && i < path.length; i++) found = found[path[i]];
  } catch {
    return undefined;
  }
  return found || (adapter.source && locate(adapter.global));
}

/**
 * A source tells of a change.
 * @param {Source} source
 * @param {any} said
 */
function hearFrom(source, said) {
  if (said !== undefined) source.said = said;
  source.told = true;
  tell(source);
}

/**
 * Something may have changed.
 * @param {Source} source
 * @param {boolean} [again] whether it has not told so itself
 */
function tell(source, again) {
  if (source.adapter.source) {
    read(source, again);
  } else {
    source.due = true;
    source.fresh = source.fresh || !again;
    schedule();
  }
}

/**
 * @param {Source} source
 * @param {boolean} [again] whether it has not told of a change
 */
function read(source, again) {
  const { adapter } = source;
  const cmp = globalOf(source);
  if (adapter.source && !cmp) return;
  attempt(() => {
    /** @type {any} */
    const reading = adapter.read(cmp, source.said, () => tell(source));
    if (!reading) return;
    if (typeof reading.then === "function") {
      then(
        NativePromise.resolve(reading),
        (/** @type {any} */ late) => put(source, late, again),
        ignore,
      );
    } else {
      put(source, reading, again);
    }
  });
}

/**
 * Whether a reading counts. One that is as it was before the visitor has chosen in another tab is out of date, unless the source has
 * told it.
 * @param {Source} source
 * @param {string} reading
 * @param {boolean} [again]
 */
function counts(source, reading, again) {
  const { last } = source;
  source.last = reading;
  const isOld = source.age !== countElsewhere();
  if (reading === last && again && isOld) return false;
  source.age = countElsewhere();
  if (reading === last && !isOld) return true;
  // It may have been asked to show its dialogue, no more.
  if (reading === last && !source.adapter.source) return (repeated = true);
  const before = source.open || last !== undefined;
  chosen = chosen || (before && !!(source.told || source.adapter.source));
  return true;
}

/**
 * Puts a reading to the engine.
 * @param {Source} source
 * @param {any} reading
 * @param {boolean} [again] whether the source has not told of a change
 */
function put(source, reading, again) {
  attempt(() => {
    const { adapter } = source;
    if (adapter.source) {
      if (!counts(source, stringify(reading), again)) return;
      for (const [text, a, b] of reading) took(hear(adapter.source, "", text, a, b));
      return;
    }
    const [words, decided, model] = reading;
    if (patient && !source.told && !decided && model !== OPT_OUT) {
      source.open = true;
      return;
    }
    const text =
      words === undefined ? "" : typeof words === "string" ? words : stringify(words) || "";
    source.decided = decided;
    const how = (decided ? HEAR_DECIDED : 0) | (model << HEAR_MODEL);
    if (counts(source, how + text, again)) took(hear(SOURCE_CMP, adapter.name, text, how));
  });
}

/** @param {number} change Transition.Packed; most change nothing */
function took(change) {
  if (!(change & 0x10f)) return;
  addChange(change);
  schedule();
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  then(NativePromise.resolve(), () => guard(flush));
}

/**
 * Reads what is to be read, then carries out what all of it changed. The word of a CMP that tells of changes counts more
 * than what it writes, which may be in a form of its next version.
 */
function flush() {
  const written = splice(keys, 0, keys.length);
  const list = written.length ? jar() : "";
  for (const key of written) took(stored(key, list));
  for (const source of sources) {
    const standard = source.adapter.source;
    if (source.due || (standard ? polled(source) : list && source.told)) {
      const again = !source.fresh;
      source.due = source.fresh = false;
      read(source, again);
    }
  }
  scheduled = false;
  follow();
  // Others may have said otherwise in between: then all is told.
  const before = knownAt === countChoices() ? known : {};
  knownAt = countChoices();
  known = getConsent();
  if (chosen || repeated) tellOf(before, known);
  chosen = repeated = false;
}

/** Tells the other tabs what the visitor has changed here; what is but repeated, if it is a denial. @param {any} before @param {any} after */
function tellOf(before, after) {
  /** @type {Record<string, boolean>} */
  const choice = {};
  for (const category of CATEGORIES) {
    const state = after[category];
    const granted = state === STATES[1];
    if (state === before[category] || state === STATES[0] || (granted && !chosen)) continue;
    choice[category] = granted;
  }
  if (keysOf(choice).length) tellTabs(choice, after.source);
}

/**
 * Whether a source is to be read again when nothing was heard of it: a standard without events, a CMP that was found
 * before it was ready.
 * @param {Source} source
 */
function polled({ adapter, decided }) {
  return adapter.source ? !adapter.on : !decided;
}

function ignore() {}
