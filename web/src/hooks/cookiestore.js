/** cookieStore: the asynchronous twin of document.cookie. */
import { hold } from "../effects.js";
import { decide } from "../engine.js";
import { actionOf, decideName } from "../gate.js";
import { apply, NativePromise, NativeTypeError, then, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { ALLOW, HOLD, KIND_COOKIE } from "../gen/abi.js";

export function hookCookieStore() {
  const prototype = win.CookieStore && win.CookieStore.prototype;
  wrapMethod(prototype, "set", onSet);
  wrapMethod(prototype, "get", (native, self, args) =>
    then(apply(native, self, args), (/** @type {any} */ found) =>
      found && !readable(found.name) ? null : found,
    ),
  );
  return wrapMethod(prototype, "getAll", (native, self, args) =>
    then(apply(native, self, args), (/** @type {any} */ all) =>
      all.filter((/** @type {any} */ one) => readable(one.name)),
    ),
  );
}

/** @param {string} name */
function readable(name) {
  return actionOf(decide(KIND_COOKIE, "", name)) === ALLOW;
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onSet(native, self, args) {
  let name;
  try {
    if (typeof args[0] === "object" && args[0] !== null) {
      // A copy, so that what was judged is what is set.
      args[0] = { ...args[0] };
      name = `${args[0].name}`;
    } else {
      name = `${args[0]}`;
    }
  } catch {
    return apply(native, self, args);
  }
  const action = actionOf(decideName(KIND_COOKIE, name));
  if (action === ALLOW) return apply(native, self, args);
  if (action !== HOLD) return NativePromise.reject(new NativeTypeError("Failed to set the cookie"));
  return new NativePromise((resolve, reject) => {
    hold({
      kind: KIND_COOKIE,
      host: "",
      rest: name,
      target: name,
      resume: () => resolve(apply(native, self, args)),
      cancel: () => reject(new NativeTypeError("Failed to set the cookie")),
    });
  });
}
