/** Forms: where one goes is looked at when it is sent, by the visitor or by script. */
import { against, suspend } from "../ask.js";
import { guard } from "../effects.js";
import {
  addEventListener,
  apply,
  getAttribute,
  getSubmitter,
  getTarget,
  isPrevented,
  listen,
  preventDefault,
  win,
} from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { KIND_FORM } from "../gen/abi.js";

export function hookForm() {
  const prototype = win.HTMLFormElement && win.HTMLFormElement.prototype;
  if (!prototype) return;
  hearSubmits(win, listen);
  wrapMethod(prototype, "submit", (native, self, args) => {
    let held = false;
    guard(
      () => (held = waits(self, getAttribute(self, "action"), () => apply(native, self, args))),
    );
    if (!held) return apply(native, self, args);
  });
}

const submit = win.HTMLFormElement && win.HTMLFormElement.prototype.submit;

/**
 * Hears what is submitted. The page's own listeners may give a form another URL, and may end the event where they are: it is looked at
 * before them, after those of the form, and at its end.
 * @param {EventTarget} target
 * @param {typeof listen} on
 */
export function hearSubmits(target, on) {
  on(target, "submit", onFirst, true);
  on(target, "submit", onSubmit);
}

const ONCE = { __proto__: null, once: true };

/** @param {Event} event */
function onFirst(event) {
  onSubmit(event);
  addEventListener(getTarget(event), "submit", onSubmit, ONCE);
}

/** An event that script has made submits nothing. @param {Event} event */
function onSubmit(event) {
  if (!event.isTrusted || isPrevented(event)) return;
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
