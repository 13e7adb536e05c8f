/**
 * Google Consent Mode (developers.google.com/tag-platform/security/guides/consent). What gtag("consent", …) pushed to the
 * data layer, before us too; and what Google's tags took in from tag templates, which push nothing.
 */
import { apply, defineProperty, isArray, push } from "../natives.js";
import { wrapFunction } from "../wrap.js";
import { HEAR_UPDATE, MODE_TYPES, SOURCE_GCM } from "../gen/abi.js";

/** The data layer, its method in our wrapping, and how many of its entries were read. @type {any} */
let layer;
/** @type {any} */
let wrapper;
let seen = 0;
/** What is listened to. @type {any} */
let held;

/** @type {import("./adapter.js").Adapter} */
export const gcm = {
  name: "gcm",
  source: SOURCE_GCM,
  global: "dataLayer",
  read(list, said, tell) {
    if (!isArray(list)) return undefined;
    if (list !== layer) seen = 0;
    if (list !== layer || list.push !== wrapper) wrap(list, tell);
    layer = list;
    /** @type {import("./adapter.js").StandardReading[]} */
    const readings = [];
    for (; seen < list.length; seen++) {
      const entry = list[seen];
      if (entry && entry[0] === "consent" && entry[2])
        push(
          readings,
          reading(entry[1] === "update", (type) => entry[2][type], "granted", "denied"),
        );
    }
    return readings;
  },
};

/** What Google's own tags hold (window.google_tag_data.ics). @type {import("./adapter.js").Adapter} */
export const ics = {
  name: "gcm",
  source: SOURCE_GCM,
  global: "google_tag_data.ics",
  read(store, said, tell) {
    const { entries } = store;
    if (store !== held && store.addListener) store.addListener(MODE_TYPES, () => tell());
    held = store;
    return [reading(true, (type) => entries[type] && entries[type].update, true, false)];
  },
};

/**
 * Tells of what is pushed from now on. Google's own tags put a method of theirs in front, which calls this one.
 * @param {any} list
 * @param {() => void} tell
 */
function wrap(list, tell) {
  wrapper = wrapFunction(list.push, (native, self, args) => {
    // Old entries are taken off by Google's tags.
    if (seen > list.length) seen = list.length;
    const length = apply(native, self, args);
    tell();
    return length;
  });
  defineProperty(list, "push", { value: wrapper, configurable: true, writable: true });
}

/**
 * @param {boolean} update
 * @param {(type: string) => unknown} get
 * @param {unknown} yes
 * @param {unknown} no
 * @returns {import("./adapter.js").StandardReading}
 */
function reading(update, get, yes, no) {
  let granted = 0;
  let denied = 0;
  for (let i = 0; i < MODE_TYPES.length; i++) {
    const value = get(MODE_TYPES[i]);
    if (value === yes) granted |= 1 << i;
    if (value === no) denied |= 1 << i;
  }
  return ["", granted | (update ? HEAR_UPDATE : 0), denied];
}
