/** Erasing: what a denied category has left in cookies and storage. */
import { decide } from "./engine.js";
import { emit } from "./events.js";
import { attempt, guard } from "./effects.js";
import { actionOf, segmentAction } from "./gate.js";
import {
  cookie,
  deleteDatabase,
  doc,
  getDatabases,
  listDatabases,
  pageAddress,
  storageArea,
  storageKey,
  storageLength,
  storageRemove,
  then,
  win,
} from "./natives.js";
import { DROP, KIND_COOKIE, KIND_DATABASE, KIND_STORAGE } from "./gen/abi.js";

const PAST = "expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0";

/**
 * Names of cookies, and of keys in either storage.
 * @typedef {{ cookies: string[], keys: string[] }} Stored
 */

/**
 * What exists now and is denied.
 * @returns {Stored}
 */
export function deniedNames() {
  /** @type {Stored} */
  const names = { cookies: [], keys: [] };
  names.cookies = cookieNames().filter((name) => denied(KIND_COOKIE, name));
  for (const area of areas()) names.keys.push(...deniedKeys(area));
  return names;
}

/**
 * Erases every cookie and key that is denied, and tells what went and what stayed.
 * @param {Stored} before what was there when the denial came; Segment's own reset may have removed some of it by now
 */
export function erase(before) {
  for (const name of deniedNames().cookies) guard(() => eraseCookie(name));
  for (const area of areas()) {
    guard(() => deniedKeys(area).forEach((key) => storageRemove(area, key)));
  }
  if (segmentAction() === DROP) guard(eraseDatabases);
  if (before.cookies.length + before.keys.length === 0) return;
  // What the server set out of script's reach, or what stands under a path this page cannot name.
  const left = deniedNames().cookies;
  const cookies = before.cookies.filter((name) => left.indexOf(name) < 0);
  emit("erase", { cookies, keys: before.keys, left });
}

/** Databases are listed and deleted in their own time; what went is told then. */
function eraseDatabases() {
  const factory = getDatabases(win);
  const done = (/** @type {{ name: string }[]} */ all) => {
    const keys = all.map((one) => one.name).filter((name) => denied(KIND_DATABASE, name));
    for (const name of keys) deleteDatabase(factory, name);
    if (keys.length > 0) emit("erase", { cookies: [], keys, left: [] });
  };
  then(listDatabases(factory), done, () => {});
}

/** The storages that this page may use. */
function areas() {
  const all = [storageArea("localStorage"), storageArea("sessionStorage")];
  return /** @type {Storage[]} */ (all.filter((area) => area !== undefined));
}

/** @param {Storage} area */
function deniedKeys(area) {
  /** @type {string[]} */
  const keys = [];
  guard(() => {
    for (let i = 0; i < storageLength(area); i++) {
      const key = storageKey(area, i);
      if (denied(KIND_STORAGE, key)) keys.push(key);
    }
  });
  return keys;
}

/**
 * The names of the Segment cookies and keys that exist now, or of whatever else the engine denies or holds.
 * @returns {number}
 */
export function countStored() {
  let count = 0;
  guard(() => {
    count = cookieNames().filter((name) => decide(KIND_COOKIE, "", name)).length;
    const area = storageArea("localStorage");
    for (let i = 0; area && i < storageLength(area); i++) {
      if (decide(KIND_STORAGE, "", storageKey(area, i))) count++;
    }
  });
  return count;
}

/**
 * @param {number} kind
 * @param {string} name
 */
function denied(kind, name) {
  return actionOf(decide(kind, "", name)) === DROP;
}

function cookieNames() {
  /** @type {string[]} */
  const names = [];
  let list = "";
  // A frame in a sandbox has none.
  attempt(() => {
    list = cookie.get(doc);
  });
  for (const part of list.split("; ")) {
    const end = part.indexOf("=");
    const name = end < 0 ? part : part.slice(0, end);
    if (name && names.indexOf(name) < 0) names.push(name);
  }
  return names;
}

/**
 * A cookie is deleted only by its own domain and path, which cannot be read: every parent domain and every parent path
 * is tried, plain and partitioned.
 * @param {string} name
 */
function eraseCookie(name) {
  for (const extra of ["", "; secure; partitioned"]) {
    for (const path of paths()) {
      for (const domain of domains()) {
        cookie.set(doc, `${name}=; ${PAST}; path=${path}${domain && "; domain=" + domain}${extra}`);
      }
    }
    if (cookieNames().indexOf(name) < 0) return;
  }
}

/** The domains a cookie visible here may have: none, and the host with each of its parents. */
function domains() {
  const labels = pageAddress().hostname.split(".");
  const all = [""];
  for (let i = 0; i < labels.length; i++) all.push(labels.slice(i).join("."));
  return all;
}

/** The paths a cookie visible here may have: each prefix of the page's path, with and without its slash. */
function paths() {
  const all = ["/"];
  let prefix = "";
  for (const step of pageAddress().pathname.split("/").slice(1)) {
    prefix += "/" + step;
    all.push(prefix, prefix + "/");
  }
  return all;
}
