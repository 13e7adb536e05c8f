/**
 * Links and forms that the page has tracked (trackLink, trackForm): until Analytics.js is there to listen for itself, what a visitor
 * does with them is a call of that moment.
 */
import { attempt } from "./effects.js";
import { outside } from "./events.js";
import { addEventListener, defineProperty, indexIn } from "./natives.js";
import { CLICK_HELPERS, SUBMIT_HELPERS } from "./gen/abi.js";

/**
 * Listens for what a helper on a stub is to listen for.
 * @param {any} stub
 * @param {any[]} entry the call: the helper's name, elements, event, properties and options
 * @returns {any[]} the call for Analytics.js, which ends that
 */
export function listenFor(stub, entry) {
  const [helper, targets, event, properties, options] = entry;
  const type = typeOf(helper);
  const elements = type ? elementsOf(targets) : [];
  if (!type || !elements.length) return entry;
  let isOver = false;
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    const told = (/** @type {any} */ it) => (typeof it === "function" ? it(element) : it);
    const track = () => stub.track(told(event), told(properties), options || {});
    attempt(() => addEventListener(element, type, () => isOver || outside(track)));
  }
  defineProperty(elements, "forEach", {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    value: (/** @type {(element: any) => void} */ listen) => {
      isOver = true;
      for (let i = 0; i < elements.length; i++) listen(elements[i]);
    },
  });
  const call = [...entry];
  call[1] = elements;
  return call;
}

/** The event that a helper listens for; undefined when it is none. @param {unknown} helper */
function typeOf(helper) {
  if (indexIn(CLICK_HELPERS, helper) >= 0) return "click";
  return indexIn(SUBMIT_HELPERS, helper) >= 0 ? "submit" : undefined;
}

/** What a helper is given, one element, a list or jQuery's, as a list of our own. @param {any} targets */
function elementsOf(targets) {
  /** @type {any[]} */
  const found = [];
  attempt(() => {
    const list = targets.nodeType === 1 ? [targets] : targets.toArray ? targets.toArray() : targets;
    for (let i = 0; i < list.length; i++) found[i] = list[i];
  });
  return found;
}
