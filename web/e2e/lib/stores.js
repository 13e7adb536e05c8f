/**
 * Ways to store: each is code of the page that stores something under NAME, a name of Segment's, or reads what is stored.
 * @typedef {import("./channels.js").Channel} Channel
 */
import { frame } from "./channels.js";

const INNER = "f.contentWindow";

/** @type {Channel[]} */
export const COOKIES = [
  { title: "document.cookie", code: `document.cookie = NAME + "=1; path=/";` },
  {
    title: "document.cookie in odd writing",
    code: `document.cookie = "  " + NAME + " = 1 ;path=/";`,
  },
  {
    title: "the setter taken from the prototype",
    code: `Object.getOwnPropertyDescriptor(Document.prototype, "cookie").set.call(document, NAME + "=1; path=/");`,
  },
  {
    title: "document.cookie of a frame",
    code: frame("", `f.contentDocument.cookie = NAME + "=1; path=/";`),
  },
  {
    title: "document.cookie by a frame's setter",
    code: frame(
      "",
      `Object.getOwnPropertyDescriptor(${INNER}.Document.prototype, "cookie").set.call(document, NAME + "=1; path=/");`,
    ),
  },
  {
    title: "a frame's document.cookie by the page's setter",
    code: frame(
      "",
      `Object.getOwnPropertyDescriptor(Document.prototype, "cookie").set.call(f.contentDocument, NAME + "=1; path=/");`,
    ),
  },
  {
    title: "document.cookie of an object that names another when it is read again",
    code: `let n = 0; document.cookie = { toString: () => (n++ ? NAME : "other") + "=1; path=/" }; n = 1; document.cookie = { toString: () => (n++ % 2 ? NAME : "other") + "=1; path=/" };`,
  },
  {
    title: "document.cookie of a pop-up",
    // Read before it is closed: Chromium may lose what a window wrote that is gone before the browser heard of it.
    code: `const w = open(""); w.document.cookie = NAME + "=1; path=/"; void w.document.cookie; w.close();`,
    absent: ["webkit"],
  },
  {
    title: "cookieStore",
    code: `if (window.cookieStore) await cookieStore.set(NAME, "1"); else document.cookie = NAME + "=1; path=/";`,
  },
  {
    title: "cookieStore with a name that is an object",
    code: `if (window.cookieStore) await cookieStore.set([NAME], "1"); else document.cookie = NAME + "=1; path=/";`,
  },
  {
    title: "cookieStore with an object",
    code: `if (window.cookieStore) await cookieStore.set({ name: NAME, value: "1", path: "/" }); else document.cookie = NAME + "=1; path=/";`,
  },
  ...Object.entries({
    "with a control character in its name": `"\\x7f" + NAME + "=1"`,
    "behind a line's end": `"own=1\\n" + NAME + "=1"`,
  }).map(([how, text]) => ({
    title: `document.cookie ${how}`,
    code: `document.cookie = ${text};`,
    absent: ["chromium", "firefox"],
  })),
];

/** @type {Channel[]} */
export const STORAGES = [
  { title: "localStorage.setItem", code: `localStorage.setItem(NAME, "1");` },
  { title: "localStorage by member", code: `localStorage[NAME] = "1";` },
  {
    title: "Object.defineProperty on localStorage",
    code: `Object.defineProperty(localStorage, NAME, { value: "1", configurable: true, enumerable: true, writable: true });`,
  },
  { title: "Reflect.set on localStorage", code: `Reflect.set(localStorage, NAME, "1");` },
  { title: "Object.assign to localStorage", code: `Object.assign(localStorage, { [NAME]: "1" });` },
  {
    title: "Storage.prototype.setItem.call",
    code: `Storage.prototype.setItem.call(localStorage, NAME, "1");`,
  },
  {
    title: "a key that is another when it is read again",
    code: `let n = 1; localStorage.setItem({ toString: () => (n++ % 2 ? NAME : "other") }, "1");`,
  },
  {
    title: "a member whose name is an object",
    code: `localStorage[{ toString: () => NAME }] = "1";`,
  },
  {
    title: "a frame's Storage.prototype.setItem on the page's localStorage",
    code: frame("", `${INNER}.Storage.prototype.setItem.call(localStorage, NAME, "1");`),
  },
  {
    title: "the page's Storage.prototype.setItem on a frame's localStorage",
    code: frame("", `Storage.prototype.setItem.call(${INNER}.localStorage, NAME, "1");`),
  },
  {
    title: "localStorage by the getter of a frame's window",
    code: frame(
      "",
      `const get = (Object.getOwnPropertyDescriptor(${INNER}, "localStorage") || Object.getOwnPropertyDescriptor(${INNER}.Window.prototype, "localStorage")).get; get.call(window)[NAME] = "1";`,
    ),
  },
  {
    title: "the area of a storage event",
    code: `new StorageEvent("storage", { storageArea: localStorage }).storageArea[NAME] = "1";`,
  },
  {
    title: "localStorage of a pop-up",
    code: `const w = open(""); w.localStorage[NAME] = "1"; w.close();`,
    absent: ["webkit"],
  },
  { title: "sessionStorage.setItem", code: `sessionStorage.setItem(NAME, "1");` },
  { title: "sessionStorage by member", code: `sessionStorage[NAME] = "1";` },
  {
    title: "localStorage of a frame",
    code: frame("", `${INNER}.localStorage.setItem(NAME, "1");`),
  },
  {
    title: "localStorage of a frame, by member",
    code: frame("", `${INNER}.localStorage[NAME] = "1";`),
  },
];
