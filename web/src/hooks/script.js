/**
 * Script elements. A script that may not run is made inert by its type, which keeps node, URL, listeners and nonce; it
 * is decided when its URL is set and again when it is inserted, and started on the same element when it is released.
 */
import { upper } from "../above.js";
import { hasStub, NAME_ATTRIBUTE } from "../analytics.js";
import { destinationOf } from "../ask.js";
import { attempt, guard, hold, later } from "../effects.js";
import { isMasked, showAttribute, shownAttribute, unshowAttribute } from "../held.js";
import { actionOf, decidePlace, gated, isData, learnFrom } from "../gate.js";
import {
  addEventListener,
  apply,
  dispatchEvent,
  doc,
  getAttribute,
  getDefaultPolicy,
  getDocumentElement,
  getFirstChild,
  getLocalName,
  getNextSibling,
  getNodeType,
  getOwnerDocument,
  getParentNode,
  getRootNode,
  getStartContainer,
  getTextContent,
  getWindow,
  hasAttribute,
  indexOf,
  insertBefore,
  isConnected,
  isHTML,
  isShadowRoot,
  isTrustedType,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  NativeEvent,
  NativeWeakMap,
  push,
  rangeText,
  removeAttribute,
  removeChild,
  setAsync,
  setAttribute,
  trustedTypes,
  win,
} from "../natives.js";
import { free, isUsual, startsUsual } from "../usual.js";
import { wrapAccessor } from "../wrap.js";
import { moduleURL } from "./imports.js";
import { inlineURL, loadsByText, quotedURL } from "./inline.js";
import { blockedLiteral } from "./literal.js";
import { give, valueOf } from "./source.js";
import { MARK, XLINK_HREF } from "./tags.js";
import { INERT } from "./tame.js";
import { ALLOW, DROP, KIND_SCRIPT, LEARN_MARKED, LEARN_SCRIPT } from "../gen/abi.js";
import { HOSTS, LOADER } from "../gen/fallback.js";

/**
 * @typedef {{
 *   letGo: () => void, denied: boolean, told: boolean, ordered: boolean, source: any, waiting: boolean, inserted: boolean,
 *   src?: string | null,
 * }} HeldScript inserted: it has stood in the document and would have started there, whatever became of it; src: what
 *   it would have loaded there, if the page may have given it another since
 */

/** @type {WeakMap<Element, HeldScript>} */
const scripts = new NativeWeakMap();

/** Copies of scripts that have started as far as the page can tell: these never do (HTML standard 4.12.1, cloning steps). */
const spent = new NativeWeakMap();

/** @type {((element: Element) => void)[]} */
const watchers = [];

/**
 * Calls watcher with each script element that is kept from running because it is Segment's or a rule's.
 * @param {(element: Element) => void} watcher
 */
export function onHeldScript(watcher) {
  watchers[watchers.length] = watcher;
}

export function hookScript() {
  const prototype = win.HTMLScriptElement && win.HTMLScriptElement.prototype;
  wrapAccessor(prototype, "type", {
    get: (native, self, args) => {
      const shown = shownAttribute(self, "type");
      return shown === undefined ? apply(native, self, args) : shown || "";
    },
    set: (native, self, args) => {
      changeType(self);
      if (shownAttribute(self, "type") === undefined) return apply(native, self, args);
      showAttribute(self, "type", `${args[0]}`);
    },
  });
  return wrapAccessor(prototype, "src", {
    passes: (self, args) => isFreeURL(self, args[0]),
    set: (native, self, args) => {
      const value = (args[0] = once(args[0]));
      judge(self, `${value}`, value);
      return apply(native, self, args);
    },
  });
}

/**
 * A script in the document that gets another type may start when its text changes; one in a shadow tree that is in no document, when
 * the tree's host comes into it, at which nobody looks into the tree again.
 * @param {any} element
 */
export function changeType(element) {
  if (!isElement(element)) return;
  if (isConnected(element)) expectText();
  else if (isAsleep(element)) {
    const url = moduleURL(getTextContent(element));
    if (url) judge(element, url, url);
  }
  // The type that is set next may be one that runs.
  if (isScript(element) && isKept(element)) silence(element);
}

/** Whether a script with a text stands in a shadow tree that is in no document. @param {Element} element */
function isAsleep(element) {
  if (!isScript(element) || getFirstChild(element) === null || scriptURL(element) !== null)
    return false;
  return isShadowRoot(getRootNode(element)) && !isConnected(element);
}

/** Whether the page has a default policy, which may give a script another URL than the page said (Trusted Types 4.1). */
function changesURLs() {
  return !!trustedTypes && getDefaultPolicy(trustedTypes) !== null;
}

/**
 * Whether a script may have a URL without more ado: nearly always. The script is remembered, so that it need not be read
 * when it is inserted; not where the base URL may change what the URL means till then.
 * @param {Element} element
 * @param {any} url as the page gave it
 */
function isFreeURL(element, url) {
  if (typeof url !== "string") return false;
  const absolute = startsUsual(url);
  if (!(absolute || isUsual(url)) || teaches(element, url) || isKept(element)) return false;
  free.script = absolute && !changesURLs() ? element : undefined;
  return true;
}

/** Whether a script is kept from running, for now or for good. @param {Element} element */
function isKept(element) {
  return isMasked() && (mapHas(scripts, element) || mapHas(spent, element));
}

/**
 * Whether a node is the script that was last given a URL, and is still what it was: whatever gives it another, or an attribute
 * that says more of it, ends that (judge, attribute.js). Nothing in it could load, or run without a URL.
 * @param {any} node
 */
export function isFreeScript(node) {
  if (!node || node !== free.script) return false;
  free.script = undefined;
  return getFirstChild(node) === null;
}

/**
 * A value converted once: texts stay, trusted-type objects stay themselves, anything else becomes its text.
 * @param {any} value
 */
export function once(value) {
  return isTrustedType(value) ? value : `${value}`;
}

/** @param {Element} element */
export function isScript(element) {
  return getLocalName(element) === "script";
}

/** The URL a script would load, as its attributes say. @param {Element} element @returns {string | null} */
function scriptURL(element) {
  const src = getAttribute(element, "src");
  if (src !== null || isHTML(element, "script")) return src;
  const href = getAttribute(element, "href");
  return href === null ? valueOf(element, XLINK_HREF) : href;
}

/**
 * Decides a script that is about to be inserted, or that the parser has just inserted.
 * @param {Element} element
 * @param {boolean} [parsed] whether the parser inserted it
 */
export function judgeInserted(element, parsed) {
  const own = scriptURL(element);
  if (parsed && own === null) unread = { script: element, marked: isMarked(element) };
  if (isMarked(element)) return reviveScript(element, parsed);
  const url = own || inlineURL(element);
  // It starts when it gets its text.
  if (own === null && isEmpty(element) && loadsByText(element)) expectText();
  if (isKept(element)) return keepInert(element);
  if (url && mayBeHeld(element, url)) judge(element, url, url, parsed);
}

/** Whether a script has no text, whatever else is in it: engines let it start when it gets one. @param {Element} element */
function isEmpty(element) {
  return getFirstChild(element) === null || getTextContent(element) === "";
}

/** @param {Element} element @param {string} url that it would load */
function mayBeHeld(element, url) {
  return gated(url) || isData(url) || teaches(element, url);
}

/** Whether a script may have to wait once it is inserted, or is an import map that has lost something here. @param {Element} element */
export function mayWait(element) {
  const text = getTextContent(element);
  const url = scriptURL(element) || inlineURL(element);
  return (
    isMarked(element) || (!!url && mayBeHeld(element, url)) || getTextContent(element) !== text
  );
}

/**
 * The script without a URL that the parser came to last, and whether the server had marked it. Its text may be a part of what
 * it will be: a page's parts may end anywhere.
 * @type {{ script: Element, marked: boolean } | undefined}
 */
let unread;

/** The script whose text the parser may still be reading. @returns {Element | undefined} */
export function unreadScript() {
  return unread && unread.script;
}

/** Decides that script again, by what its text has become. @param {string} [future] or is about to become */
export function judgeUnread(future) {
  if (!unread || scriptURL(unread.script) !== null) return;
  const { script, marked } = unread;
  const url = marked ? markedURL(script) : inlineURL(script, future);
  if (url || mapHas(scripts, script)) judge(script, url, url, true);
}

/**
 * Whether there may be a script in a document that has not started and does when its text changes: in all realms, since any may
 * give it that.
 */
export const awaited = upper ? upper.awaited : { any: false };
/** What is done before there is one. @type {(() => void)[]} */
const preparations = [];
let prepared = false;

/** Does what only such scripts need as soon as there may be one. @param {() => void} prepare */
export function whenAwaited(prepare) {
  push(preparations, prepare);
}

function expectText() {
  awaited.any = true;
  if (prepared) return;
  prepared = true;
  for (let i = 0; i < preparations.length; i++) guard(preparations[i]);
}

/**
 * Decides a script whose text is about to change, if that may start it (HTML standard 4.12.1, children changed steps).
 * @param {any} self what a function is called on: the script, or one of its children
 * @param {any[]} args of that function; what is no text yet is converted here, once
 * @param {number} [from] the first of them that is a text or a node
 */
export function judgeText(self, args, from = 0) {
  if (!awaited.any || !read(getNodeType, self)) return;
  const scripts = unstarted(getParentNode(self), unstarted(self));
  if (!scripts) return;
  let text = "";
  for (let i = from; i < args.length; i++) text += textOf(args, i);
  for (let i = 0; i < scripts.length; i++) guard(() => judgeChange(scripts[i], text));
}

/** A script that a range puts around its text. @param {any} node @param {any} range */
export function judgeAround(node, range) {
  attempt(() => {
    if (unstarted(node)) judgeChange(node, rangeText(range));
  });
}

/** The same for what a range's function changes. @param {any} self @param {any[]} args */
export function judgeRange(self, args) {
  if (awaited.any) judgeText(read(getStartContainer, self), args);
}

/**
 * Adds a node to the list if it is a script that its text alone may start. Asked of most nodes of a page: nothing may throw here.
 * @param {any} node
 * @param {Element[]} [found]
 */
function unstarted(node, found) {
  if (!node || getNodeType(node) !== 1 || !isScript(node) || scriptURL(node) !== null) return found;
  if (!found) return [node];
  push(found, node);
  return found;
}

/** @param {Element} node @param {string} text */
function judgeChange(node, text) {
  // Where in the script the new text comes to stand is not known: at its end, or between quotes that are there.
  const url =
    inlineURL(node, getTextContent(node) + text) ||
    (loadsByText(node) ? blockedLiteral(`"${text}"`, 0) : "");
  if (url) judge(node, url, url);
}

/**
 * @param {any[]} args
 * @param {number} i
 * @returns {string}
 */
function textOf(args, i) {
  const value = args[i];
  // No text, or one that cannot change: some functions take nothing for an empty one.
  if (value === null || value === undefined) return "";
  if (typeof value !== "object" && typeof value !== "function")
    return typeof value === "symbol" ? "" : `${value}`;
  try {
    return getTextContent(value) || "";
  } catch {
    return `${(args[i] = once(value))}`;
  }
}

/** @param {any} node */
function isElement(node) {
  return read(getNodeType, node) === 1;
}

/** What a getter says of an object; nothing where it is of another kind. @param {(object: any) => any} get @param {any} object */
function read(get, object) {
  try {
    return get(object);
  } catch {
    // Of another kind.
  }
}

/** @param {Element} element */
function isMarked(element) {
  return hasAttribute(element, MARK);
}

/**
 * A script that was made inert before the parser read it gets back what it had, and is decided.
 * @param {Element} element
 * @param {boolean} [parsed]
 */
export function reviveScript(element, parsed) {
  if (!isMarked(element)) return;
  const type = getAttribute(element, MARK) || null;
  removeAttribute(element, MARK);
  showAttribute(element, "type", type);
  let url = scriptURL(element);
  for (const name of ["href", XLINK_HREF]) {
    const renamed = getAttribute(element, `${MARK}-${name}`);
    if (renamed !== null) url = renamed;
  }
  const target = url || markedURL(element);
  if (!judge(element, target, target, parsed)) release(element, newState(element, target, parsed));
}

/**
 * What a text loads that the server has marked: one whose URLs are open may still name Segment in a way that only the server
 * could tell.
 * @param {Element} element
 */
function markedURL(element) {
  return quotedURL(getTextContent(element)) || `//${HOSTS[0][0]}/`;
}

/**
 * Decides a script by the URL it is given and makes it inert or ordinary accordingly.
 * @param {Element} element
 * @param {string} url
 * @param {any} source the URL as the page gave it
 * @param {boolean} [parsed]
 * @returns {boolean} whether it is held
 */
export function judge(element, url, source, parsed) {
  free.script = undefined;
  if (teaches(element, url)) learnFrom(url, isNamed(element) ? LEARN_MARKED : LEARN_SCRIPT);
  if (isMasked() && mapHas(spent, element)) {
    keepInert(element);
    return false;
  }
  const before = isMasked() && mapGet(scripts, element);
  // It has started, as far as the page can tell, and keeps what it would have loaded.
  if (before && before.inserted && !parsed) {
    if (before.src === undefined) before.src = getAttribute(element, "src");
    keepInert(element);
    return true;
  }
  const where = destinationOf(KIND_SCRIPT, url);
  const action = actionOf(decidePlace(KIND_SCRIPT, where));
  if (before) before.letGo();
  if (!where || action === ALLOW) {
    if (before) revive(element, before);
    return false;
  }
  const state = newState(element, source, parsed);
  state.denied = action === DROP;
  mapSet(scripts, element, state);
  keepInert(element);
  // A denied script waits too: the visitor may change their mind, and then it runs on the same element.
  park(element, state, where);
  for (const watcher of watchers) watcher(element);
  return true;
}

/**
 * @param {Element} element
 * @param {any} source
 * @param {boolean} [parsed]
 * @returns {HeldScript}
 */
function newState(element, source, parsed) {
  return {
    letGo: () => {},
    denied: false,
    told: false,
    ordered: !!parsed && isHTML(element, "script") && !hasAttribute(element, "async"),
    source,
    waiting: true,
    inserted: starts(element),
  };
}

/** Whether a script starts now as far as the page can tell. @param {Element} element */
function starts(element) {
  return isConnected(element) && loadsByText(element);
}

/**
 * Whether a script's element, or the page, shows that its URL may be Segment's on a host of the site's own.
 * @param {Element} element
 * @param {string} url
 */
function teaches(element, url) {
  // Whether the stub is there is asked last: a name that the window lacks is looked for in the whole document.
  return isNamed(element) || (indexOf(url, LOADER) >= 0 && hasStub());
}

/** Whether a script carries the snippet's own mark. @param {Element} element */
function isNamed(element) {
  try {
    return hasAttribute(element, NAME_ATTRIBUTE);
  } catch {
    // No element: the native function says so.
    return false;
  }
}

/**
 * @param {Element} element
 * @param {HeldScript} state
 * @param {import("../gate.js").Place} where
 */
function park(element, state, where) {
  state.letGo = hold({
    kind: KIND_SCRIPT,
    host: where.host,
    rest: where.path,
    target: where.target,
    resume: () => release(element, state),
    cancel: () => {
      state.denied = true;
      park(element, state, where);
      noteInserted(element);
    },
  });
}

/**
 * Makes a copy of a held script what the page expects it to be.
 * @param {Element} from
 * @param {Element} to
 */
export function carryScript(from, to) {
  const type = shownAttribute(from, "type");
  if (type === undefined) return;
  const state = mapGet(scripts, from);
  if (state ? state.inserted : mapHas(spent, from)) {
    mapSet(spent, to, true);
    return showAttribute(to, "type", type);
  }
  if (type === null) removeAttribute(to, "type");
  else setAttribute(to, "type", type);
  judgeInserted(to);
}

/**
 * Keeps a script from running. The page may have found a way to take the type away: to be called whenever it could start again. A type
 * that no browser runs is left as it is: whoever looks for it finds it.
 * @param {Element} element
 */
function keepInert(element) {
  if (loadsByText(element)) silence(element);
}

/** @param {Element} element */
function silence(element) {
  if (shownAttribute(element, "type") === undefined)
    showAttribute(element, "type", getAttribute(element, "type"));
  if (getAttribute(element, "type") !== INERT) setAttribute(element, "type", INERT);
}

/** The same for a script of which it is not known whether it is held. @param {Element} element */
export function keepIfHeld(element) {
  if (isKept(element)) keepInert(element);
}

/**
 * Gives an element its own type back.
 * @param {Element} element
 * @param {HeldScript} state
 */
function revive(element, state) {
  const type = shownAttribute(element, "type");
  state.waiting = false;
  mapDelete(scripts, element);
  unshowAttribute(element, "type");
  for (const name of ["href", XLINK_HREF]) {
    const renamed = getAttribute(element, `${MARK}-${name}`);
    if (renamed === null) continue;
    removeAttribute(element, `${MARK}-${name}`);
    give(element, name, renamed);
  }
  if (type === null) removeAttribute(element, "type");
  else if (type !== undefined) setAttribute(element, "type", type);
}

/**
 * Starts a held script on its own element. One that never was in a document starts when the page inserts it.
 * @param {Element} element
 * @param {HeldScript} state
 */
function release(element, state) {
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

/** To be called when a script has been inserted: what it says in a shadow tree may change before the tree's host is. @param {Element} element */
export function noteAsleep(element) {
  if (!prepared && isAsleep(element)) expectText();
}

/**
 * To be called when a script may have come into the document: a refused one ends as a failed one.
 * @param {Element} element
 */
export function noteInserted(element) {
  const state = mapGet(scripts, element);
  if (!state) return;
  state.inserted = state.inserted || starts(element);
  if (!state.denied || state.told || !state.inserted) return;
  state.told = true;
  later(() => {
    if (state.waiting) dispatchEvent(element, new NativeEvent("error"));
  });
}
