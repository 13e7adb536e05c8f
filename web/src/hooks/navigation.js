/** Leaving the page by script: window.open, and location where the browser tells of navigations before they happen. */
import { upper } from "../above.js";
import { against } from "../ask.js";
import { addEventListener, apply, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { place } from "../gate.js";
import { visit } from "./realm.js";
import { KIND_NAVIGATION } from "../gen/abi.js";

export function hookNavigation() {
  // Not in frames: their first documents are not told of navigations, and making the object is not free.
  const navigation = !upper && win.navigation;
  if (navigation) addEventListener(navigation, "navigate", onNavigate);
  wrapMethod(win.Document.prototype, "open", (native, self, args) =>
    args.length > 2 ? onOpen(native, self, args) : apply(native, self, args),
  );
  return wrapMethod(win, "open", onOpen);
}

/**
 * A window that is not opened is null, as when a browser blocks pop-ups.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onOpen(native, self, args) {
  const url = args.length && args[0] !== undefined ? (args[0] = `${args[0]}`) : "";
  if (url && against(KIND_NAVIGATION, url)) return null;
  const opened = apply(native, self, args);
  // A page of the site's own carries a gate of its own.
  const where = url && place(url);
  if (opened && !(where && where.host)) visit(opened);
  return opened;
}

/**
 * What a visitor does with a link is not the page's doing.
 * @param {any} event
 */
function onNavigate(event) {
  if (event.userInitiated || !event.cancelable || event.destination.sameDocument) return;
  if (against(KIND_NAVIGATION, event.destination.url)) event.preventDefault();
}
