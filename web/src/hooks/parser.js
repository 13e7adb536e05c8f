/**
 * Scripts that the parser inserts: an observer sees each before it runs. It lives only while the document is parsed,
 * because an observer that lives on reorders the page's own microtasks.
 */
import { guard } from "../effects.js";
import {
  addEventListener,
  doc,
  getNodeType,
  getReadyState,
  NativeMutationObserver,
} from "../natives.js";
import { visitFrames } from "./realm.js";
import { isScript, judgeInserted, tellDenied } from "./script.js";

/**
 * @param {() => void} onStep called whenever the parser went on, before the next script runs
 */
export function hookParser(onStep) {
  if (getReadyState(doc) !== "loading") {
    onStep();
    return;
  }
  const observer = new NativeMutationObserver((records) => {
    guard(() => look(records));
    onStep();
  });
  observer.observe(doc, { childList: true, subtree: true });
  addEventListener(
    doc,
    "readystatechange",
    () => {
      guard(() => look(observer.takeRecords()));
      observer.disconnect();
      onStep();
    },
    { once: true },
  );
}

/** @param {MutationRecord[]} records */
function look(records) {
  visitFrames();
  for (const record of records) {
    const added = record.addedNodes;
    for (let i = 0; i < added.length; i++) {
      const node = /** @type {Element} */ (added[i]);
      if (getNodeType(node) === 1 && isScript(node)) {
        judgeInserted(node, true);
        tellDenied(node);
      }
    }
  }
}
