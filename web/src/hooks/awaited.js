/** Whether scripts are awaited that start when their text changes, and what is done for them only then. */
import { upper } from "../above.js";
import { guard } from "../effects.js";
import { push } from "../natives.js";

/**
 * Whether there may be a script in a document that has not started and does when its text changes: in all realms, since any may
 * give it that.
 */
export const awaited = upper ? upper.awaited : { any: false };
/** What is done before there is one. @type {(() => void)[]} */
const preparations = [];
let prepared = false;

/** Does what only such scripts need as soon as there may be one. @param {() => void} prepare */
export function whenAwaited(prepare) {
  push(preparations, prepare);
}

/** Whether this realm is ready for such scripts. */
export function isPrepared() {
  return prepared;
}

/** To be called when there may be such a script. */
export function expectText() {
  awaited.any = true;
  if (prepared) return;
  prepared = true;
  for (let i = 0; i < preparations.length; i++) guard(preparations[i]);
}
