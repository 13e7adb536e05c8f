/** Any site without one of these CMPs: data-consent-CATEGORY="granted" or "denied" on the html element. */
import { getAttribute, NativeMutationObserver } from "../natives.js";
import { CATEGORIES } from "../gen/abi.js";

const PREFIX = "data-consent-";

/** @type {import("./adapter.js").Adapter} */
export const generic = {
  name: "generic",
  global: "document.documentElement",
  on: (root, tell) =>
    new NativeMutationObserver(tell).observe(root, {
      attributeFilter: CATEGORIES.map((category) => PREFIX + category),
    }),
  read(root, changed) {
    /** @type {Record<string, unknown>} */
    const words = {};
    let found = changed;
    for (const category of CATEGORIES) {
      words[category] = getAttribute(root, PREFIX + category);
      found = found || words[category];
    }
    return found && [words, true];
  },
};
