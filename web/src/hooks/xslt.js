/** XSLT: what it makes of a document is made where nothing loads, and looked at before it comes to the page. */
import { guard } from "../effects.js";
import { adoptNode, apply, getContentType, getWindow, inertDocument, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { blockedIn, disarm } from "./source.js";

export function hookXSLT() {
  const processor = win.XSLTProcessor && win.XSLTProcessor.prototype;
  return wrapMethod(processor, "transformToFragment", (native, self, args) => {
    const owner = args[1];
    if (!isLive(owner)) return apply(native, self, args);
    args[1] = inertDocument();
    const fragment = apply(native, self, args);
    if (!fragment) return fragment;
    guard(() => disarm(blockedIn(fragment)));
    return adoptNode(owner, fragment);
  });
}

/** Whether things load in a document, and it is HTML as the one is that stands in for it. @param {any} owner */
function isLive(owner) {
  try {
    return !!getWindow(owner) && getContentType(owner) === "text/html";
  } catch {
    // No document: the native function says so.
    return false;
  }
}
