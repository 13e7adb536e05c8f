/** Forms: where one goes is looked at when it is sent, by the visitor or by script. */
import { against, suspend } from "../ask.js";
import { guard } from "../effects.js";
import {
  addEventListener,
  apply,
  getAttribute,
  getCurrentTarget,
  getRootNode,
  getSubmitter,
  getTarget,
  hasAttribute,
  isFirefox,
  isPrevented,
  isShadowRoot,
  listen,
  preventDefault,
  removeAttribute,
  removeEventListener,
  setAttribute,
  soon,
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
  wrapMethod(prototype, "requestSubmit", (native, self, args) => {
    // A shadow tree that came by itself (a copy, markup) tells no one outside what is submitted in it.
    guard(() => hearIn(getRootNode(self)));
    return apply(native, self, args);
  });
}

/** Hears what is submitted in a shadow tree; of anything else nothing. @param {any} root */
export function hearIn(root) {
  if (isShadowRoot(root)) hearSubmits(root, addEventListener);
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
  hearLast(event, "submit", onSubmit);
}

/**
 * Puts a listener behind those that the page has added to the same target since.
 * @param {Event} event that is heard there now
 * @param {string} type
 * @param {(event: any) => void} listener
 */
export function hearLast(event, type, listener) {
  const here = getCurrentTarget(event);
  removeEventListener(here, type, listener);
  addEventListener(here, type, listener);
}

/** An event that could not be prevented, and was answered for. @type {Event | undefined} */
let answered;

/** @param {Event} event */
function onSubmit(event) {
  if (isPrevented(event) || event === answered) return;
  guard(() => {
    const form = getTarget(event);
    const button = submitterOf(event);
    const action = (button && getAttribute(button, "formaction")) || getAttribute(form, "action");
    // In Firefox an event that script has made submits too.
    const sends = event.isTrusted || isFirefox;
    if (!waits(form, action, () => sends && apply(submit, form, []))) return;
    preventDefault(event);
    if (isPrevented(event)) return;
    answered = event;
    goNowhere(form, button);
  });
}

/** The button that a form is submitted by, where that is told. @param {Event} event @returns {Element | null} */
function submitterOf(event) {
  try {
    return getSubmitter.get(event);
  } catch {
    // Script's own event may be of another interface.
    return null;
  }
}

/**
 * Lets a form lead nowhere for as long as an event lasts that cannot be prevented: one that would close a dialog is not sent.
 * @param {Element} form
 * @param {Element | null} button
 */
function goNowhere(form, button) {
  const own = !!button && hasAttribute(button, "formmethod");
  const owner = own ? button : form;
  const name = own ? "formmethod" : "method";
  const method = getAttribute(owner, name);
  setAttribute(owner, name, "dialog");
  soon(() => {
    answered = undefined;
    if (method === null) removeAttribute(owner, name);
    else setAttribute(owner, name, method);
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
