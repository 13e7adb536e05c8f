/** IndexedDB: an opening waits behind a request that stays pending, or fails; names are left out of the list. */
import { against, isOpenName, suspend } from "../ask.js";
import { later } from "../effects.js";
import { segmentAction } from "../gate.js";
import {
  apply,
  filter,
  NativeDOMException,
  NativeOpenRequest,
  then,
  uncurry,
  win,
} from "../natives.js";
import { become, fire, standIn } from "../standin.js";
import { wrapMethod } from "../wrap.js";
import { HOLD, KIND_DATABASE } from "../gen/abi.js";

const prototype = win.IDBFactory && win.IDBFactory.prototype;
const compare = uncurry(prototype && prototype.cmp);

export function hookDatabase() {
  wrapMethod(prototype, "open", onOpen);
  wrapMethod(prototype, "deleteDatabase", onDelete);
  return wrapMethod(prototype, "databases", (native, self, args) =>
    then(apply(native, self, args), (/** @type {any} */ all) => filter(all, readable)),
  );
}

/** @param {{ name: string }} database */
function readable(database) {
  return isOpenName(KIND_DATABASE, database.name);
}

/** Whether something opens databases: a window's own, a frame's, or a bucket's. @param {any} self */
function isFactory(self) {
  try {
    return compare(self, 0, 0) === 0;
  } catch {
    return false;
  }
}

/**
 * Deleting is what a denial asks for; while the choice is open it keeps its place behind the opening.
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onDelete(native, self, args) {
  return segmentAction() === HOLD ? onOpen(native, self, args) : apply(native, self, args);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onOpen(native, self, args) {
  if (args.length === 0) return apply(native, self, args);
  const name = (args[0] = `${args[0]}`);
  const where = against(KIND_DATABASE, name);
  // A document of no origin may have no database at all, and is told so by the browser.
  if (!where || !isFactory(self) || win.origin === "null") return apply(native, self, args);
  /** @type {Record<string, any>} */
  const values = { __proto__: null, readyState: "pending", source: null, transaction: null };
  const request = standIn(NativeOpenRequest, NativeOpenRequest, values);
  suspend(
    KIND_DATABASE,
    where,
    () => become(request, apply(native, self, args)),
    () =>
      later(() => {
        values.readyState = "done";
        values.error = new NativeDOMException("The database could not be opened.", "UnknownError");
        fire(request, ["error"]);
      }),
  );
  return request;
}
