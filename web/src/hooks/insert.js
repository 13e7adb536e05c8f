/** Nodes put into the document by script: every script among them is decided before it can run. */
import { guard } from "../effects.js";
import { isMasked } from "../held.js";
import {
  apply,
  fragmentQuerySelectorAll,
  getElementFirstChild,
  getFragmentFirstChild,
  getNodeType,
  getStartContainer,
  push,
  querySelectorAll,
} from "../natives.js";
import { eachMember, wrapAccessor, wrapMethod } from "../wrap.js";
import { look } from "./clone.js";
import { lookAway } from "./parser.js";
import { framesIn, visitAmong, visitFrames, visitWhere } from "./realm.js";
import { roots } from "./roots.js";
import { isScript } from "./kept.js";
import { isFreeScript, judgeInserted, noteAsleep, noteInserted } from "./script.js";
import { judgeAround, judgeRange, judgeText } from "./unstarted.js";

/** Where the inserting methods stand. */
const METHODS = {
  Node: ["appendChild", "insertBefore", "replaceChild"],
  Element: [
    "append",
    "prepend",
    "before",
    "after",
    "replaceWith",
    "replaceChildren",
    "insertAdjacentElement",
    "moveBefore",
  ],
  Document: ["append", "prepend", "replaceChildren", "moveBefore"],
  DocumentFragment: ["append", "prepend", "replaceChildren", "moveBefore"],
  CharacterData: ["before", "after", "replaceWith"],
  DocumentType: ["before", "after", "replaceWith"],
  Range: ["insertNode", "surroundContents"],
  HTMLSelectElement: ["add"],
  HTMLOptionsCollection: ["add"],
};

/** Where properties stand that put a node in place of another. */
/** @type {Record<string, string[]>} */
const PROPERTIES = { Document: ["body"], HTMLTableElement: ["caption", "tHead", "tFoot"] };

export function hookInsert() {
  eachMember(METHODS, (prototype, name, owner) =>
    owner === "Range"
      ? wrapMethod(prototype, name, name === "insertNode" ? onRange : onSurround)
      : wrapMethod(prototype, name, onInsert, owner === "Node" ? passesFirst : passesAlone),
  );
  eachMember(PROPERTIES, (prototype, name) =>
    wrapAccessor(prototype, name, { set: onInsert, passes: passesFirst }),
  );
}

/** Of Node's methods the first argument is what is inserted. @param {any} _ @param {any[]} args */
function passesFirst(_, args) {
  lookAway();
  return isFreeScript(args[0]);
}

/** Others insert whatever they are given. @param {any} _ @param {any[]} args */
function passesAlone(_, args) {
  lookAway();
  return args.length === 1 && isFreeScript(args[0]);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onInsert(native, self, args) {
  judgeText(self, args);
  return insert(native, self, args);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onRange(native, self, args) {
  lookAway();
  judgeRange(self, args);
  const result = insert(native, self, args, null);
  visitWhere(getStartContainer(self));
  return result;
}

/** @param {Function} native @param {any} self @param {any[]} args */
function onSurround(native, self, args) {
  judgeAround(args[0], self);
  return onRange(native, self, args);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @param {any} [where] a node of where it is put, if that is known
 */
function insert(native, self, args, where = self) {
  /** @type {Element[] | undefined} */
  let scripts;
  for (let i = 0; i < args.length; i++) {
    const node = args[i];
    if (typeof node !== "object" || node === null) continue;
    const met = look(node);
    scripts = met ? joined(scripts, met) : scriptsIn(node, scripts);
  }
  if (scripts) guard(each, scripts, judgeInserted);
  const frames = roots.made ? framesIn(args) : undefined;
  const result = apply(native, self, args);
  visitFrames();
  if (where) visitWhere(where);
  if (frames) visitAmong(frames);
  if (scripts) guard(each, scripts, noteAsleep);
  if (scripts && isMasked()) guard(each, scripts, noteInserted);
  return result;
}

/** @param {Element[] | undefined} scripts @param {Element[]} more */
function joined(scripts, more) {
  if (!scripts || !more.length) return more.length ? more : scripts;
  for (let i = 0; i < more.length; i++) push(scripts, more[i]);
  return scripts;
}

/**
 * @param {Element[]} scripts
 * @param {(script: Element) => void} run
 */
function each(scripts, run) {
  for (let i = 0; i < scripts.length; i++) run(scripts[i]);
}

/**
 * Adds the scripts in a node to the list.
 * @param {any} node
 * @param {Element[] | undefined} found
 */
function scriptsIn(node, found) {
  let type;
  try {
    type = getNodeType(node);
  } catch {
    return found;
  }
  if (type === 1 && isScript(node)) {
    if (!found) return [node];
    push(found, node);
    return found;
  }
  const list =
    type === 1
      ? getElementFirstChild(node) && querySelectorAll(node, "script")
      : type === 11
        ? getFragmentFirstChild(node) && fragmentQuerySelectorAll(node, "script")
        : null;
  if (!list || list.length === 0) return found;
  const all = found || [];
  for (let i = 0; i < list.length; i++) push(all, list[i]);
  return all;
}
