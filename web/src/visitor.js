/**
 * Who the visitor is for Analytics.js: what it has stored, which all documents of the site share, and what each remembers beside that.
 */
import { attempt, guard } from "./effects.js";
import {
  apply,
  cookie,
  decodeText,
  doc,
  indexOf,
  parseJSON,
  slice,
  split,
  storageArea,
  storageGet,
} from "./natives.js";
import { instances } from "./queue.js";

/** The anonymous id that is stored now; undefined where Segment does not run, or stores none. */
export function storedId() {
  /** @type {unknown} */
  let id;
  const [first] = instances();
  if (first) attempt(() => (id = storedValue(first.target.user().anonKey)));
  return id;
}

/**
 * The visitor has become another one in another document: instances forget whom they remember, and know who is stored.
 */
export function meetVisitor() {
  for (const { target, methods } of instances()) {
    guard(() => {
      const user = target.user();
      const group = apply(methods.group, target, []);
      const id = storedValue(user.anonKey);
      const known = [user, group].map((one) => [
        storedValue(one.idKey),
        storedValue(one.traitsKey),
      ]);
      apply(methods.reset, target, []);
      user.anonymousId(id);
      [user, group].forEach((one, i) => {
        if (known[i][0]) one.id(known[i][0]);
        if (known[i][1]) one.traits(known[i][1]);
      });
    });
  }
}

/** What Analytics.js has stored by a name. @param {string} name */
function storedValue(name) {
  const area = storageArea("localStorage");
  let text = area ? storageGet(area, name) : null;
  if (text === null) attempt(() => (text = cookieValue(name)));
  /** @type {unknown} */
  let value = text === null ? undefined : text;
  attempt(() => (value = parseJSON(/** @type {string} */ (text)) || undefined));
  // A cookie does not tell an id of digits from a number.
  return typeof value === "number" ? `${value}` : value;
}

/** @param {string} name */
function cookieValue(name) {
  for (const part of split(cookie.get(doc), "; ")) {
    const end = indexOf(part, "=");
    if (slice(part, 0, end) === name) return decodeText(slice(part, end + 1, part.length));
  }
  return null;
}
