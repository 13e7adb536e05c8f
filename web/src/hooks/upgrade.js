/** Custom elements that were made in a document where nothing runs: the browser makes them what they are only when they are inserted. */
import {
  appendChild,
  createElementNS,
  doc,
  getFirstChild,
  getNextSibling,
  getNodeType,
  isConnected,
  push,
  removeChild,
  upgradeElement,
  XHTML,
} from "../natives.js";

/** @param {Node} node @returns {Node[]} */
export function childrenOf(node) {
  /** @type {Node[]} */
  const list = [];
  for (let child = getFirstChild(node); child; child = getNextSibling(child)) push(list, child);
  return list;
}

/**
 * Does what the browser does as it makes elements for the page: these have come to the page's document.
 * @param {Node[]} nodes
 */
export function upgradeAll(nodes) {
  for (let i = 0; i < nodes.length; i++)
    if (getNodeType(nodes[i]) === 1 && !isConnected(nodes[i])) upgradeElement(nodes[i]);
}

/**
 * The same for a node that is in no tree. WebKit upgrades nothing there that was made in a template's document.
 * @template {Node} T
 * @param {T} node an element, or a fragment
 * @returns {T}
 */
export function upgradeLoose(node) {
  const holder = createElementNS(doc, XHTML, "div");
  appendChild(holder, node);
  upgradeElement(holder);
  for (let child; (child = getFirstChild(holder));)
    if (getNodeType(node) === 11) appendChild(node, child);
    else removeChild(holder, child);
  return node;
}
