/** What changes the document and has nothing to decide: the parser's observer must not see it. */
import { apply, win } from "../natives.js";
import { eachMember, wrapAccessor, wrapMethod } from "../wrap.js";
import { whenAwaited } from "./awaited.js";
import { lookAway } from "./parser.js";
import { judgeRange, judgeText } from "./unstarted.js";

/** Where such methods stand. What inserts nodes or takes markup is in insert.js and markup.js. */
const METHODS = {
  Node: ["removeChild", "normalize"],
  Element: ["remove", "insertAdjacentText"],
  CharacterData: ["remove"],
  DocumentType: ["remove"],
  Text: ["splitText"],
  Range: ["deleteContents", "extractContents"],
  Selection: ["deleteFromDocument"],
  HTMLTableElement: [
    "createCaption",
    "createTBody",
    "createTFoot",
    "createTHead",
    "deleteCaption",
    "deleteRow",
    "deleteTFoot",
    "deleteTHead",
    "insertRow",
  ],
  HTMLTableSectionElement: ["deleteRow", "insertRow"],
  HTMLTableRowElement: ["deleteCell", "insertCell"],
  HTMLSelectElement: ["remove"],
  HTMLOptionsCollection: ["remove"],
};

/** Where properties stand that put a text in place of what was there. Node's textContent is in attribute.js. */
const PROPERTIES = {
  HTMLElement: ["innerText", "outerText"],
  Document: ["title"],
  HTMLTitleElement: ["text"],
  HTMLOptionElement: ["text"],
  HTMLAnchorElement: ["text"],
  HTMLTextAreaElement: ["defaultValue"],
  HTMLOutputElement: ["value", "defaultValue"],
  // Some engines have all of them on scripts (Trusted Types 4.1).
  HTMLScriptElement: ["text", "textContent", "innerText"],
  HTMLSelectElement: ["length"],
  HTMLOptionsCollection: ["length"],
};

/** What changes a text in place: of use only where it may start a script, in Firefox. Pages do it often. */
const DATA = ["appendData", "insertData", "replaceData", "deleteData"];

export function hookChange() {
  eachMember(METHODS, (prototype, name, owner) =>
    wrapMethod(prototype, name, owner === "Range" ? onRange : onChange),
  );
  eachMember(PROPERTIES, (prototype, name) => wrapAccessor(prototype, name, { set: onChange }));
  whenAwaited(() => {
    const prototype = win.CharacterData && win.CharacterData.prototype;
    for (let i = 0; i < DATA.length; i++) wrapMethod(prototype, DATA[i], onChange);
    wrapAccessor(prototype, "data", { set: onChange });
  });
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onChange(native, self, args) {
  lookAway();
  // What adds a text has it as its last argument.
  judgeText(self, args, args.length - 1);
  return apply(native, self, args);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onRange(native, self, args) {
  lookAway();
  judgeRange(self, args);
  return apply(native, self, args);
}
