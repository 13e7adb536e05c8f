/**
 * The engine: starts the wasm module, copies bytes in and calls its exports. wasm/abi/abi.go is the document of the
 * boundary. When the module cannot start or traps, what the generated host list names stays held and everything else
 * passes; nothing here throws.
 */
import { upper } from "./above.js";
import wasmModule from "segment-blocker:wasm";
import { fallbackDecision } from "./fallback.js";
import {
  decode,
  encodeInto,
  NativeTextDecoder,
  NativeTextEncoder,
  NativeUint8Array,
  now,
  WASM,
} from "./natives.js";
import { ABI_VERSION, MAX_INPUT } from "./gen/abi.js";

/** Longer paths, names and values are cut before they are asked about, in bytes: no rule needs more. */
const LONGEST = 16384;

/** @type {any} */
let api;
/** @type {ArrayBuffer | undefined} */
let viewed;
/** @type {Uint8Array} */
let view;
let address = 0;
let size = 0;
/** @type {(code: string, error: unknown) => void} */
let onFault = () => {};
/** @type {TextEncoder | undefined} */
let encoder;
/** @type {TextDecoder | undefined} */
let decoder;

/**
 * Starts the engine. Returns false, after telling onFault, when it cannot run.
 * @param {(code: string, error: unknown) => void} fault told once, with "engine-start", "engine-abi" or "engine-trap"
 */
export function startEngine(fault) {
  onFault = fault;
  try {
    const instance = new WASM.Instance(new WASM.Module(wasmModule.decode()), {});
    /** @type {any} */
    const exports = instance.exports;
    exports._initialize();
    if (exports.version() !== ABI_VERSION) {
      fault("engine-abi", undefined);
      return false;
    }
    encoder = new NativeTextEncoder();
    decoder = new NativeTextDecoder();
    api = exports;
    return grow(LONGEST);
  } catch (error) {
    fail("engine-start", error);
    return false;
  }
}

/** Whether the engine answers. */
export function engineRuns() {
  return api !== undefined;
}

/**
 * After a trap the instance is dead and is not called again.
 * @param {string} code
 * @param {unknown} error
 */
function fail(code, error) {
  api = undefined;
  onFault(code, error);
}

/** @param {number} bytes */
function grow(bytes) {
  if (bytes > size) {
    address = api.reserve(bytes) >>> 0;
    size = address ? bytes : 0;
    viewed = undefined;
  }
  return size >= bytes;
}

/** The input buffer; made again after any call that grew the memory, which detaches the old view. */
function bytes() {
  if (viewed !== api.memory.buffer) {
    viewed = api.memory.buffer;
    view = new NativeUint8Array(/** @type {ArrayBuffer} */ (viewed), address, size);
  }
  return view;
}

/**
 * Copies a text into the input buffer and returns how many bytes it took. A text that does not fit is cut.
 * @param {string} text
 */
function write(text) {
  return encodeInto(encoder, text, bytes()).written;
}

/** @param {number} length of the text in the output buffer */
function read(length) {
  const from = api.output() >>> 0;
  return decode(decoder, new NativeUint8Array(api.memory.buffer, from, length));
}

/**
 * Runs a call of the engine; when it traps, the engine is dead and the answer is the fallback's.
 * @template T
 * @param {() => T} call
 * @param {T} otherwise
 * @returns {T}
 */
function guarded(call, otherwise) {
  if (api === undefined) return otherwise;
  try {
    return call();
  } catch (error) {
    fail("engine-trap", error);
    return otherwise;
  }
}

/**
 * Configures the gate; returns the faults of the configuration, one a line.
 * @param {string} json
 * @param {string} pageHost
 */
export function configure(json, pageHost) {
  return guarded(() => {
    if (!grow(room(json.length + pageHost.length))) json = "";
    const host = pageHost.length;
    const all = write(pageHost + json);
    const problems = api.configure(all - host, host);
    return problems ? read(problems) : "";
  }, "");
}

/** The settings word of the ABI; 0 when the engine does not run. */
export function settings() {
  return guarded(() => api.settings() >>> 0, 0);
}

/**
 * Decides one request.
 * @param {number} kind
 * @param {string} host for network kinds, else ""
 * @param {string} rest path for network kinds, else the name
 * @returns {number} Decision.Packed
 */
export function decide(kind, host, rest) {
  if (upper) return upper.decide(kind, host, rest);
  if (api !== undefined) {
    try {
      const first = host.length;
      return api.decide(kind, first, write(first ? host + rest : rest) - first) >>> 0;
    } catch (error) {
      fail("engine-trap", error);
    }
  }
  return fallbackDecision(kind, host, rest);
}

/**
 * Whether no rule speaks of a host, whatever is asked about it.
 * @param {string} host
 * @returns {boolean}
 */
export function isFree(host) {
  if (upper) return upper.isFree(host);
  return guarded(() => api.free(write(host)) === 1, false);
}

/**
 * The name of a rule.
 * @param {number} number
 */
export function ruleName(number) {
  return guarded(() => {
    const length = api.rule(number);
    return length ? read(length) : "";
  }, "");
}

/**
 * Puts states of a source; returns Transition.Packed.
 * @param {number} source
 * @param {number} states two bits a category
 * @param {number} mask one bit a category
 */
export function setStates(source, states, mask) {
  return guarded(() => api.set(source, states, mask) >>> 0, 0);
}

/**
 * The same of a choice that was made in another document of the site.
 * @param {number} source
 * @param {number} states
 * @param {number} mask
 */
export function setElsewhere(source, states, mask) {
  return guarded(() => api.elsewhere(source, states, mask) >>> 0, 0);
}

/**
 * Calls an export that takes two texts, by their lengths, and then numbers. A text that is too long is not carried: 0.
 * @param {string} name
 * @param {string} first
 * @param {string} [second]
 * @param {number} [a]
 * @param {number} [b]
 * @param {number} [c]
 * @returns {number}
 */
function call(name, first, second = "", a = 0, b = 0, c = 0) {
  return guarded(() => {
    const most = (first.length + second.length) * 3;
    if (most > MAX_INPUT || !grow(most)) return 0;
    const length = write(first);
    return api[name](length, write(first + second) - length, a, b, c) >>> 0;
  }, 0);
}

/**
 * What a source says; returns Transition.Packed. See Gate.Hear for the text and the numbers.
 * @param {number} source
 * @param {string} name of the CMP
 * @param {string} text
 * @param {number} a
 * @param {number} [b]
 */
export function hear(source, name, text, a, b = 0) {
  return call("hear", name, text, source, a, b);
}

/**
 * The choices that CMPs have stored; returns Transition.Packed.
 * @param {string} key that was written just now; empty for the choices of earlier visits
 * @param {string} jar cookies and keys
 */
export function stored(key, jar) {
  return call("stored", key, jar, now() / 1000);
}

/**
 * Whether a cookie or key holds a choice of a CMP.
 * @param {string} key
 */
export function keeps(key) {
  return !!call("keeps", key);
}

/**
 * Whether a consent source is to be heard.
 * @param {string} name
 */
export function listens(name) {
  return !!call("listens", name);
}

/**
 * Tells of what Analytics.js is served by, or sends to, on a host that nobody configured.
 * @param {string} host
 * @param {string} path
 * @param {number} what it is (LEARN_SCRIPT, …)
 * @returns {boolean} whether a first-party proxy became known
 */
export function learn(host, path, what) {
  if (upper) return upper.learn(host, path, what);
  return guarded(() => api.learn(host.length, write(host + path) - host.length, what) === 1, false);
}

/** The consent word of the ABI; 0 (nothing chosen) when the engine does not run, with Segment held. */
export function consentWord() {
  if (upper) return upper.consentWord();
  return guarded(() => api.consent() >>> 0, 1 << 14);
}

/**
 * A cookie list without what may not be read now.
 * @param {string} list
 */
export function maskCookies(list) {
  if (upper) return upper.maskCookies(list);
  return guarded(() => {
    if (!grow(room(list.length))) return list;
    const length = api.mask(write(list));
    return length ? read(length - 1) : list;
  }, list);
}

/**
 * Reads a source's settings: what became of them, and what Analytics.js may see.
 * @param {string} from the path that they came from, or the write key that they are for
 * @param {string} text
 * @param {string} own hosts with a space behind each
 * @returns {{ outcome: number, text: string }} outcome 0: not understood
 */
export function narrow(from, text, own) {
  if (upper) return upper.narrow(from, text, own);
  return guarded(
    () => {
      if (!grow(room(from.length + text.length + own.length))) return { outcome: 0, text };
      const first = write(from);
      const both = write(from + own);
      const word = api.narrow(first, both - first, write(from + own + text) - both) >>> 0;
      return { outcome: word & 3, text: word >>> 2 ? read(word >>> 2) : "" };
    },
    { outcome: 0, text },
  );
}

/**
 * Settings of a source with what has been granted since they were narrowed; "" when there is nothing more.
 * @param {string} key its write key
 * @returns {string}
 */
export function missingSettings(key) {
  if (upper) return upper.missingSettings(key);
  const length = call("missing", key);
  return length ? guarded(() => read(length - 1), "") : "";
}

/**
 * The name of the i-th destination of a source's settings, or of all; "" behind the last.
 * @param {number} i
 * @param {string} [key] the source's write key
 * @returns {string}
 */
export function destinationName(i, key = "") {
  if (upper) return upper.destinationName(i, key);
  return guarded(() => {
    const length = api.destination(write(key), i);
    return length ? read(length) : "";
  }, "");
}

/** Tells the engine of a denial: what Analytics.js made until now may never be sent. @param {number} at milliseconds since 1970 */
export function forget(at) {
  guarded(() => api.forget(at), undefined);
}

/** Tells the engine that consent has changed: destinations that are closed now get nothing of what is from before. @param {number} at milliseconds since 1970 */
export function lapse(at) {
  guarded(() => api.lapse(at), undefined);
}

/**
 * Whether a destination in the page may be given an event.
 * @param {string} name of the destination
 * @param {string} id the event's messageId
 * @returns {boolean}
 */
export function receives(name, id) {
  if (upper) return upper.receives(name, id);
  return !!call("receives", name, id);
}

/**
 * A body for the tracking API with the visitor's consent in it; undefined when it is not understood, "" when nothing of it
 * may be sent.
 * @param {string} body
 * @returns {string | undefined}
 */
export function stamp(body) {
  if (upper) return upper.stamp(body);
  return guarded(() => {
    if (!grow(room(body.length))) return undefined;
    const length = api.stamp(write(body));
    return length ? read(length - 1) : undefined;
  }, undefined);
}

/** The bytes to reserve for a text; 0 when it may be too long. @param {number} length */
function room(length) {
  return length * 3 < MAX_INPUT ? length * 3 : 0;
}

/**
 * How a call's arguments are arranged for the replay (Call.Packed with bit 31), or 0.
 * @param {string} method
 * @param {string} sorts a letter an argument
 */
export function arrange(method, sorts) {
  if (upper) return upper.arrange(method, sorts);
  return call("arrange", method, sorts);
}
