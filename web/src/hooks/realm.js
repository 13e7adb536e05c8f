/**
 * Frames of the page's own origin: each has functions of its own, which the gate must reach before page code can. A frame
 * costs nothing until it exists: whoever inserts nodes asks whether the window has more frames than before, which is two
 * reads; the gate then runs in the new ones (above.js). The first document of a frame and the page of the site's that replaces
 * it share their functions, so that code inside finds them guarded from its first line. Where that page has a gate of its own,
 * this one leaves (publish.js).
 */
import { runGate, upper } from "../above.js";
import { written } from "../cmp/written.js";
import { attempt, hold } from "../effects.js";
import {
  arrange,
  consentWord,
  decide,
  destinationName,
  isFree,
  learn,
  maskCookies,
  missingSettings,
  narrow,
  receives,
  stamp,
} from "../engine.js";
import { emit, fault } from "../events.js";
import { place, record } from "../gate.js";
import { held, maskToo, whenMasked } from "../held.js";
import {
  accessor,
  apply,
  create,
  doc,
  documentQuerySelectorAll,
  fragmentQuerySelectorAll,
  getAttribute,
  getElementFirstChild,
  getFrameCount,
  getLocalName,
  getNodeType,
  getOwnerDocument,
  getPrototypeOf,
  getTarget,
  getURL,
  getWindow,
  hasAttribute,
  isConnected,
  keysOf,
  listen,
  mapGet,
  mapHas,
  mapSet,
  nativeIterator,
  NativeWeakMap,
  push,
  querySelectorAll,
  then,
  uncurry,
  win,
} from "../natives.js";
import { segmentBlocker } from "../publish.js";
import { queues } from "../queue.js";
import { realms } from "../turn.js";
import { free } from "../usual.js";
import { describe, originals, quotes, wrapAccessor, wrapMethod } from "../wrap.js";
import { animated } from "./attribute.js";
import { awaited } from "./awaited.js";
import { closeDoor, nonce } from "./door.js";
import { kept } from "./kept.js";
import { roots } from "./roots.js";
import { carriersIn } from "./source.js";
import { stores } from "./storage.js";
import { texts } from "./texts.js";
import { blobs, isOwn, refused } from "./worker.js";
import { writers } from "./write.js";
import { opened } from "./xhr.js";

/** Elements with a document inside. @type {Record<string, string>} */
const HOLDERS = {
  iframe: "HTMLIFrameElement",
  frame: "HTMLFrameElement",
  object: "HTMLObjectElement",
  embed: "HTMLEmbedElement",
};

/** By window of a frame, how its gate takes note of another document in it. @type {WeakMap<Window, () => void>} */
export const gates = upper ? upper.gates : new NativeWeakMap();

/** By window, how its gate looks for frames in it. @type {WeakMap<Window, () => void>} */
export const visitors = upper ? upper.visitors : new NativeWeakMap();

/** Windows that were seen as frames of this one. */
const known = new NativeWeakMap();
let knownCount = 0;

/** Their native ways to its window; embed has one to an SVG document alone. @type {Record<string, (element: any) => any>} */
const getInner = create(null);

/**
 * Looks for frames in the window of a node: one may have been put there by another realm's function.
 * @param {any} node
 */
export function visitWhere(node) {
  if (!upper && !knownCount) return;
  attempt(() => {
    const there = getWindow(getNodeType(node) === 9 ? node : getOwnerDocument(node));
    const look = there && there !== win && mapGet(visitors, there);
    if (look) look();
  });
}

const FRAMES = "iframe,frame,object,embed";

/**
 * The frames among nodes and in them. In shadow trees they are looked for only if there is one that came before its host.
 * @param {any[]} nodes what else there is does not count
 */
export function framesIn(nodes) {
  /** @type {Element[]} */
  const found = [];
  const take = (/** @type {ArrayLike<Element>} */ list) => {
    for (let i = 0; i < list.length; i++) push(found, list[i]);
  };
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (typeof node !== "object" || node === null) continue;
    attempt(() => {
      const type = getNodeType(node);
      if (roots.framed) return take(carriersIn(node));
      if (type === 11) return take(fragmentQuerySelectorAll(node, FRAMES));
      if (type !== 1) return;
      if (getInner[getLocalName(node)]) push(found, node);
      if (getElementFirstChild(node)) take(querySelectorAll(node, FRAMES));
    });
  }
  return found;
}

/** Looks at frames that are none of the window's, since they stand in shadow trees. @param {Element[]} list */
export function visitAmong(list) {
  for (let i = 0; i < list.length; i++) {
    const get = getInner[getLocalName(list[i])];
    if (!get) continue;
    if (!isConnected(list[i])) roots.framed = true;
    attempt(() => {
      const inner = get(list[i]);
      if (inner) visit(inner);
    });
  }
}

export function hookRealm() {
  mapSet(visitors, win, visitFrames);
  for (const name of keysOf(HOLDERS)) {
    const holder = win[HOLDERS[name]];
    const prototype = holder && holder.prototype;
    const inner = accessor(prototype, "contentWindow");
    const getSVGDocument = uncurry(prototype && prototype.getSVGDocument);
    getInner[name] = inner.exists ? inner.get : (element) => getWindow(getSVGDocument(element));
    wrapAccessor(prototype, "contentWindow", {
      get(native, self, args) {
        enter(self);
        return apply(native, self, args);
      },
    });
    wrapAccessor(prototype, "contentDocument", { get: onDocument });
    wrapMethod(prototype, "getSVGDocument", onDocument);
  }
  wrapAccessor(win.MessageEvent && win.MessageEvent.prototype, "source", {
    get(native, self, args) {
      const source = apply(native, self, args);
      if (mapHas(known, source) || isOpened(source)) visit(source);
      return source;
    },
  });
  wrapMethod(
    win.DocumentPictureInPicture && win.DocumentPictureInPicture.prototype,
    "requestWindow",
    (native, self, args) =>
      then(apply(native, self, args), (/** @type {Window} */ opened) => {
        visit(opened);
        return opened;
      }),
  );
  wrapAccessor(win, "frames", {
    get(native, self, args) {
      const count = getFrameCount(win);
      if (count) visitAll(count, true);
      const frames = apply(native, self, args);
      // Chromium gives nothing when a function that is not the frame's own asks a window that was taken away.
      return frames === null ? self : frames;
    },
  });
  listen(doc, "load", onLoad, true);
  // Frames show it too.
  whenMasked(() => visitAll(getFrameCount(win)));
  // What is edited may bring frames back, and the page hears of it by this event.
  listen(win, "input", visitFrames, true);
  visitFrames();
}

/** Whether something is a window that this one has opened, be it by a link. @param {any} source of a message */
function isOpened(source) {
  return !!source && source !== win && source.opener === win;
}

/** Looks for frames that came since the last look. To be called after anything that may have inserted one. */
export function visitFrames() {
  if (upper) renew(win);
  const count = getFrameCount(win);
  if (count === 0 || (count === knownCount && mapHas(known, win[count - 1]))) return;
  visitAll(count);
}

/** @param {number} count @param {boolean} [touched] */
function visitAll(count, touched) {
  knownCount = count;
  touchHolders();
  for (let i = 0; i < count; i++) visit(win[i], touched);
}

/**
 * WebKit makes an element's object where it is first asked for. A frame's gate must not be the first, or the page would be given
 * an object that has the frame's functions.
 */
function touchHolders() {
  const list = documentQuerySelectorAll(doc, FRAMES);
  for (let i = 0; i < list.length; i++) getLocalName(list[i]);
}

/**
 * A frame's later documents are seen when they have loaded, before the page's own listeners hear of it.
 * @param {Event} event
 */
export function onLoad(event) {
  const target = getTarget(event);
  enter(target);
  closeDoorOf(target);
  // An object's frame comes by itself, some time after the object.
  visitFrames();
}

/** @param {any} element that has loaded */
function closeDoorOf(element) {
  try {
    if (hasAttribute(element, "srcdoc")) closeDoor(getInner.iframe(element).document);
  } catch {
    // No frame, or one whose document is out of reach.
  }
}

/** @param {Function} native @param {any} self @param {any[]} args */
function onDocument(native, self, args) {
  enter(self);
  return apply(native, self, args);
}

/**
 * Visits the document in an element, if it has one.
 * @param {any} element
 */
export function enter(element) {
  try {
    const get = getInner[getLocalName(element)];
    const inner = get && get(element);
    if (inner) visit(inner, true);
  } catch {
    // Only named like one, or of another origin.
  }
}

/**
 * Runs the gate in a window, unless it is another origin's or has a gate.
 * @param {any} frame
 * @param {boolean} [touched] whether the page gets hold of it right now
 */
export function visit(frame, touched) {
  try {
    const isLater = mapHas(known, frame);
    mapSet(known, frame, true);
    // Of another origin: all else there would say so by an exception, which takes microseconds.
    if (getPrototypeOf(frame) === null) return;
    const there = describe(frame, "segmentBlocker");
    if (there && !there.writable) return renew(frame);
    if (!touched && isWaitingRoom(frame)) return;
    const link = upper || {
      api: segmentBlocker,
      originals,
      quotes,
      opened,
      writers,
      decide,
      learn,
      isFree,
      free,
      consentWord,
      maskCookies,
      hold,
      narrow,
      stamp,
      arrange,
      destinationName,
      missingSettings,
      receives,
      emit,
      queues,
      realms,
      record,
      fault,
      written,
      blobs,
      texts,
      roots,
      stores,
      nativeIterator,
      refused,
      awaited,
      held,
      maskToo,
      kept,
      animated,
      gates,
      visitors,
      nonce,
      isLater,
    };
    link.isLater = isLater;
    runGate(frame, link);
  } catch {
    // Another origin's, or already gone.
  }
}

/** Lets a frame's gate look whether the document is still the same. @param {Window} frame */
function renew(frame) {
  const look = mapGet(gates, frame);
  if (look) look();
}

/**
 * Whether a window is only the empty one before another site's page: most frames are such, few pages touch that window, and it goes
 * when the page comes. The window of a page of the site's own stays (HTML standard 7.3.2.1).
 * @param {any} frame
 */
function isWaitingRoom(frame) {
  const element = frame.frameElement;
  if (!element || getURL(frame.document) !== "about:blank" || hasAttribute(element, "srcdoc")) {
    return false;
  }
  const where = place(getAttribute(element, "src") || getAttribute(element, "data") || "about:");
  return !!where && where.host !== "" && !isOwn(where);
}
