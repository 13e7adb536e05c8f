/** Where a script's text ends in markup is where a browser's parser ends it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../build/modules.js";
import { inBrowsers } from "./lib/harness.js";

const NATIVES = `
  const call = (name) => (text, ...args) => text[name](...args);
  export const [indexOf, slice, startsWith, lower] = ["indexOf", "slice", "startsWith", "toLowerCase"].map(call);
`;

/** @type {{ endOfText: (markup: string, name: string, at: number) => number }} */
const { endOfText } = await load("hooks/tags.js", NATIVES);

const PIECES = ["<!--", "-->", "<script", "</SCRIPT", "</script>", ">", " ", "-", "<", "x"];
const LENGTH = 5;

/** Every text of so many pieces. @param {number} length @returns {string[]} */
function texts(length) {
  return length ? texts(length - 1).flatMap((text) => PIECES.map((piece) => text + piece)) : [""];
}

/** Runs in the page: how long the text of the script is with which each begins. @param {string[]} all */
function lengths(all) {
  const holder = document.createElement("template");
  return all.map((text) => {
    holder.innerHTML = `<script>${text}`;
    return /** @type {Element} */ (holder.content.firstChild).textContent?.length;
  });
}

inBrowsers(
  (h) => {
    test("a script's text ends where the browser says, in a hundred thousand spellings", async () => {
      // So that a tag that begins at the end of the pieces can be told from one that does not end.
      const all = texts(LENGTH).map((text) => `${text} </script>`);
      const page = await h.open({ gate: false, snippet: "" });
      const found = await page.evaluate(lengths, all);
      all.forEach((text, i) => {
        const end = endOfText(text, "script", 0);
        assert.equal(end < 0 ? text.length : end, found[i], JSON.stringify(text));
      });
      assert.ok(new Set(found).size > 20);
    });
  },
  { needsGate: false },
);
