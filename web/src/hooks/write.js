/** document.write and writeln. A tag may come in several writes: one that is not complete waits for the rest of it. */
import { upper } from "../above.js";
import { guard } from "../effects.js";
import {
  apply,
  doc,
  documentQuerySelectorAll,
  getReadyState,
  getWindow,
  mapGet,
  mapSet,
  NativePromise,
  NativeWeakMap,
  slice,
  then,
  win,
} from "../natives.js";
import { once, trustHTML } from "../trusted.js";
import { wrapMethod } from "../wrap.js";
import { lookAway, meetWritten } from "./parser.js";
import { judgeInserted, judgeUnread } from "./script.js";
import { visit, visitFrames } from "./realm.js";
import { reviveAll } from "./revive.js";
import { endOfText } from "./tags.js";
import { tame } from "./tame.js";

/** `trusted`: whether all that was written last was made by a policy of the page. @type {import("./tame.js").Rest & { trusted?: boolean } | undefined} */
let rest;

/** @type {any} */
let nativeWrite;
/** @type {any} */
let nativeWriteLine;

/** Whether script has opened the document: no markup but what is written comes into it. */
let ours = false;

/** How a document is written to, and what is done when it was opened anew. @typedef {{ write: (self: any, args: any[], end: string) => any, reopened: () => void }} Writer */

/** By document: one list for all realms. @type {WeakMap<Document, Writer>} */
export const writers = upper ? upper.writers : new NativeWeakMap();

/**
 * @param {() => void} onReopen called when a write has begun a new document in the window
 * @returns {() => void} to be called when the window has another document
 */
export function hookWrite(onReopen) {
  const prototype = win.Document.prototype;
  ({ write: nativeWrite, writeln: nativeWriteLine } = prototype);
  register();
  // A frame's document may be written to by another realm's function.
  for (const [name, end] of [
    ["write", ""],
    ["writeln", "\n"],
  ])
    wrapMethod(prototype, name, (native, self, args) => {
      const writer = writerOf(self);
      return writer ? writer.write(self, args, end) : writeAside(native, self, args, end);
    });
  wrapMethod(prototype, "open", (native, self, args) => {
    const result = apply(native, self, args);
    const writer = args.length < 3 && writerOf(self);
    if (writer) writer.reopened();
    else mapSet(asides, self, undefined);
    return result;
  });
  wrapMethod(prototype, "close", (native, self, args) => {
    flush(self);
    const aside = mapGet(asides, self);
    if (aside) {
      mapSet(asides, self, undefined);
      guard(() => apply(nativeWrite, self, [aside.trusted ? trustHTML(aside.tail) : aside.tail]));
    }
    return apply(native, self, args);
  });
  return register;

  /** Takes charge of the window's document. */
  function register() {
    rest = undefined;
    ours = false;
    mapSet(writers, doc, { write: onWrite, reopened: beginAnew });
  }

  /**
   * @param {any} self
   * @param {any[]} args
   * @param {string} end
   */
  function onWrite(self, args, end) {
    if (!getWindow(doc)) return apply(end ? nativeWriteLine : nativeWrite, self, args);
    const opens = getReadyState(doc) !== "loading";
    const [text, trusted] = textOf(args, end);
    if (opens) {
      rest = undefined;
      // What is written may run before the write returns. Only the browser knows whether it may open the document.
      lookAway();
      apply(nativeWrite, self, [trusted ? trustHTML("") : ""]);
      if (getReadyState(doc) === "loading") reopened();
    }
    goOn(text);
    const before = rest;
    const now = tame(text, rest, true);
    rest = { ...now, trusted };
    const changed = now.text !== text;
    lookAway();
    let result;
    try {
      result = changed
        ? apply(nativeWrite, self, [trusted ? trustHTML(now.text) : now.text])
        : apply(end ? nativeWriteLine : nativeWrite, self, args);
    } catch (error) {
      rest = before;
      throw error;
    }
    if (now.tail && !ours) then(NativePromise.resolve(), () => flush(self));
    meetWritten(now.text, changed);
    visitFrames();
    return result;
  }

  function beginAnew() {
    rest = undefined;
    reopened();
  }

  function reopened() {
    if (getWindow(doc)) onReopen();
    ours = true;
  }

  /**
   * The page's own markup may go on where a script's writes end.
   * @param {Document} self
   */
  function flush(self) {
    if (self !== doc || !rest || !rest.tail) return;
    const { tail, trusted } = rest;
    const now = tame("", rest);
    const text = now.text + now.tail;
    rest = { ...now, tail: "", trusted };
    guard(() => apply(nativeWrite, self, [trusted ? trustHTML(text) : text]));
    meetWritten(text, text !== tail);
    if (now.raw !== "script") return;
    const scripts = documentQuerySelectorAll(doc, "script");
    if (scripts.length) guard(() => judgeInserted(scripts[scripts.length - 1], true));
  }
}

/** By document that has no window, what was written to it last. */
const asides = new NativeWeakMap();

/**
 * Writes to a document in which nothing loads: what its parser stands in may be in one where all does, and so what is written.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {string} end
 */
function writeAside(native, self, args, end) {
  try {
    getReadyState(self);
  } catch {
    return apply(native, self, args);
  }
  const [text, trusted] = textOf(args, end);
  const now = tame(text, mapGet(asides, self));
  if (now.text === text) {
    mapSet(asides, self, { ...now, trusted });
    const written = apply(native, self, args);
    visitFrames();
    return written;
  }
  const result = apply(nativeWrite, self, [trusted ? trustHTML(now.text) : now.text]);
  mapSet(asides, self, { ...now, trusted });
  reviveAll(self);
  reviveAll(doc);
  visitFrames();
  return result;
}

/**
 * What is written, each argument turned into a text once, and whether the page's policy has made all of it.
 * @param {any[]} args
 * @param {string} end
 * @returns {[string, boolean]}
 */
function textOf(args, end) {
  let trusted = args.length > 0;
  let text = "";
  for (let i = 0; i < args.length; i++) {
    const part = (args[i] = once(args[i]));
    trusted = trusted && typeof part !== "string";
    text += part;
  }
  return [text + end, trusted];
}

/** A script goes on that had to be written before its text ended. @param {string} text */
function goOn(text) {
  if (!rest || rest.raw !== "script") return;
  const code = rest.code + text;
  const end = endOfText(code, "script", 0);
  guard(judgeUnread, end < 0 ? code : slice(code, 0, end));
}

/** A document that no gate knows of yet may be another of a frame that has one. @param {any} document */
function writerOf(document) {
  const known = mapGet(writers, document);
  if (known) return known;
  guard(() => {
    const frame = getWindow(document);
    if (frame) visit(frame);
  });
  return mapGet(writers, document);
}
