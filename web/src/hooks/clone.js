/**
 * Copies, and nodes that come from documents in which nothing loads. A copy of something held is held too; what comes
 * from an inert document (a template's content, DOMParser) is looked at before it would load.
 */
import { attempt, guard } from "../effects.js";
import { isMasked, shownAttribute } from "../held.js";
import {
  apply,
  cloneNode,
  doc,
  filter,
  getCommonAncestor,
  getDocumentElement,
  getFirstChild,
  getLocalName,
  getOwnerDocument,
  getWindow,
  intersectsNode,
  mapGet,
  win,
} from "../natives.js";
import { isHomeStrange } from "../usual.js";
import { wrapMethod } from "../wrap.js";
import { clonedRoot, noRoot, roots } from "./roots.js";
import { upgradeLoose } from "./upgrade.js";
import { isScript } from "./kept.js";
import { carryScript, isMarked, unmarkScript } from "./script.js";
import { blockedIn, carriersIn, disarm, give, passes } from "./source.js";
import { LOADS } from "../gen/elements.js";

export function hookClone() {
  wrapMethod(win.Node.prototype, "cloneNode", (native, self, args) => {
    if (roots.any) guard(keepBack, self);
    const copy = apply(native, self, args);
    if (isMasked()) guard(() => carryOver(self, copy));
    return copy;
  });
  wrapMethod(win.Document.prototype, "importNode", (native, self, args) => {
    const node = args[0];
    if (comesToLife(node) && blockedIn(node).length) {
      guard(keepBack, node);
      // What is copied stays where nothing loads until it was looked at.
      const options = args[1];
      const copy = cloneNode(node, typeof options === "object" ? !options?.selfOnly : !!options);
      const found = blockedIn(copy);
      if (found.length) {
        disarm(found, isParsed(node));
        apply(adopt, self, [copy]);
        return self === doc ? upgradeLoose(copy) : copy;
      }
    }
    const copy = apply(native, self, args);
    if (isMasked()) guard(() => carryOver(node, copy));
    return copy;
  });
  wrapMethod(win.Range.prototype, "cloneContents", (native, self, args) => {
    if (roots.any) attempt(() => keepBack(getCommonAncestor(self)));
    const copy = apply(native, self, args);
    if (isMasked()) guard(() => carryPart(self, copy));
    return copy;
  });
  const adopt = win.Document.prototype.adoptNode;
  wrapMethod(win.Document.prototype, "adoptNode", (native, self, args) => {
    look(args[0]);
    return apply(native, self, args);
  });
}

/** Holds what stands in closed shadow trees before they are copied with their hosts: in the copy nobody finds it. @param {any} node */
function keepBack(node) {
  if (!comesToLife(node)) return;
  carriersIn(node, (host) => {
    const root = mapGet(roots.closed, host);
    if (root) disarm(blockedIn(root));
    return undefined;
  });
}

/**
 * Whether a node is in a document where nothing loads. To be asked before it leaves that.
 * @param {any} node
 */
function comesToLife(node) {
  try {
    const owner = getOwnerDocument(node);
    return !!owner && owner !== doc && !getWindow(owner);
  } catch {
    return false;
  }
}

/**
 * Whether a node is of a document that a parser has made where scripts do not run (DOMParser, responseXML), and not of a template's
 * content: of such its scripts have started for good.
 * @param {any} node that comes to life
 */
function isParsed(node) {
  return getDocumentElement(getOwnerDocument(node)) !== null;
}

/**
 * Looks at a node that comes to where its URLs load, or mean something else than when they were set.
 * @param {any} node
 * @returns {Element[] | undefined} the scripts in it, if it had to be looked at
 */
export function look(node) {
  const revives = comesToLife(node);
  if (!revives && !isHomeStrange()) return undefined;
  /** @type {Element[]} */
  const scripts = [];
  let done = false;
  guard(() => {
    disarm(blockedIn(node, false, scripts));
    if (revives && isParsed(node))
      for (const script of filter(scripts, isMarked)) unmarkScript(script, true);
    done = true;
  });
  return done ? scripts : undefined;
}

/**
 * @param {any} from
 * @param {any} to its copy
 */
function carryOver(from, to) {
  const copies = carriersIn(to);
  if (!copies.length) return;
  // A copy without its children is compared with one element, however much is in that.
  const originals = carriersIn(from, clonedRoot, !getFirstChild(to));
  for (let i = 0; i < copies.length; i++) carry(originals[i], copies[i]);
}

/**
 * The same for a range: of what stands in its common ancestor, it copies all that it touches (DOM standard 5.5).
 * @param {Range} range
 * @param {DocumentFragment} to
 */
function carryPart(range, to) {
  const copies = carriersIn(to, noRoot);
  if (!copies.length) return;
  const top = getCommonAncestor(range);
  const list = carriersIn(top, noRoot);
  for (let i = 0, at = 0; i < list.length; i++)
    if (list[i] !== top && intersectsNode(range, list[i])) carry(list[i], copies[at++]);
}

/** @param {Element} from @param {Element} to */
function carry(from, to) {
  if (isScript(from)) return carryScript(from, to);
  const loads = LOADS[getLocalName(from)];
  for (let i = 1; i < loads.length; i++) {
    const name = /** @type {string} */ (loads[i]);
    const shown = shownAttribute(from, name);
    if (shown && passes(to, name, shown)) give(to, name, shown);
  }
}
