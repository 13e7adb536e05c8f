/**
 * Parts of pages that the rewriter has changed and that script puts into a page, as frameworks do which load the next page in this one:
 * after the grant they ask for what they would have asked for, and their scripts run or do not run as without the gate.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { findProgram, ROOT } from "./lib/paths.js";
import { SHOP } from "./lib/shop.js";

/** What stands in such a part, by the URL that it asks for. @type {Record<string, (url: string) => string>} */
const PARTS = {
  image: (url) => `<img src="${url}">`,
  images: (url) => `<img srcset="${url} 1x">`,
  picture: (url) => `<picture><source srcset="${url}"><img></picture>`,
  link: (url) => `<link rel="stylesheet" href="${url}">`,
  frame: (url) => `<iframe src="${url}"></iframe>`,
  icon: (url) => `<svg><image href="${url}"/></svg>`,
  script: (url) => `<script src="${url}"></script>`,
  module: (url) => `<script type="module">import "${url}"</script>`,
  text: (url) => `<script>import("${url}")</script>`,
};

const PARSED = "new DOMParser().parseFromString('<!doctype html><body>' + text, 'text/html')";
/** How script inserts it. @type {Record<string, string>} */
const WAYS = {
  innerHTML: "room.innerHTML = text;",
  "innerHTML of an element in no document":
    "const d = document.createElement('div'); d.innerHTML = text; room.append(d);",
  insertAdjacentHTML: "room.insertAdjacentHTML('beforeend', text);",
  outerHTML:
    "const d = room.appendChild(document.createElement('div')); d.outerHTML = '<div>' + text + '</div>';",
  setHTMLUnsafe: "(room.setHTMLUnsafe ?? (() => (room.innerHTML = text))).call(room, text);",
  createContextualFragment: "room.append(document.createRange().createContextualFragment(text));",
  "a template, copied":
    "const t = document.createElement('template'); t.innerHTML = text; room.append(t.content.cloneNode(true));",
  "a template, imported":
    "const t = document.createElement('template'); t.innerHTML = text; room.append(document.importNode(t.content, true));",
  DOMParser: `room.append(...${PARSED}.body.childNodes);`,
  "DOMParser, imported": `room.append(document.importNode(${PARSED}.body, true));`,
  "DOMParser, adopted": `room.append(document.adoptNode(${PARSED}.body));`,
  "innerHTML, scripts made anew": `room.innerHTML = text; again(room);`,
  "DOMParser, adopted, scripts made anew": `const body = document.adoptNode(${PARSED}.body); again(body); room.append(body);`,
  // As jQuery does: only those whose type is a script's.
  "innerHTML, scripts by their type": `room.innerHTML = text;
    for (const s of room.querySelectorAll("script")) if (/^$|^module$|script/.test(s.type)) again(s.parentNode);`,
};

/** Runs in the page: makes scripts that start of such as do not. @param {Element} root */
function again(root) {
  for (const script of root.querySelectorAll("script")) {
    const copy = document.createElement("script");
    for (const { name, value } of script.attributes) copy.setAttribute(name, value);
    copy.textContent = script.textContent;
    script.replaceWith(copy);
  }
}

/** What the rewriter makes of a part of a page. @param {string} markup */
function rewritten(markup) {
  const tool = findProgram("SEGMENT_BLOCKER", [join(ROOT, "bin/segment-blocker")]);
  const args = ["rewrite", "--snippet", "none", "--quiet", "--url", `${SHOP}/`];
  return execFileSync(tool, args, { input: markup, encoding: "utf8" });
}

/** All parts, each in every way: code by title, and markup that says which URL is its own. */
const CASES = Object.entries(WAYS).flatMap(([way, code], i) =>
  Object.entries(PARTS).map(([part, markup], at) => ({
    title: `${part} by ${way}`,
    code,
    markup: markup(`https://cdn.segment.com/part-${i}-${at}.js`),
    path: `/part-${i}-${at}.js`,
  })),
);

inBrowsers((h) => {
  test("what the rewriter has changed asks for the same when script puts it into a page", async () => {
    const apart = rewritten(CASES.map(({ markup }) => markup).join("\n<hr>\n")).split("\n<hr>\n");
    assert.equal(apart.length, CASES.length);
    for (const [i, { title, markup }] of CASES.entries())
      assert.notEqual(apart[i], markup, `${title} is not rewritten`);

    /** @param {string[]} texts @param {boolean} gate */
    async function run(texts, gate) {
      const since = (await h.world.requests()).at(-1)?.number ?? 0;
      const page = await h.open({ gate, snippet: "" });
      const all = CASES.map(({ title, code }, i) => ({ title, code, text: texts[i] }));
      await page.evaluate(
        `(() => { ${again} for (const { title, code, text } of ${JSON.stringify(all).replaceAll("<", "\\u003c")}) {
          const room = document.body.appendChild(document.createElement("div"));
          try { new Function("room", "text", "again", code)(room, text, again); } catch (error) { throw new Error(title + ": " + error); } } })()`,
      );
      await page.settle();
      const asked = () => h.world.requests(({ url }) => url.includes("/part-"), since);
      if (gate) {
        assert.deepEqual(await asked(), []);
        await page.evaluate("void segmentBlocker.setConsent({ analytics: true, marketing: true })");
        await page.settle();
      }
      const log = await asked();
      return CASES.map(({ title, path }) => {
        const count = log.filter(({ url }) => url.endsWith(path)).length;
        return `${title}: ${count ? "asks" : "does not ask"}`;
      });
    }
    const own = await run(
      CASES.map(({ markup }) => markup),
      false,
    );
    assert.ok(own.some((line) => line.endsWith(": asks")));
    assert.deepEqual(await run(apart, true), own);
  });
}, ONE_PROCESS);
