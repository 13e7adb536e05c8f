/** document.cookie: writes are held or ignored, reads leave out what may not be read now. */
import { hold } from "../effects.js";
import { maskCookies } from "../engine.js";
import { actionOf, decideName } from "../gate.js";
import { apply, indexOf, slice, win } from "../natives.js";
import { wrapAccessor } from "../wrap.js";
import { ALLOW, HOLD, KIND_COOKIE } from "../gen/abi.js";

export function hookCookie() {
  return wrapAccessor(win.Document && win.Document.prototype, "cookie", {
    get: onRead,
    set: onWrite,
  });
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onRead(native, self, args) {
  const list = apply(native, self, args);
  return list ? maskCookies(list) : list;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onWrite(native, self, args) {
  const text = `${args[0]}`;
  const end = indexOf(text, "=");
  const name = end < 0 ? text : slice(text, 0, end);
  const action = actionOf(decideName(KIND_COOKIE, name));
  if (action === ALLOW) return apply(native, self, [text]);
  if (action === HOLD) {
    hold({
      kind: KIND_COOKIE,
      host: "",
      rest: name,
      target: name,
      resume: () => apply(native, self, [text]),
      cancel: () => {},
    });
  }
}
