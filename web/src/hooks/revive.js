/**
 * Markup that was made inert before the parser read it, by the server (blocker/rewrite) or by this script (tame.js): it
 * becomes what it was, and is held as if the page had made it so.
 */
import { guard } from "../effects.js";
import {
  doc,
  documentQuerySelectorAll,
  fragmentQuerySelectorAll,
  getAttribute,
  getLocalName,
  getNodeType,
  getTextContent,
  indexOf,
  keysOf,
  replace,
  setTextContent,
} from "../natives.js";
import { showAttribute, shownAttribute } from "../held.js";
import { withoutDoor } from "./door.js";
import { isScript } from "./kept.js";
import { reviveScript } from "./script.js";
import { reviveAttribute } from "./source.js";
import { MARK } from "./tags.js";
import { LOADS } from "../gen/elements.js";

/** @type {string | undefined} */
let selector;

/**
 * Gives an element back what was taken from its tag. Costs a table lookup for elements that load nothing.
 * @param {Element} element
 */
export function reviveElement(element) {
  if (isScript(element)) return reviveScript(element);
  const tag = getLocalName(element);
  if (tag === "noscript") return reviveText(element);
  const loads = LOADS[tag];
  if (tag === "iframe") hideDoor(element);
  for (let i = 1; loads && i < loads.length; i++)
    reviveAttribute(element, /** @type {string} */ (loads[i]));
}

/**
 * The text of a noscript, which was tags to the server: without script they would load, and with it they are what a page may read.
 * @param {Element} element
 */
function reviveText(element) {
  const text = getTextContent(element);
  let own = text;
  while (indexOf(own, `${MARK}-`) >= 0) own = replace(own, `${MARK}-`, "");
  if (own !== text) setTextContent(element, own);
}

/** The texts that the parser has added to since they were met. */
export function reviveTexts() {
  const list = documentQuerySelectorAll(doc, "noscript");
  for (let i = 0; i < list.length; i++) reviveText(list[i]);
}

/** A frame whose document got its door in written markup shows what was written. @param {Element} frame */
function hideDoor(frame) {
  if (shownAttribute(frame, "srcdoc") !== undefined) return;
  const value = getAttribute(frame, "srcdoc");
  const own = value && withoutDoor(value);
  if (own !== value) showAttribute(frame, "srcdoc", own);
}

/**
 * The same for all of a document, or of a shadow tree.
 * @param {Document | ShadowRoot} root
 */
export function reviveAll(root) {
  if (!selector) {
    selector = `[${MARK}],iframe[srcdoc],noscript`;
    for (const element of keysOf(LOADS)) {
      for (let i = 1; i < LOADS[element].length; i++)
        selector += `,[${MARK}-${replace(LOADS[element][i], ":", "\\:")}]`;
    }
  }
  guard(() => {
    const list = (getNodeType(root) === 9 ? documentQuerySelectorAll : fragmentQuerySelectorAll)(
      root,
      selector,
    );
    for (let i = 0; i < list.length; i++) reviveElement(list[i]);
  });
}
