/** Starts scripts that waited, on their own elements and in their order. */
import { shownAttribute, unshowAttribute } from "../held.js";
import {
  addEventListener,
  doc,
  getAttribute,
  getDocumentElement,
  getNextSibling,
  getOwnerDocument,
  getParentNode,
  getWindow,
  insertBefore,
  isConnected,
  mapDelete,
  removeAttribute,
  removeChild,
  setAsync,
  setAttribute,
} from "../natives.js";
import { kept } from "./kept.js";
import { give } from "./source.js";
import { MARK, XLINK_HREF } from "./tags.js";

/** @typedef {import("./kept.js").HeldScript} HeldScript */

/**
 * Gives an element its own type back.
 * @param {Element} element
 * @param {HeldScript} state
 */
export function revive(element, state) {
  const type = shownAttribute(element, "type");
  state.waiting = false;
  mapDelete(kept.scripts, element);
  unshowAttribute(element, "type");
  giveRenamed(element);
  if (type === null) removeAttribute(element, "type");
  else if (type !== undefined) setAttribute(element, "type", type);
}

/** Gives a script of SVG's the URL back that the server has renamed. @param {Element} element */
export function giveRenamed(element) {
  for (const name of ["href", XLINK_HREF]) {
    const renamed = getAttribute(element, `${MARK}-${name}`);
    if (renamed === null) continue;
    removeAttribute(element, `${MARK}-${name}`);
    give(element, name, renamed);
  }
}

/**
 * Starts a held script on its own element. One that never was in a document starts when the page inserts it.
 * @param {Element} element
 * @param {HeldScript} state
 */
export function release(element, state) {
  const src = state.src === undefined ? getAttribute(element, "src") : state.src;
  // A text runs where it stood: after the scripts before it.
  if (src === null && lastOrdered) whenDone(lastOrdered, () => begin(element, state, src));
  else begin(element, state, src);
}

/**
 * @param {Element} element
 * @param {HeldScript} state
 * @param {string | null} src
 */
function begin(element, state, src) {
  const now = getAttribute(element, "src");
  setSource(element, src, state.source);
  revive(element, state);
  run(element, state, src);
  setSource(element, now, now);
}

/**
 * @param {Element} element
 * @param {string | null} src
 * @param {any} source the same as the page gave it
 */
function setSource(element, src, source) {
  if (getAttribute(element, "src") === src) return;
  if (src === null) removeAttribute(element, "src");
  else setAttribute(element, "src", source);
}

/**
 * @param {Element} element
 * @param {HeldScript} state
 * @param {string | null} src
 */
function run(element, state, src) {
  const connected = isConnected(element);
  if (!connected && !state.inserted) return;
  if (state.ordered && src !== null) {
    setAsync(element, false);
    lastOrdered = element;
    whenDone(element, () => {
      if (lastOrdered === element) lastOrdered = undefined;
    });
  }
  if (!connected) return startAway(element);
  const trusted = typeof state.source !== "string";
  if (src === null || trusted) {
    // Only being inserted again starts a script whose URL cannot be set again as it was.
    const parent = getParentNode(element);
    const next = getNextSibling(element);
    removeChild(parent, element);
    insertBefore(parent, element, next);
    return;
  }
  removeAttribute(element, "src");
  setAttribute(element, "src", src);
}

/**
 * Starts a script that the page has taken out of the document: it starts where it is inserted, and goes back at once.
 * @param {Element} element
 */
function startAway(element) {
  const owner = getOwnerDocument(element);
  const root = getDocumentElement(getWindow(owner) ? owner : doc);
  if (!root) return;
  const parent = getParentNode(element);
  const next = getNextSibling(element);
  insertBefore(root, element, null);
  // A text has run meanwhile, and may have put its element elsewhere.
  if (getParentNode(element) !== root) return;
  if (parent) insertBefore(parent, element, next);
  else removeChild(root, element);
}

/** The last script of those that run in order, while it has not run. @type {Element | undefined} */
let lastOrdered;

/**
 * @param {Element} script
 * @param {() => void} run
 */
function whenDone(script, run) {
  for (const type of ["load", "error"]) addEventListener(script, type, run, { once: true });
}
