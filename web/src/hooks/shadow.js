/** Shadow trees: what happens in them and is not heard outside is heard at their roots. */
import { addEventListener, apply, getMode, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { hearSubmits } from "./form.js";
import { hearClicks } from "./navigation.js";
import { onLoad } from "./realm.js";
import { keepRoot } from "./roots.js";

export function hookShadow() {
  return wrapMethod(win.Element.prototype, "attachShadow", (native, self, args) => {
    const root = apply(native, self, args);
    keepRoot(self, root);
    listenInside(root);
    return root;
  });
}

/**
 * Hears what ends at a shadow root: what has been loaded, what is submitted, and in closed ones which link is clicked.
 * @param {ShadowRoot} root
 */
export function listenInside(root) {
  addEventListener(root, "load", onLoad, true);
  hearSubmits(root, addEventListener);
  if (getMode(root) !== "open") hearClicks(root, addEventListener);
}
