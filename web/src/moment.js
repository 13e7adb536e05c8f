/** When a call was made and on which page, as Analytics.js would say of it. */
import { guard } from "./effects.js";
import {
  addEventListener,
  doc,
  documentQuerySelector,
  getAttribute,
  getReadyState,
  getReferrer,
  getTitle,
  now,
  pageAddress,
  push,
  splice,
} from "./natives.js";

/** @typedef {{ time: number, page: object }} Moment when a call was made, in milliseconds since 1970, and on which page */

/** @returns {Moment} */
export function momentNow() {
  return { time: now(), page: pageContext() };
}

/**
 * The page as it is now, in the shape the official snippet uses since version 5.
 */
export function pageContext() {
  const page = pageNow();
  if (getReadyState(doc) === "loading") {
    if (!unread.length)
      addEventListener(doc, "DOMContentLoaded", () => guard(readOn), { once: true });
    push(unread, page);
  }
  return page;
}

function pageNow() {
  const address = pageAddress();
  const canonical = documentQuerySelector(doc, "link[rel='canonical']");
  return {
    __t: "bpc",
    c: (canonical && getAttribute(canonical, "href")) || undefined,
    p: address.pathname,
    u: address.href,
    s: address.search,
    t: getTitle(doc),
    r: getReferrer(doc),
  };
}

/** Pages of which the parser may not have come to all that Analytics.js would find. @type {ReturnType<typeof pageNow>[]} */
const unread = [];

/** The title and the canonical URL may stand behind the script that called. */
function readOn() {
  const page = pageNow();
  for (const one of splice(unread, 0, unread.length)) {
    if (one.u !== page.u) continue;
    one.c = one.c || page.c;
    one.t = one.t || page.t;
  }
}

/**
 * Whether an argument is the page context that the snippet adds to its calls since version 5.
 * @param {any} value
 */
export function isPageContext(value) {
  return typeof value === "object" && value !== null && value.__t === "bpc";
}
