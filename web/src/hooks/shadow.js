/** Shadow trees: what happens in them and is not heard outside is heard at their roots. */
import { addEventListener, apply, getMode, getRootHost, mapHas, win } from "../natives.js";
import { wrapAccessor, wrapMethod } from "../wrap.js";
import { hearSubmits } from "./form.js";
import { hearClicks } from "./navigation.js";
import { onLoad } from "./realm.js";
import { keepRoot, roots } from "./roots.js";

export function hookShadow() {
  const internals = win.ElementInternals && win.ElementInternals.prototype;
  wrapAccessor(internals, "shadowRoot", {
    get: (native, self, args) => {
      const root = apply(native, self, args);
      // A closed one that markup has made: only its element's own code finds it.
      if (root && getMode(root) !== "open" && !mapHas(roots.closed, getRootHost(root)))
        meet(getRootHost(root), root);
      return root;
    },
  });
  return wrapMethod(win.Element.prototype, "attachShadow", (native, self, args) => {
    const root = apply(native, self, args);
    meet(self, root);
    return root;
  });
}

/** @param {Element} host @param {ShadowRoot} root that script has got hold of */
function meet(host, root) {
  keepRoot(host, root);
  listenInside(root);
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
