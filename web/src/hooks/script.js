/**
 * Script elements. A script that may not run is made inert by its type, which keeps node, URL, listeners and nonce; it
 * is decided when its URL is set and again when it is inserted, and started on the same element when it is released.
 */
import { hasStub, NAME_ATTRIBUTE } from "../analytics.js";
import { destinationOf } from "../ask.js";
import { hold, later } from "../effects.js";
import { actionOf, decidePlace, gated, isData, learnFrom } from "../gate.js";
import { showAttribute, shownAttribute } from "../held.js";
import {
  apply,
  dispatchEvent,
  getAttribute,
  getDefaultPolicy,
  getFirstChild,
  getNodeType,
  getRootNode,
  getTextContent,
  hasAttribute,
  indexOf,
  isConnected,
  isShadowRoot,
  mapSet,
  NativeEvent,
  removeAttribute,
  setAttribute,
  trustedTypes,
  win,
} from "../natives.js";
import { once } from "../trusted.js";
import { free, isUsual, startsUsual } from "../usual.js";
import { wrapAccessor } from "../wrap.js";
import { expectText, isPrepared } from "./awaited.js";
import { giveRenamed, release, revive } from "./begin.js";
import { moduleURL } from "./imports.js";
import { inlineURL, loadsByText, quotedURL } from "./inline.js";
import {
  isKept,
  isScript,
  isSpent,
  keepInert,
  kept,
  newState,
  scriptURL,
  silence,
  starts,
  stateOf,
} from "./kept.js";
import { MARK, XLINK_HREF } from "./tags.js";
import { INERT } from "./tame.js";
import { ALLOW, DROP, KIND_SCRIPT, LEARN_MARKED, LEARN_SCRIPT } from "../gen/abi.js";
import { HOSTS, LOADER } from "../gen/fallback.js";

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
  const { HTMLScriptElement: html, SVGScriptElement: svg } = win;
  for (const found of [html, svg])
    wrapAccessor(found && found.prototype, "type", {
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
  return wrapAccessor(html && html.prototype, "src", {
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
  if (url || stateOf(script)) judge(script, url, url, true);
}

/** @param {any} node */
function isElement(node) {
  try {
    return getNodeType(node) === 1;
  } catch {
    return false;
  }
}

/** @param {Element} element */
export function isMarked(element) {
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
 * A script that was made inert, in a markup whose scripts do not start by themselves, gets back what it had, for whoever makes one of
 * it that does. Where only the server could tell what its text loads it stays inert.
 * @param {Element} element that is where it could not start
 * @param {boolean} [spent] whether it would not start elsewhere either (DOMParser; HTML standard 4.12.1, preparing a script)
 */
export function unmarkScript(element, spent) {
  const type = getAttribute(element, MARK);
  if (type) setAttribute(element, "type", type);
  else removeAttribute(element, "type");
  giveRenamed(element);
  if (scriptURL(element) === null && !inlineURL(element, getTextContent(element)))
    return setAttribute(element, "type", INERT);
  removeAttribute(element, MARK);
  if (!spent) return;
  mapSet(kept.spent, element, true);
  silence(element);
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
  if (isSpent(element)) {
    keepInert(element);
    return false;
  }
  const before = stateOf(element);
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
  mapSet(kept.scripts, element, state);
  keepInert(element);
  // A denied script waits too: the visitor may change their mind, and then it runs on the same element.
  park(element, state, where);
  for (const watcher of watchers) watcher(element);
  return true;
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
 * @param {import("./kept.js").HeldScript} state
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
  const state = stateOf(from);
  if (state ? state.inserted : isSpent(from)) {
    mapSet(kept.spent, to, true);
    return showAttribute(to, "type", type);
  }
  if (type === null) removeAttribute(to, "type");
  else setAttribute(to, "type", type);
  judgeInserted(to);
}

/** To be called when a script has been inserted: what it says in a shadow tree may change before the tree's host is. @param {Element} element */
export function noteAsleep(element) {
  if (!isPrepared() && isAsleep(element)) expectText();
}

/**
 * To be called when a script may have come into the document: a refused one ends as a failed one.
 * @param {Element} element
 */
export function noteInserted(element) {
  const state = stateOf(element);
  if (!state) return;
  state.inserted = state.inserted || starts(element);
  if (!state.denied || state.told || !state.inserted) return;
  state.told = true;
  later(() => {
    if (state.waiting) dispatchEvent(element, new NativeEvent("error"));
  });
}
