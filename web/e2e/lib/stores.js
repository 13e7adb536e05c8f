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
    title: "cookieStore",
    code: `if (window.cookieStore) await cookieStore.set(NAME, "1"); else document.cookie = NAME + "=1; path=/";`,
  },
  {
    title: "cookieStore with an object",
    code: `if (window.cookieStore) await cookieStore.set({ name: NAME, value: "1", path: "/" }); else document.cookie = NAME + "=1; path=/";`,
  },
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
