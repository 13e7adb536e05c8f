/** localStorage and sessionStorage by their methods: writes are held or ignored, reads are masked. */
import { hold } from "../effects.js";
import { decide } from "../engine.js";
import { actionOf, decideName } from "../gate.js";
import { apply, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { ALLOW, HOLD, KIND_STORAGE } from "../gen/abi.js";

export function hookStorage() {
  const prototype = win.Storage && win.Storage.prototype;
  wrapMethod(prototype, "getItem", onGet);
  return wrapMethod(prototype, "setItem", onSet);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onGet(native, self, args) {
  if (args.length === 0) return apply(native, self, args);
  args[0] = `${args[0]}`;
  const value = apply(native, self, args);
  return value !== null && actionOf(decide(KIND_STORAGE, "", args[0])) !== ALLOW ? null : value;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onSet(native, self, args) {
  if (args.length < 2) return apply(native, self, args);
  const name = (args[0] = `${args[0]}`);
  args[1] = `${args[1]}`;
  const action = actionOf(decideName(KIND_STORAGE, name));
  if (action === ALLOW) return apply(native, self, args);
  if (action === HOLD) {
    hold({
      kind: KIND_STORAGE,
      host: "",
      rest: name,
      target: name,
      resume: () => apply(native, self, args),
      cancel: () => {},
    });
  }
}
