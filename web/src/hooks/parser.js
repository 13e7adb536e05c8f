/**
 * What the parser inserts: an observer sees each script before it runs, and what was made inert in the markup. It lives
 * only while the document is parsed, because an observer that lives on reorders the page's own microtasks.
 */
import { guard } from "../effects.js";
import {
  addEventListener,
  doc,
  fragmentQuerySelectorAll,
  getNodeType,
  getReadyState,
  getShadowRoot,
  NativeMutationObserver,
} from "../natives.js";
import { visitFrames } from "./realm.js";
import { reviveElement } from "./revive.js";
import { isScript, judgeInserted, tellDenied } from "./script.js";
import { blocked, disarm } from "./source.js";

/**
 * @param {() => void} onStep called whenever the parser went on, before the next script runs
 */
export function hookParser(onStep) {
  if (getReadyState(doc) !== "loading") {
    onStep();
    return;
  }
  const observer = new NativeMutationObserver((records) => {
    guard(() => look(records, observer));
    onStep();
  });
  observer.observe(doc, { childList: true, subtree: true });
  addEventListener(
    doc,
    "readystatechange",
    () => {
      guard(() => look(observer.takeRecords(), observer));
      observer.disconnect();
      onStep();
    },
    { once: true },
  );
}

/**
 * @param {MutationRecord[]} records
 * @param {MutationObserver} observer
 */
function look(records, observer) {
  visitFrames();
  for (const record of records) {
    const added = record.addedNodes;
    for (let i = 0; i < added.length; i++) {
      const node = /** @type {Element} */ (added[i]);
      if (getNodeType(node) === 1) meet(node, observer);
    }
  }
}

/**
 * @param {Element} node
 * @param {MutationObserver} observer
 */
function meet(node, observer) {
  if (isScript(node)) {
    judgeInserted(node, true);
    tellDenied(node);
    return;
  }
  reviveElement(node);
  // Mostly too late for the request that the parser made, but not for one that is lazy.
  const names = blocked(node);
  if (names.length) disarm([[node, names]]);
  const root = getShadowRoot(node);
  if (!root) return;
  observer.observe(root, { childList: true, subtree: true });
  const list = fragmentQuerySelectorAll(root, "*");
  for (let i = 0; i < list.length; i++) meet(list[i], observer);
}
