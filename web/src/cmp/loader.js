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
import { addChange, follow } from "../state.js";
import { HEAR_DECIDED, HEAR_MODEL, SETTING, SOURCE_CMP } from "../gen/abi.js";
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
 * is to be read.
 * @typedef {{
 *   adapter: import("./adapter.js").Adapter, path: string[], cmp?: any, told?: boolean, said?: any, due?: boolean, decided?: unknown,
 * }} Source
 */

/** @type {Source[]} */
const sources = [];
/** @type {string[]} */
const keys = [];
let scheduled = false;
let patient = true;

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
    if (polled(source)) tell(source);
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
 */
function tell(source) {
  if (source.adapter.source) {
    read(source);
  } else {
    source.due = true;
    schedule();
  }
}

/** @param {Source} source */
function read(source) {
  const { adapter } = source;
  const cmp = globalOf(source);
  if (adapter.source && !cmp) return;
  attempt(() => {
    /** @type {any} */
    const reading = adapter.read(cmp, source.said, () => tell(source));
    if (!reading) return;
    if (typeof reading.then === "function") {
      then(NativePromise.resolve(reading), (/** @type {any} */ late) => put(source, late), ignore);
    } else {
      put(source, reading);
    }
  });
}

/**
 * Puts a reading to the engine.
 * @param {Source} source
 * @param {any} reading
 */
function put(source, reading) {
  attempt(() => {
    const { adapter } = source;
    if (adapter.source) {
      for (const [text, a, b] of reading) took(hear(adapter.source, "", text, a, b));
      return;
    }
    const [words, decided, model] = reading;
    if (patient && !source.told && !decided && model !== OPT_OUT) return;
    const text =
      words === undefined ? "" : typeof words === "string" ? words : stringify(words) || "";
    source.decided = decided;
    took(
      hear(SOURCE_CMP, adapter.name, text, (decided ? HEAR_DECIDED : 0) | (model << HEAR_MODEL)),
    );
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
      source.due = false;
      read(source);
    }
  }
  scheduled = false;
  follow();
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
