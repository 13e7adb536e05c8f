/** Forms: where one goes is looked at when it is sent, by the visitor or by script. */
import { against, suspend } from "../ask.js";
import { guard } from "../effects.js";
import {
  apply,
  getAttribute,
  getSubmitter,
  getTarget,
  listen,
  preventDefault,
  win,
} from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { KIND_FORM } from "../gen/abi.js";

export function hookForm() {
  const prototype = win.HTMLFormElement && win.HTMLFormElement.prototype;
  if (!prototype) return;
  listen(win, "submit", onSubmit, true);
  wrapMethod(prototype, "submit", (native, self, args) => {
    let held = false;
    guard(
      () => (held = waits(self, getAttribute(self, "action"), () => apply(native, self, args))),
    );
    if (!held) return apply(native, self, args);
  });
}

const submit = win.HTMLFormElement && win.HTMLFormElement.prototype.submit;

/** @param {Event} event */
export function onSubmit(event) {
  guard(() => {
    const form = getTarget(event);
    const button = getSubmitter.exists ? getSubmitter.get(event) : null;
    const action = (button && getAttribute(button, "formaction")) || getAttribute(form, "action");
    if (waits(form, action, () => apply(submit, form, []))) preventDefault(event);
  });
}

/**
 * @param {Element} form
 * @param {string | null} action
 * @param {() => void} send
 * @returns {boolean} whether it may not be sent now
 */
function waits(form, action, send) {
  const where = action ? against(KIND_FORM, action) : undefined;
  if (where) suspend(KIND_FORM, where, send, () => {});
  return !!where;
}
