/** What CMPs keep in cookies and in localStorage: read for the engine, and told of when it is written. */
import { upper } from "../above.js";
import { keeps } from "../engine.js";
import { attempt } from "../effects.js";
import {
  addEventListener,
  cookie,
  create,
  doc,
  encodeText,
  listen as hearAll,
  now,
  setTimeout,
  storageArea,
  storageGet,
  storageKey,
  storageLength,
  win,
} from "../natives.js";

/** How many answers are kept. */
const MOST = 500;
/** @type {Record<string, boolean>} */
let answers = create(null);
let answered = 0;

/**
 * How long a browser may take to tell of a cookie that a document here has written, in milliseconds. WebKit tells of each such cookie,
 * and shows it meanwhile as it was then: a choice that was taken back just after would count again.
 */
const ECHO = 1000;
/** When such keys were written last. @type {Record<string, number>} */
const own = create(null);

/** @type {((key: string) => void) | undefined} */
let listener;

/**
 * Tells of every key of a CMP's that is written or removed: here, by the server, or in another tab.
 * @param {(key: string) => void} listen
 */
export function onWritten(listen) {
  listener = listen;
  hearAll(win, "storage", (/** @type {StorageEvent} */ event) => tell(event.key));
  const { cookieStore } = win;
  if (cookieStore) {
    attempt(() =>
      addEventListener(cookieStore, "change", (/** @type {any} */ event) => {
        for (const { name } of event.changed.concat(event.deleted)) changed(name);
      }),
    );
  }
}

/**
 * To be called when a document here has written or removed a cookie or key.
 * @param {any} key
 */
export function written(key) {
  if (upper) upper.written(key);
  else if (tell(key)) own[key] = now();
}

/** @param {any} key @returns {boolean} whether it is one of a CMP's */
function tell(key) {
  if (!listener || typeof key !== "string" || !kept(key)) return false;
  listener(key);
  return true;
}

/** The browser tells of a cookie: of one that was written here only when it shows what became of it. @param {string} name */
function changed(name) {
  const wait = (own[name] || 0) + ECHO - now();
  // The clock may have been set back.
  if (wait <= 0 || wait > ECHO) tell(name);
  else setTimeout(() => changed(name), wait);
}

/**
 * Whether the engine keeps a key; names are written again and again.
 * @param {string} key
 */
function kept(key) {
  if (answers[key] === undefined) {
    if (answered++ % MOST === 0) answers = create(null);
    answers[key] = keeps(key);
  }
  return answers[key];
}

/** All cookies, and the keys that CMPs keep choices in, as the engine reads them. */
export function jar() {
  let list = "";
  attempt(() => (list = cookie.get(doc)));
  const area = storageArea("localStorage");
  if (area) {
    for (let i = 0; i < storageLength(area); i++) {
      const key = storageKey(area, i);
      if (kept(key)) attempt(() => (list += `;${key}=${encodeText(storageGet(area, key))}`));
    }
  }
  return list;
}
