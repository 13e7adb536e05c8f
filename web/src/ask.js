/** How most hooks ask: about one URL or name, with one way to go on and one to fail. */
import { park } from "./effects.js";
import { actionOf, ask, decidePlace, gated, isData, refusalOf } from "./gate.js";
import { NativePromise } from "./natives.js";
import { isFreeName } from "./usual.js";
import { ALLOW, DROP, KIND_COOKIE, REFUSE_PENDING } from "./gen/abi.js";

/** Stands for a refusal when there is none yet: the request waits. */
export const WAIT = -1;

let change = 0;

/** @type {(kind: number, url: string) => string} */
let readText = () => "";

/**
 * Lets URLs that are texts themselves be judged by what the texts load (hooks/texts.js).
 * @param {(kind: number, url: string) => string} reader gives the first URL that may not be fetched now, or ""
 */
export function readTextsBy(reader) {
  readText = reader;
}

/**
 * Where a URL leads: to its own place, or where a text leads that it stands for. Undefined when no rule speaks of it.
 * @param {number} kind
 * @param {string} url
 * @returns {(import("./gate.js").Place & { inside?: boolean }) | undefined}
 */
export function destinationOf(kind, url) {
  const own = gated(url);
  if (own ? own.host : !isData(url)) return own;
  const inner = readText(kind, url);
  const where = /** @type {ReturnType<typeof destinationOf>} */ (inner ? gated(inner) : undefined);
  if (where) where.inside = true;
  return where || own;
}

/** How what was asked about last must be changed when it passes: a refusal that stands for that (see gen/abi.js). */
export function changeOf() {
  return change;
}

/**
 * What stands against a request: where it would go, and how it is refused.
 * @typedef {import("./gate.js").Place & { refusal: number, inside?: boolean }} Against inside: not the URL itself, but what the
 *   text loads that it stands for
 */

/**
 * Asks whether something may be fetched, or a name be used now. Undefined when it may.
 * @param {number} kind
 * @param {string} text a URL, or for named kinds the name
 * @param {string} [target] what the log calls it
 * @returns {Against | undefined}
 */
export function against(kind, text, target = text) {
  const where =
    kind < KIND_COOKIE
      ? destinationOf(kind, text)
      : isFreeName(kind, text)
        ? undefined
        : { host: "", path: text, target };
  const decision = decidePlace(kind, where);
  const action = actionOf(decision);
  change = refusalOf(decision);
  if (!where || action === ALLOW) return undefined;
  const refusal = refusalOf(decision);
  const found = /** @type {Against} */ (where);
  found.refusal = action === DROP && refusal !== REFUSE_PENDING ? refusal : WAIT;
  return found;
}

/**
 * Whether a URL may be fetched now. Only a question: nothing is logged.
 * @param {number} kind
 * @param {string} url
 */
export function isOpen(kind, url) {
  return !closedPlace(kind, url);
}

/** @param {number} kind @param {string} url */
function closedPlace(kind, url) {
  const where = destinationOf(kind, url);
  return where && actionOf(ask(kind, where.host, where.path)) !== ALLOW ? where : undefined;
}

/**
 * The URL that would be fetched for one, if it may not be now: itself, or what the text loads that it stands for. Empty when it may.
 * @param {number} kind
 * @param {string} url
 */
export function closedURL(kind, url) {
  const where = closedPlace(kind, url);
  return where ? where.target : "";
}

/**
 * The same for a cookie, key or database.
 * @param {number} kind
 * @param {string} name
 */
export function isOpenName(kind, name) {
  return isFreeName(kind, name) || actionOf(ask(kind, "", name)) === ALLOW;
}

/**
 * Holds or refuses something that does not answer with a value.
 * @param {number} kind
 * @param {Against} where
 * @param {() => void} resume
 * @param {(refusal: number) => void} cancel
 * @returns {() => void} lets go of it
 */
export function suspend(kind, where, resume, cancel) {
  if (where.refusal === WAIT) return park(kind, where, resume, cancel);
  cancel(where.refusal);
  return () => {};
}

/**
 * Holds or refuses something that answers with a promise.
 * @param {number} kind
 * @param {Against} where
 * @param {() => unknown} resume
 * @param {(refusal: number) => unknown} cancel what the promise becomes; it fails with what this throws
 */
export function promise(kind, where, resume, cancel) {
  return new NativePromise((resolve, reject) => {
    suspend(
      kind,
      where,
      () => resolve(resume()),
      (refusal) => {
        try {
          resolve(cancel(refusal));
        } catch (error) {
          reject(error);
        }
      },
    );
  });
}
