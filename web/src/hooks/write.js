/** document.write and writeln. A tag may come in several writes: one that is not complete waits for the rest of it. */
import { guard } from "../effects.js";
import { apply, doc, getReadyState, getWindow, NativePromise, then, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { lookAway } from "./parser.js";
import { reviveAll } from "./revive.js";
import { visitFrames } from "./realm.js";
import { MARK, tame } from "./tame.js";

/** @type {import("./tame.js").Rest | undefined} */
let rest;
/** @type {any} */
let policy;

/**
 * A page that demands trusted types gave one, and gets one back, if its policy allows us to make it.
 * @param {string} text
 */
function trust(text) {
  try {
    policy = policy || win.trustedTypes.createPolicy(MARK, { createHTML: String });
    return policy.createHTML(text);
  } catch {
    return text;
  }
}

/** @param {() => void} onReopen called when a write has begun a new document in the window */
export function hookWrite(onReopen) {
  const prototype = win.Document.prototype;
  const nativeWrite = prototype.write;
  wrapMethod(prototype, "write", (native, self, args) => onWrite(native, self, args, ""));
  wrapMethod(prototype, "writeln", (native, self, args) => onWrite(native, self, args, "\n"));
  wrapMethod(prototype, "open", (native, self, args) => {
    const result = apply(native, self, args);
    if (args.length < 3) {
      rest = undefined;
      reopened(self);
    }
    return result;
  });
  wrapMethod(prototype, "close", (native, self, args) => {
    flush(self);
    return apply(native, self, args);
  });

  /**
   * @param {Function} native
   * @param {any} self
   * @param {any[]} args
   * @param {string} end
   */
  function onWrite(native, self, args, end) {
    if (self !== doc || !getWindow(doc)) return apply(native, self, args);
    const opens = getReadyState(doc) !== "loading";
    if (opens) rest = undefined;
    const trusted = args.length === 1 && typeof args[0] === "object";
    let text = "";
    for (let i = 0; i < args.length; i++) text += trusted ? args[0] : (args[i] = `${args[i]}`);
    text += end;
    const now = tame(text, rest);
    rest = now;
    const changed = now.text !== text;
    lookAway();
    const result = changed
      ? apply(nativeWrite, self, [trusted ? trust(now.text) : now.text])
      : apply(native, self, args);
    if (now.tail) then(NativePromise.resolve(), () => flush(self));
    if (opens) reopened(self);
    if (changed) reviveAll(doc);
    visitFrames();
    return result;
  }

  /** @param {Document} self */
  function reopened(self) {
    if (self === doc && getWindow(doc)) onReopen();
  }

  /**
   * The page's own markup may go on where a script's writes end.
   * @param {Document} self
   */
  function flush(self) {
    if (self !== doc || !rest || !rest.tail) return;
    const { tail, raw, recent } = rest;
    rest = { tail: "", raw, recent };
    guard(() => apply(nativeWrite, self, [tail]));
  }
}
