/**
 * The way into a document that is given as text (srcdoc). Some engines give it a window that nobody sees before its own scripts
 * run, and all of them a document that the frame's gate does not know of. So its first script calls the gate in, and removes
 * itself: to read a frame's contentWindow is to visit it (realm.js).
 */
import { upper } from "../above.js";
import {
  doc,
  documentQuerySelectorAll,
  getAttribute,
  getCurrentScript,
  getParentNode,
  getTextContent,
  indexOf,
  lower,
  removeChild,
  replace,
  slice,
} from "../natives.js";
import { endOfComment, endOfName, endOfTag, hasTag, MARK } from "./tags.js";

const CALL = "frameElement&&frameElement.contentWindow;document.currentScript.remove()";

/** What a policy of the page demands of inline scripts: what it demanded of ours. */
export const nonce = upper ? upper.nonce : ownNonce();

function ownNonce() {
  const script = /** @type {HTMLScriptElement | null} */ (getCurrentScript(doc));
  return (script && script.nonce) || "";
}

/** Elements that run something. */
const RUN = ["script", "iframe", "frame", "object", "embed"];

/**
 * A frame's document with the gate at its beginning, if anything in it could run, or was made inert.
 * @param {string} markup
 * @param {Element} frame
 */
export function withDoor(markup, frame) {
  if (isShut || !mayRun(lower(markup)) || !isOpenTo(frame) || indexOf(markup, CALL) >= 0)
    return markup;
  const at = endOfPrologue(markup);
  return slice(markup, 0, at) + door() + slice(markup, at);
}

/** The same document as the page gave it. @param {string} markup */
export function withoutDoor(markup) {
  return replace(markup, door(), "");
}

/** Whether a policy of the page keeps such a script from running, and with it all that a frame's document would run by itself. */
let isShut = false;

/** To be called with the document of a frame that has loaded: a door that could not run is taken away. @param {Document} inner */
export function closeDoor(inner) {
  const script = documentQuerySelectorAll(inner, "script")[0];
  if (!script || getTextContent(script) !== CALL) return;
  removeChild(getParentNode(script), script);
  isShut = true;
}

function door() {
  return `<${RUN[0]}${nonce && ` nonce="${nonce}"`}>${CALL}</${RUN[0]}>`;
}

/** @param {string} text in lower case */
function mayRun(text) {
  return (
    hasTag(text, RUN) ||
    indexOf(text, "javascript:") >= 0 ||
    indexOf(text, MARK) >= 0 ||
    hasHandler(text)
  );
}

/** Nothing shorter holds a frame with a document of its own. */
const SHORTEST = "<iframe srcdoc=x>";

/** Whether a markup may hold one. @param {string} markup */
export function mayFrame(markup) {
  return (
    markup.length >= SHORTEST.length &&
    (indexOf(markup, "srcdoc") >= 0 || indexOf(markup, "SRCDOC") >= 0)
  );
}

/** Whether there may be a tag with an attribute whose name begins with "on". @param {string} text in lower case */
export function hasHandler(text) {
  for (let at = indexOf(text, "<"); at >= 0; at = indexOf(text, "<", at + 1)) {
    const begin = endOfName(text, at + 1);
    const end = begin > at + 1 ? endOfTag(text, begin) : begin;
    if (handlesIn(slice(text, begin, end < 0 ? text.length : end))) return true;
    if (end < 0) return false;
  }
  return false;
}

/** @param {string} tag */
function handlesIn(tag) {
  for (let at = indexOf(tag, "on"); at >= 0; at = indexOf(tag, "on", at + 1))
    if ((tag[at - 1] <= " " || indexOf("/'\"", tag[at - 1]) >= 0) && endOfName(tag, at) > at + 2)
      return true;
  return false;
}

/** Whether a frame's sandbox, if it has one, lets its scripts reach the page. @param {Element} frame */
function isOpenTo(frame) {
  const sandbox = getAttribute(frame, "sandbox");
  if (sandbox === null) return true;
  const words = lower(sandbox);
  return indexOf(words, "allow-scripts") >= 0 && indexOf(words, "allow-same-origin") >= 0;
}

/** Whether a frame's sandbox lets it have scripts that cannot reach the page, nor be reached. @param {Element} frame */
export function isSealed(frame) {
  const sandbox = getAttribute(frame, "sandbox");
  return !isOpenTo(frame) && indexOf(lower(sandbox), "allow-scripts") >= 0;
}

/**
 * Where a document's text begins to say more than that it is one: behind what comes before the tags of html and head, and those.
 * @param {string} markup
 */
function endOfPrologue(markup) {
  for (let at = 0; ;) {
    while (at < markup.length && markup[at] <= " ") at++;
    const begin = at;
    const next = markup[at] === "<" ? markup[at + 1] : "";
    if (next === "!" && slice(markup, at + 2, at + 4) === "--")
      at = behind(markup, endOfComment(markup, at + 2));
    // A doctype, or what counts as a comment.
    else if (next === "!" || next === "?") at = behind(markup, at);
    else {
      const name = next && lower(slice(markup, at + 1, endOfName(markup, at + 1)));
      at = name === "head" || name === "html" ? endOfTag(markup, at + 5) : -1;
      if (name === "head" && at > 0) return at;
    }
    if (at < 0) return begin;
  }
}

/** Behind the next ">"; -1 where there is none. @param {string} markup @param {number} at if it is any place */
function behind(markup, at) {
  const end = at < 0 ? at : indexOf(markup, ">", at);
  return end < 0 ? end : end + 1;
}
