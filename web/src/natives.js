/**
 * The page's original functions, read once before anything else on the page runs. Every other file takes them from
 * here, so that nothing the page replaces, freezes or clobbers later changes what the gate does.
 */

/**
 * The window the gate guards. Everything is taken from it, the language's own objects too: in a frame they are the frame's,
 * which the page has not touched yet.
 */
export const win = /** @type {Window & typeof globalThis & Record<string, any>} */ (window);

// A frame or pop-up keeps the window of its first, empty document, and with it the gate that the page above brought there. A page
// that carries a gate of its own is guarded by that: the other leaves, and what it had replaced becomes what it was (publish.js).
const lent = win.Reflect.getOwnPropertyDescriptor(win, "segmentBlocker");
try {
  if (typeof above === "undefined" && lent && lent.set)
    win.Reflect.apply(lent.set, win, [undefined]);
} catch {
  // Not a gate's.
}

/** Its document: a frame keeps its window when the first of its documents is replaced (HTML standard 7.5.1). */
export let doc = win.document;

export const apply = win.Reflect.apply;
export const construct = win.Reflect.construct;
export const deleteProperty = win.Reflect.deleteProperty;
export const setProperty = win.Reflect.set;
export const defineProperty = win.Reflect.defineProperty;
export const getOwnPropertyDescriptor = win.Reflect.getOwnPropertyDescriptor;
export const ownKeys = win.Reflect.ownKeys;
export const getPrototypeOf = win.Reflect.getPrototypeOf;
export const setPrototypeOf = win.Reflect.setPrototypeOf;
export const create = win.Object.create;
export const keysOf = win.Object.keys;
export const freeze = win.Object.freeze;
export const objectToString = win.Object.prototype.toString;
export const isArray = win.Array.isArray;
export const { iterator } = win.Symbol;
export const nativeIterator = /** @type {any} */ (win.Array.prototype)[iterator];
export const parseJSON = win.JSON.parse;
export const stringify = win.JSON.stringify;
export const encodeText = win.encodeURIComponent;
export const decodeText = win.decodeURIComponent;
export const now = win.Date.now;
export const NativeDate = win.Date;
export const NativePromise = win.Promise;
export const isFirefox = "mozInnerScreenX" in win;
export const NativeProxy = win.Proxy;
export const NativeMap = win.Map;
export const NativeSet = win.Set;
export const NativeWeakMap = win.WeakMap;
export const NativeTypeError = win.TypeError;
export const NativeUint8Array = win.Uint8Array;
export const NativeEvent = win.Event;
export const NativeCustomEvent = win.CustomEvent;
export const NativeURL = win.URL;
export const NativeRequest = win.Request;
export const NativeResponse = win.Response;
export const NativeDOMException = win.DOMException;
export const NativeEventTarget = win.EventTarget;
export const NativeAbortController = win.AbortController;
export const NativeBlob = win.Blob;
export const NativeMessageChannel = win.MessageChannel;
export const NativeProgressEvent = win.ProgressEvent;
export const NativeCloseEvent = win.CloseEvent;
export const NativeXMLHttpRequest = win.XMLHttpRequest;
export const NativeOpenRequest = win.IDBOpenDBRequest;
export const NativeHTMLElement = win.HTMLElement;
export const NativeBroadcastChannel = win.BroadcastChannel;
export const NativeMutationObserver = win.MutationObserver;
export const NativeTextEncoder = win.TextEncoder;
export const NativeTextDecoder = win.TextDecoder;
export const WASM = win.WebAssembly;
export const console = win.console;
export const consoleError = console && console.error;
export const consoleLog = console && console.log;

const { bind, call } = win.Function.prototype;

/**
 * Makes a function that calls a method with its object as first argument, whatever the page does to the prototype. It is
 * Function.prototype.call with the method bound as what it calls: no function of ours runs in between.
 * @param {Function | undefined} method
 * @returns {(self: any, ...args: any[]) => any}
 */
export function uncurry(method) {
  return method
    ? apply(bind, call, [method])
    : () => {
        throw new NativeTypeError("not supported by this browser");
      };
}

/**
 * The accessor of a prototype, as two functions.
 * @param {object | undefined} prototype
 * @param {string} name
 */
export function accessor(prototype, name) {
  const found = prototype && getOwnPropertyDescriptor(prototype, name);
  return {
    get: uncurry(found && found.get),
    set: uncurry(found && found.set),
    exists: !!(found && found.get),
  };
}

/** @param {string} name */
function proto(name) {
  const found = win[name];
  return found && found.prototype;
}

const node = proto("Node");
const element = proto("Element");
const documentProto = proto("Document");
const eventTarget = proto("EventTarget");
const url = proto("URL");
const storage = proto("Storage");
const location = win.location;

export const getRootNode = uncurry(node && node.getRootNode);
export const getNodeType = accessor(node, "nodeType").get;
export const getParentNode = accessor(node, "parentNode").get;
export const getNextSibling = accessor(node, "nextSibling").get;
export const getNextElement = accessor(element, "nextElementSibling").get;
export const replaceChildren = uncurry(element && element.replaceChildren);
export const fragmentReplaceChildren = uncurry(
  proto("DocumentFragment") && proto("DocumentFragment").replaceChildren,
);
const registry = win.customElements;
const upgrade = registry && registry.upgrade;
/** Makes an element, and what is in it, the custom elements that they are. @param {Node} node */
export const upgradeElement = (node) => {
  if (upgrade) apply(upgrade, registry, [node]);
};
export const isConnected = accessor(node, "isConnected").get;
export const textOfFunction = uncurry(win.Function.prototype.toString);
export const insertBefore = uncurry(node && node.insertBefore);
export const contains = uncurry(node && node.contains);
export const isEqualNode = uncurry(node && node.isEqualNode);
export const cloneNode = uncurry(node && node.cloneNode);
export const appendChild = uncurry(node && node.appendChild);
export const removeChild = uncurry(node && node.removeChild);
export const replaceChild = uncurry(node && node.replaceChild);
export const getFirstChild = accessor(node, "firstChild").get;
export const getOwnerDocument = accessor(node, "ownerDocument").get;
export const getTextContent = accessor(node, "textContent").get;
export const setTextContent = accessor(node, "textContent").set;
export const getNamespace = accessor(element, "namespaceURI").get;
export const setInnerHTML = accessor(element, "innerHTML").set;
export const getInnerHTML = accessor(element, "innerHTML").get;
export const getOuterHTML = accessor(element, "outerHTML").get;
const NativeShadowRoot = win.ShadowRoot;
/** @param {any} node */
export const isShadowRoot = (node) => !!NativeShadowRoot && node instanceof NativeShadowRoot;
export const getMode = accessor(proto("ShadowRoot"), "mode").get;
export const getClonable = accessor(proto("ShadowRoot"), "clonable").get;
export const getRootHost = accessor(proto("ShadowRoot"), "host").get;
export const getShadowRoot = accessor(element, "shadowRoot").get;
export const getLocalName = accessor(element, "localName").get;
export const XHTML = "http://www.w3.org/1999/xhtml";
/** Whether an element is HTML's of this name, be it another realm's. @param {any} element @param {string} name */
export const isHTML = (element, name) =>
  getLocalName(element) === name && getNamespace(element) === XHTML;
export const getAttribute = uncurry(element && element.getAttribute);
export const setAttribute = uncurry(element && element.setAttribute);
export const setAttributeNS = uncurry(element && element.setAttributeNS);
export const removeAttribute = uncurry(element && element.removeAttribute);
export const getAttributeNames = uncurry(element && element.getAttributeNames);
export const getAttributeNS = uncurry(element && element.getAttributeNS);
export const hasAttributeNS = uncurry(element && element.hasAttributeNS);
export const removeAttributeNS = uncurry(element && element.removeAttributeNS);
export const getAttributeNode = uncurry(element && element.getAttributeNode);
export const setAttributeNodeNS = uncurry(element && element.setAttributeNodeNS);
export const hasAttribute = uncurry(element && element.hasAttribute);
export const querySelectorAll = uncurry(element && element.querySelectorAll);
export const fragmentQuerySelectorAll = uncurry(
  proto("DocumentFragment") && proto("DocumentFragment").querySelectorAll,
);
export const documentQuerySelector = uncurry(documentProto && documentProto.querySelector);
export const getElementFirstChild = accessor(element, "firstElementChild").get;
export const getFragmentFirstChild = accessor(proto("DocumentFragment"), "firstElementChild").get;
export const getOwnerElement = accessor(proto("Attr"), "ownerElement").get;
export const getAttrName = accessor(proto("Attr"), "name").get;
export const getAttrValue = accessor(proto("Attr"), "value").get;
export const documentQuerySelectorAll = uncurry(documentProto && documentProto.querySelectorAll);
export const createElementNS = uncurry(documentProto && documentProto.createElementNS);
export const createFragment = uncurry(documentProto && documentProto.createDocumentFragment);
export const createRange = uncurry(documentProto && documentProto.createRange);
export const importNode = uncurry(documentProto && documentProto.importNode);
export const adoptNode = uncurry(documentProto && documentProto.adoptNode);
export const intersectsNode = uncurry(proto("Range") && proto("Range").intersectsNode);
export const selectContents = uncurry(proto("Range") && proto("Range").selectNodeContents);
let range = proto("Range");
while (range && !getOwnPropertyDescriptor(range, "startContainer")) range = getPrototypeOf(range);
export const getCommonAncestor = accessor(proto("Range"), "commonAncestorContainer").get;
export const rangeText = uncurry(proto("Range") && proto("Range").toString);
export const getStartContainer = accessor(range, "startContainer").get;
export const preventDefault = uncurry(proto("Event") && proto("Event").preventDefault);
export const getDefaultPolicy = accessor(proto("TrustedTypePolicyFactory"), "defaultPolicy").get;
export const getSubmitter = accessor(proto("SubmitEvent"), "submitter");

/** A document in which nothing loads and nothing runs; made once, when it is first needed. */
export function inertDocument() {
  return (inert = inert || makeInert());
}

/** It reads markup as the page does, which may be one without a doctype. @returns {Document} */
function makeInert() {
  const make = () => apply(createHTMLDocument, implementation, [""]);
  if (getCompatMode(doc) !== "BackCompat") return make();
  try {
    const made = make();
    apply(openDocument, made, []);
    apply(writeDocument, made, ["<html>"]);
    apply(closeDocument, made, []);
    return made;
  } catch {
    // Where trusted types are demanded no text may be written.
    return make();
  }
}
/** @type {Document | undefined} */
let inert;
const getCompatMode = accessor(documentProto, "compatMode").get;
const { open: openDocument, write: writeDocument, close: closeDocument } = documentProto || {};
/** A frame that was taken away has none any more. */
const implementation = accessor(documentProto, "implementation").get(doc);
const createHTMLDocument =
  proto("DOMImplementation") && proto("DOMImplementation").createHTMLDocument;
export const createAttribute = uncurry(documentProto && documentProto.createAttribute);
export const setAsync = accessor(proto("HTMLScriptElement"), "async").set;

/** By function, what the browser is given of it. @type {WeakMap<Function, any>} */
const callbacks = new NativeWeakMap();

/**
 * A function as the browser may call it. Chromium makes the objects that it gives to a function where that is from: the gate's in a
 * frame are the page's, and the frame would find its own event or element to have the page's functions. A proxy is the frame's.
 * @param {Function} callback
 */
export function callable(callback) {
  let made = mapGet(callbacks, callback);
  if (!made) mapSet(callbacks, callback, (made = new NativeProxy(callback, create(null))));
  return made;
}

const nativeListen = uncurry(eventTarget && eventTarget.addEventListener);
const nativeUnlisten = uncurry(eventTarget && eventTarget.removeEventListener);

/**
 * @param {any} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {boolean | AddEventListenerOptions} [options]
 */
export function addEventListener(target, type, listener, options) {
  nativeListen(target, type, callable(listener), options);
}

/**
 * Takes away what addEventListener has added.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {boolean} [capture]
 */
export function removeEventListener(target, type, listener, capture) {
  nativeUnlisten(target, type, callable(listener), capture);
}

/**
 * Our own listeners: document.open() takes away those of the document and its window. Without a target: the document's.
 * @type {any[][]}
 */
const listeners = [];

/**
 * Listens for as long as the page lives.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {boolean} [capture]
 */
export function listen(target, type, listener, capture) {
  push(listeners, [target === doc ? null : target, type, listener, capture]);
  addEventListener(target, type, listener, capture);
}

/** Listens again after the document was opened anew. A listener that is still there is not added twice. */
export function listenAgain() {
  for (let i = 0; i < listeners.length; i++) {
    const [target, type, listener, capture] = listeners[i];
    addEventListener(target || doc, type, listener, capture);
  }
}

/** Takes all of them away. */
export function stopListening() {
  for (let i = 0; i < listeners.length; i++) {
    const [target, type, listener, capture] = listeners[i];
    removeEventListener(target || doc, type, listener, capture);
  }
}

const getOwnDocument = accessor(win, "document").get;

/** Takes note of the window's document. @returns {boolean} whether it is another one than before */
export function renewDocument() {
  const current = getOwnDocument(win);
  if (current === doc) return false;
  doc = current;
  return true;
}
export const dispatchEvent = uncurry(eventTarget && eventTarget.dispatchEvent);

export const getBaseURI = accessor(node, "baseURI").get;
export const getUserAgent = accessor(proto("Navigator"), "userAgent").get;
export const getReadyState = accessor(documentProto, "readyState").get;
export const getTitle = accessor(documentProto, "title").get;
export const getReferrer = accessor(documentProto, "referrer").get;
export const getCurrentScript = accessor(documentProto, "currentScript").get;
export const getTemplateContent = accessor(proto("HTMLTemplateElement"), "content").get;
export const getDocumentElement = accessor(documentProto, "documentElement").get;
export const getContentType = accessor(documentProto, "contentType").get;
export const getURL = accessor(documentProto, "URL").get;
export const getWindow = accessor(documentProto, "defaultView").get;
export const cookie = accessor(documentProto, "cookie");
export const getParent = accessor(win, "parent").get;
export const getFrameCount = accessor(win, "length").get;
const event = proto("Event");
export const getPath = uncurry(event && event.composedPath);
export const getType = accessor(event, "type").get;
export const isPrevented = accessor(event, "defaultPrevented").get;
export const getTarget = accessor(proto("Event"), "target").get;
export const getCurrentTarget = accessor(proto("Event"), "currentTarget").get;

export const getHost = accessor(url, "host").get;
export const getPathname = accessor(url, "pathname").get;
export const getHref = accessor(url, "href").get;
export const getRequestURL = accessor(proto("Request"), "url").get;
export const getRequestSignal = accessor(proto("Request"), "signal").get;
export const isAborted = accessor(proto("AbortSignal"), "aborted").get;
export const requestText = uncurry(proto("Request") && proto("Request").text);
export const responseText = uncurry(proto("Response") && proto("Response").text);
export const cloneResponse = uncurry(proto("Response") && proto("Response").clone);
export const blobText = uncurry(proto("Blob") && proto("Blob").text);
export const getBlobSize = accessor(proto("Blob"), "size").get;
export const getBlobType = accessor(proto("Blob"), "type").get;
const isView = win.ArrayBuffer.isView;
const getBufferLength = accessor(win.ArrayBuffer.prototype, "byteLength").get;

/** Whether a value is bytes: a buffer or a view of one. @param {any} value */
export function isBytes(value) {
  // The accessor says no by an exception, which costs microseconds.
  if (typeof value !== "object" || value === null) return false;
  try {
    return isView(value) || getBufferLength(value) >= 0;
  } catch {
    return false;
  }
}
export const trustedTypes = win.trustedTypes;
export const createPolicy = trustedTypes && trustedTypes.createPolicy;
const policies = proto("TrustedTypePolicy");
export const createTrustedHTML = uncurry(policies && policies.createHTML);
export const createTrustedURL = uncurry(policies && policies.createScriptURL);

const trustedKinds = proto("TrustedTypePolicyFactory");
const isTrustedHTML = uncurry(trustedKinds && trustedKinds.isHTML);
const isTrustedScript = uncurry(trustedKinds && trustedKinds.isScript);
const isTrustedURL = uncurry(trustedKinds && trustedKinds.isScriptURL);

/** Whether a value is a trusted-type object, of whatever realm (Trusted Types 2.3). @param {any} value */
export function isTrustedType(value) {
  if (!trustedKinds || typeof value !== "object" || value === null) return false;
  return (
    isTrustedHTML(trustedTypes, value) ||
    isTrustedURL(trustedTypes, value) ||
    isTrustedScript(trustedTypes, value)
  );
}

export const createElement = uncurry(documentProto && documentProto.createElement);
export const getScripts = accessor(documentProto, "scripts").get;
export const requestBlob = uncurry(proto("Request") && proto("Request").blob);
export const abortXHR = uncurry(proto("XMLHttpRequest") && proto("XMLHttpRequest").abort);
export const getUpload = accessor(proto("XMLHttpRequest"), "upload").get;
export const getTimeout = accessor(proto("XMLHttpRequest"), "timeout").get;
export const getResponseType = accessor(proto("XMLHttpRequest"), "responseType").get;

const databases = proto("IDBFactory");
export const getDatabases = accessor(win, "indexedDB").get;
export const listDatabases = uncurry(databases && databases.databases);
export const deleteDatabase = uncurry(databases && databases.deleteDatabase);

export const storageGet = uncurry(storage && storage.getItem);
export const storageSet = uncurry(storage && storage.setItem);
export const storageRemove = uncurry(storage && storage.removeItem);
export const storageKey = uncurry(storage && storage.key);
export const storageLength = accessor(storage, "length").get;

/**
 * Array.prototype.push for one item; not the native one, which the page may have replaced before us.
 * @param {any[]} list
 * @param {any} item
 */
export function push(list, item) {
  list[list.length] = item;
}

/**
 * Array.prototype.indexOf, which the page may have replaced: also the one of the realm that this code came from.
 * @param {readonly any[]} list
 * @param {any} item
 */
export function indexIn(list, item) {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return i;
  return -1;
}
export const filter = uncurry(win.Array.prototype.filter);
export const splice = uncurry(win.Array.prototype.splice);
export const mapGet = uncurry(win.WeakMap.prototype.get);
export const mapSet = uncurry(win.WeakMap.prototype.set);
export const mapHas = uncurry(win.WeakMap.prototype.has);
export const setAdd = uncurry(win.Set.prototype.add);
export const setDelete = uncurry(win.Set.prototype.delete);
export const setSize = accessor(win.Set.prototype, "size").get;
export const setForEach = uncurry(win.Set.prototype.forEach);
export const mapDelete = uncurry(win.WeakMap.prototype.delete);
export const encodeInto = uncurry(NativeTextEncoder && NativeTextEncoder.prototype.encodeInto);
export const decode = uncurry(NativeTextDecoder && NativeTextDecoder.prototype.decode);
export const then = uncurry(win.Promise.prototype.then);

const settled = NativePromise.resolve();

/** Runs something as soon as the script that runs has ended. @param {() => void} run */
export function soon(run) {
  then(settled, run);
}
export const fromCodePoint = win.String.fromCodePoint;
export const charCodeAt = uncurry(win.String.prototype.charCodeAt);
export const indexOf = uncurry(win.String.prototype.indexOf);
export const lastIndexOf = uncurry(win.String.prototype.lastIndexOf);
export const startsWith = uncurry(win.String.prototype.startsWith);
export const lower = uncurry(win.String.prototype.toLowerCase);
export const upperCase = uncurry(win.String.prototype.toUpperCase);
export const trim = uncurry(win.String.prototype.trim);
export const slice = uncurry(win.String.prototype.slice);
export const replace = uncurry(win.String.prototype.replace);
export const split = uncurry(win.String.prototype.split);

export const encodeBase64 = win.btoa && win.btoa.bind(win);
export const decodeBase64 = win.atob && win.atob.bind(win);
export const setTimeout = win.setTimeout.bind(win);
export const fetch = win.fetch;
export const createObjectURL = win.URL && win.URL.createObjectURL;
export const randomValues = win.crypto && win.crypto.getRandomValues.bind(win.crypto);

/** The page's address as it is now; location's members cannot be replaced. */
export function pageAddress() {
  return {
    href: location.href,
    host: location.host,
    hostname: location.hostname,
    pathname: location.pathname,
    search: location.search,
    hash: location.hash,
  };
}

const getArea = {
  localStorage: accessor(win, "localStorage").get,
  sessionStorage: accessor(win, "sessionStorage").get,
};

/**
 * One of the window's storages, or undefined where the browser refuses it.
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Storage | undefined}
 */
export function storageArea(name) {
  try {
    return getArea[name](win) || undefined;
  } catch {
    return undefined;
  }
}

/** Whether the visitor's browser sends Global Privacy Control (older builds give a text or a number). */
export function globalPrivacyControl() {
  const value = /** @type {any} */ (win.navigator).globalPrivacyControl;
  return value === true || value === "1" || value === 1;
}
