/** navigator.sendBeacon: held as accepted, refused as false. */
import { hold } from "../effects.js";
import { actionOf, decidePlace, place } from "../gate.js";
import { apply, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { ALLOW, DROP, KIND_BEACON } from "../gen/abi.js";

export function hookBeacon() {
  return wrapMethod(win.Navigator && win.Navigator.prototype, "sendBeacon", onBeacon);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onBeacon(native, self, args) {
  if (args.length === 0) return apply(native, self, args);
  args[0] = `${args[0]}`;
  const where = place(args[0]);
  const action = actionOf(decidePlace(KIND_BEACON, where));
  if (!where || action === ALLOW) return apply(native, self, args);
  if (action === DROP) return false;
  hold({
    kind: KIND_BEACON,
    host: where.host,
    rest: where.path,
    target: where.target,
    resume: () => apply(native, self, args),
    cancel: () => {},
  });
  return true;
}
