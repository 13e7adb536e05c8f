/**
 * What the parser inserts: an observer sees each script before it runs, and what was made inert in the markup. It lives
 * only while the document is parsed, and looks away while script changes the document: each of its records would call the
 * page's own observers earlier than they are called without us.
 */
import { guard } from "../effects.js";
import {
  addEventListener,
  callable,
  doc,
  documentQuerySelectorAll,
  fragmentQuerySelectorAll,
  getNodeType,
  getLocalName,
  getNextSibling,
  getParentNode,
  getReadyState,
  getRootHost,
  getRootNode,
  indexIn,
  getShadowRoot,
  indexOf,
  lower,
  insertBefore,
  mapHas,
  mapSet,
  NativeMutationObserver,
  NativeWeakMap,
  push,
  isFirefox,
  isShadowRoot,
  soon,
} from "../natives.js";
import { isScript } from "./kept.js";
import { enter, visitFrames } from "./realm.js";
import { reviveAll, reviveElement, reviveTexts } from "./revive.js";
import { judgeInserted, judgeUnread, noteInserted, unreadScript } from "./script.js";
import { listenInside } from "./shadow.js";
import { blocked, disarm } from "./source.js";

const ALL = { childList: true, subtree: true };
/** Of the script that is being read: a page's parts may end anywhere in it. */
const TEXT = { characterData: true, subtree: true };

/** Exists while the document is parsed. @type {MutationObserver | undefined} */
let observer;
let watching = false;
/** What it observes: the document, and the shadow roots that the parser made. @type {Node[]} */
let roots = [];
/** The elements that had not ended when the parser was seen last: a shadow root of theirs comes without a record. @type {Element[]} */
let open = [];
/** The shadow roots that were met. @type {WeakMap<ShadowRoot, boolean>} */
const met = new NativeWeakMap();

/**
 * @param {() => void} onStep called whenever the parser went on, before the next script runs
 */
export function hookParser(onStep) {
  stopParser();
  if (getReadyState(doc) !== "loading") {
    onStep();
    return;
  }
  const onRecords = (/** @type {MutationRecord[]} */ records) => {
    guard(() => look(records));
    onStep();
  };
  const own = new NativeMutationObserver(callable(onRecords));
  observer = own;
  roots = [doc];
  open = [];
  watch();
  addEventListener(
    doc,
    "readystatechange",
    () => {
      if (observer !== own) return;
      stopParser();
      guard(reviveTexts);
      onStep();
    },
    { once: true },
  );
}

function watch() {
  if (!observer || watching) return;
  watching = true;
  guard(follow);
  for (let i = 0; i < roots.length; i++) observer.observe(/** @type {Node} */ (roots[i]), ALL);
  const script = unreadScript();
  if (script) observer.observe(script, TEXT);
}

/** Script may have moved what the parser stands in to another tree, where it goes on. */
function follow() {
  for (let i = 0; i < open.length; i++) {
    const root = getRootNode(open[i]);
    if (root !== doc && indexIn(roots, root) < 0) push(roots, root);
  }
}

/** Looks at what was seen last, and at nothing more. */
function rest() {
  if (!observer || !watching) return;
  watching = false;
  const seen = observer.takeRecords();
  observer.disconnect();
  guard(() => look(seen));
}

/** Ends the observation. */
export function stopParser() {
  rest();
  observer = undefined;
  roots = [];
  open = [];
}

/**
 * To be called when script is about to change the document. What it inserts the other hooks decide, and the parser does not
 * go on before script has ended and its microtasks have run (HTML standard 8.1.4.4), but for what is written, which is read
 * before it is parsed (write.js).
 */
export function lookAway() {
  if (!watching) return;
  rest();
  soon(watch);
}

/** @param {MutationRecord[]} records */
function look(records) {
  visitFrames();
  const hosts = open;
  if (records.length) open = standing(records[records.length - 1]);
  for (let i = 0; i < hosts.length; i++) meetRoot(hosts[i]);
  const before = unreadScript();
  let grown = false;
  for (const record of records) {
    const script = unreadScript();
    const { target, addedNodes: added } = record;
    if (script && (target === script || getParentNode(target) === script)) {
      if (script === before && !grown) judgeUnread();
      grown = true;
      continue;
    }
    for (let i = 0; i < added.length; i++) {
      const node = /** @type {Element} */ (added[i]);
      if (getNodeType(node) === 1) meet(node);
      else if (isNoscript(target)) reviveElement(/** @type {Element} */ (target));
    }
  }
}

/** Whether a node is a noscript, whose text comes after it. @param {any} node */
function isNoscript(node) {
  return getNodeType(node) === 1 && getLocalName(node) === "noscript";
}

/**
 * In Firefox the document that replaces what a frame is about to load has no `performance`; that of a frame that is inserted again
 * has.
 * @param {Element} frame
 */
function beginAgain(frame) {
  if (!isFirefox) return;
  insertBefore(getParentNode(frame), frame, getNextSibling(frame));
  enter(frame);
}

/** @param {Element} node */
function meet(node) {
  if (isScript(node)) {
    judgeInserted(node, true);
    noteInserted(node);
    if (observer && watching && node === unreadScript()) observer.observe(node, TEXT);
    return;
  }
  reviveElement(node);
  // Mostly too late for the request that the parser made, but not for one that is lazy.
  const names = blocked(node);
  if (names.length) {
    disarm([[node, names]]);
    for (const name of names) if (name === "srcdoc") beginAgain(node);
  }
  meetRoot(node);
}

/** The elements in which the parser stands after a record. @param {MutationRecord} record */
function standing({ target, addedNodes }) {
  return lineage(addedNodes.length ? addedNodes[addedNodes.length - 1] : target, []);
}

/**
 * Adds a node and what it stands in to a list of elements.
 * @param {any} node
 * @param {Element[]} line
 */
function lineage(node, line) {
  for (; node; node = getParentNode(node) || (isShadowRoot(node) && getRootHost(node)))
    if (getNodeType(node) === 1) push(line, node);
  return line;
}

/**
 * Looks at what was written: no record tells of it.
 * @param {string} text
 * @param {boolean} changed whether something in it was made inert
 */
export function meetWritten(text, changed) {
  if (changed) reviveAll(doc);
  guard(() => {
    if (indexOf(lower(text), "shadowroot") >= 0) {
      const list = documentQuerySelectorAll(doc, "*");
      for (let i = 0; i < list.length; i++) meetRoot(list[i]);
    }
    // It may have gone on in a tree that was there.
    for (let i = 1; changed && i < roots.length; i++)
      reviveAll(/** @type {ShadowRoot} */ (roots[i]));
  });
}

/** @param {Element} node */
function meetRoot(node) {
  const root = getShadowRoot(node);
  if (!root || mapHas(met, root)) return;
  mapSet(met, root, true);
  listenInside(root);
  push(roots, root);
  if (observer && watching) observer.observe(root, ALL);
  const list = fragmentQuerySelectorAll(root, "*");
  for (let i = 0; i < list.length; i++) meet(list[i]);
  if (list.length) lineage(list[list.length - 1], open);
}
