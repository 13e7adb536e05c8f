/** Any site without one of these CMPs: data-consent-CATEGORY="granted" or "denied" on the html element. */
import { getAttribute, NativeHTMLElement, NativeMutationObserver, startsWith } from "../natives.js";
import { CATEGORIES } from "../gen/abi.js";

const PREFIX = "data-consent-";

/** The html element, and what begins to observe it. @type {unknown} */
let root;
let observe = () => {};
let hooked = false;

/** To be called when the hooks will tell of attributes before they are set. */
export function relyOnHooks() {
  hooked = true;
}

/**
 * To be called before script gives an element an attribute. Nothing is observed before such a word is there or about to come:
 * for any observer of the html element's Firefox calls the page's own ones out of order whenever a node is removed.
 * @param {Element} element
 * @param {string} [name] in lower case; unknown where the element's dataset is asked for
 */
export function beforeAttribute(element, name = PREFIX) {
  if (element === root && startsWith(name, PREFIX)) observe();
}

/** @type {import("./adapter.js").Adapter} */
export const generic = {
  name: "generic",
  global: "document.documentElement",
  on(element, tell) {
    const attributeFilter = CATEGORIES.map((category) => PREFIX + category);
    root = element;
    observe = () => {
      observe = () => {};
      new NativeMutationObserver(tell).observe(element, { attributeFilter });
    };
    // The root of an SVG document has a dataset that is not hooked.
    const tells = hooked && element instanceof NativeHTMLElement;
    if (!tells || attributeFilter.some((name) => getAttribute(element, name) !== null)) observe();
  },
  read(element, changed) {
    /** @type {Record<string, unknown>} */
    const words = {};
    let found = changed;
    for (const category of CATEGORIES) {
      words[category] = getAttribute(element, PREFIX + category);
      found = found || words[category];
    }
    return found && [words, true];
  },
};
