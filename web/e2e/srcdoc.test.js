/**
 * Frames whose document is given as text: the gate is in it before its first script, what was held in it arrives, and page and
 * frame see nothing of that.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";
import { toSegment } from "./lib/world.js";

const PIXEL = "https://api.segment.io/v1/";

/** What a document does to get out, given its URL, and whether it gets out once that is allowed. @type {Record<string, (url: string) => string>} */
const WAYS = {
  image: (url) => `<img src=${url}>`,
  script: (url) => `<script src=${url}></script>`,
  async: (url) => `<script async src=${url}></script>`,
  written: (url) => `<script>document.write("<img src=${url}>")</script>`,
  writtenscript: (url) => `<script>document.write("<script src=${url}><\\/script>")</script>`,
  frame: (url) => `<iframe></iframe><script>frames[0].fetch("${url}")</script>`,
  loaded: (url) =>
    `<iframe src=/empty></iframe><script>onload = () => frames[0].fetch("${url}")</script>`,
  made: (url) =>
    `<script>const f = document.createElement("iframe"); f.src = "/empty"; f.onload = () => frames[0].fetch("${url}"); document.body.append(f)</script>`,
  inner: (url) => `<iframe srcdoc="<script>fetch('${url}')</script>"></iframe>`,
  import: (url) => `<script>import("${url}")</script>`,
  module: (url) => `<script type=module>import "${url}"</script>`,
  fetch: (url) => `<script>fetch("${url}")</script>`,
  joined: (url) => `<script>fetch("${url.slice(0, 12)}" + "${url.slice(12)}")</script>`,
  handler: (url) => `<img src=data:, onerror='fetch("${url.slice(0, 12)}" + "${url.slice(12)}")'>`,
  based: (url) => `<base href="${url}"><script>new Image().src = "?"</script>`,
  form: (url) => `<form action=${url}></form><script>document.forms[0].submit()</script>`,
  shadow: (url) =>
    `<div><template shadowrootmode=open><script src=${url}></script></template></div>`,
  reopened: (url) =>
    `<script>setTimeout(() => { document.open(); document.write("<img src=${url}>"); document.close(); })</script>`,
  markup: (url) => `<script>document.body.innerHTML = "<img src=${url}>"</script>`,
};

/** @param {string} text */
const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
/** @param {string} text */
const literal = (text) =>
  JSON.stringify(text).replaceAll("</", "<\\/").replaceAll("<!--", "<\\!--");
/** @param {string} code */
const script = (code) => `<script>{ ${code} }</script>`;

/** How a frame gets its document: HTML of the page. @type {Record<string, (text: string) => string>} */
const FRAMES = {
  "in the page": (text) => frame(text),
  "by property": (text) =>
    script(
      `const f = document.createElement("iframe"); f.srcdoc = ${literal(text)}; document.body.append(f);`,
    ),
  "by attribute, late": (text) =>
    script(
      `const f = document.createElement("iframe"); document.body.append(f); f.setAttribute("srcdoc", ${literal(text)});`,
    ),
  "by innerHTML": (text) =>
    script(
      `const d = document.createElement("div"); document.body.append(d); d.innerHTML = ${literal(frame(text))};`,
    ),
  "by insertAdjacentHTML": (text) =>
    script(`document.body.insertAdjacentHTML("beforeend", ${literal(frame(text))});`),
  "by document.write": (text) => script(`document.write(${literal(frame(text))});`),
  "by a template's copy": (text) =>
    script(
      `const t = document.createElement("template"); t.innerHTML = ${literal(frame(text))}; document.body.append(t.content.cloneNode(true));`,
    ),
  "by DOMParser": (text) =>
    script(
      `document.body.append(new DOMParser().parseFromString(${literal(frame(text))}, "text/html").body.firstChild);`,
    ),
  "by a range": (text) =>
    script(
      `document.body.append(document.createRange().createContextualFragment(${literal(frame(text))}));`,
    ),
};

/** @param {string} text */
function frame(text) {
  return `<iframe onload="loads.push(this)" srcdoc="${attribute(text)}"></iframe>`;
}

/** Tells what it finds of its document, when its turn comes and later. */
const NOTES = `<script>
  self.notes = [document.readyState, document.scripts.length, document.currentScript.outerHTML.length, document.compatMode, document.URL,
    document.baseURI, document.documentElement.outerHTML, document.title, document.childNodes.length, history.length, performance.now() > 0];
  for (const type of ["load", "DOMContentLoaded"]) addEventListener(type, () => notes.push(type));
</script>`;

/** Documents that begin in different ways. */
const BEGINNINGS = [
  `<!doctype html><html lang=en><head id=h><title>t</title>${NOTES}</head><body><p>x`,
  `${NOTES}<p>x`,
  `<!-- c --> <!doctype html> <!-- d --> <html class=a> <!-- e --> <head class=b> <meta name=x content=y>${NOTES}</head> <body class=c> y`,
  `<!doctype html>\n<title>q</title>\n${NOTES}`,
  `text ${NOTES} more`,
  `<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN"><frameset cols=*><frame></frameset>`,
  `<p onclick="1">only ${NOTES}`,
  `<!doctype html><head><!-- a -->${NOTES}`,
  `<?xml version="1.0"?><!doctype html><html><head></head>${NOTES}`,
  `<noscript>x</noscript>${NOTES}`,
  `<p>no script`,
];

/** Runs in the page: what it and its frames see. */
const SEEN = `[...document.querySelectorAll("iframe")].map((f) => JSON.stringify({
  own: f instanceof HTMLIFrameElement, loads: loads.filter((each) => each === f).length, srcdoc: f.srcdoc, given: f.getAttribute("srcdoc"),
  html: f.contentDocument.documentElement.outerHTML, nodes: f.contentDocument.childNodes.length,
  mode: f.contentDocument.compatMode, notes: f.contentWindow.notes }))`;

inBrowsers((h) => {
  for (const [how, make] of Object.entries(FRAMES)) {
    test(`nothing gets out of a document given ${how}, and after the grant all of it does`, async () => {
      await h.world.page(`${SHOP}/empty`, "<!doctype html><p>x");
      const names = Object.keys(WAYS);
      const body = names
        .map((name) => make(`<!doctype html><body>${WAYS[name](`${PIXEL}${name}-`)}`))
        .join("\n");
      const out = async (/** @type {number} */ since) => {
        const leaks = await h.leaks(since);
        return names.filter((name) => leaks.some((leak) => leak.includes(`/${name}-`)));
      };
      const all = async (/** @type {number} */ since) => {
        for (const name of names)
          await h.world.waitForRequests(({ url }) => url.includes(`/${name}-`), 1, since);
      };
      const before = "<script>window.loads = [];</script>";
      const plain = await h.open({ snippet: "", gate: false, before, body });
      await all(0);
      await plain.settle(0);
      const mark = await h.world.mark();
      const page = await h.open({ snippet: "", before, body });
      await page.until(
        `loads.length >= ${how === "in the page" ? names.length : 0} && document.readyState === 'complete'`,
      );
      await page.settle();
      assert.deepEqual(await out(mark), []);
      await page.grant();
      await all(mark);
    });

    test(`a document given ${how} is as it is without the gate`, async () => {
      const body = `<script>window.loads = [];</script>${BEGINNINGS.map(make).join("")}`;
      const seen = [];
      for (const gate of [false, true]) {
        const page = await h.open({ gate, snippet: "", body });
        await page.until("document.readyState === 'complete'");
        await page.settle();
        seen.push(await page.evaluate(SEEN));
      }
      assert.deepEqual(seen[1], seen[0]);
    });
  }

  test("a document that names nothing of Segment's is guarded, however its attribute is spelled", async () => {
    const body = ["srcdoc", "SRCDOC", "SrcDoc"]
      .map((name) =>
        FRAMES["by innerHTML"](
          `<script>fetch("https://api." + "segment.io/${name}")</script>`,
        ).replace("srcdoc", name),
      )
      .join("\n");
    const before = "<script>window.loads = [];</script>";
    await h.open({ snippet: "", gate: false, before, body });
    await h.world.waitForRequests(toSegment, 3);
    const mark = await h.world.mark();
    const page = await h.open({ snippet: "", before, body });
    await page.until("loads.length === 3");
    await page.settle();
    assert.deepEqual(await h.leaks(mark), []);
    await page.grant();
    await h.world.waitForRequests(toSegment, 3, mark);
  });

  test("prose is no code: a document of words gets no script of the gate's", async () => {
    const page = await h.open({ snippet: "" });
    const scripts = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.srcdoc = "<p>Hello, this is on one page only</p>";
      const loaded = new Promise((done) => frame.addEventListener("load", done));
      const watched = new MutationObserver(() => {});
      document.body.append(frame);
      await loaded;
      watched.disconnect();
      const { head, body } = /** @type {Document} */ (frame.contentDocument);
      return [head.innerHTML, body.innerHTML];
    });
    assert.deepEqual(scripts, ["", "<p>Hello, this is on one page only</p>"]);
  });

  test("where a policy forbids inline scripts none of the gate's stays in a frame's document", async () => {
    const page = await h.open({
      snippet: "",
      headers: { "Content-Security-Policy": "script-src 'self' 'wasm-unsafe-eval'" },
    });
    const texts = await page.evaluate(async () => {
      const seen = [];
      for (let i = 0; i < 2; i++) {
        const frame = document.createElement("iframe");
        frame.srcdoc = `<p>${i}<script src="/none.js"></` + "script>";
        const loaded = new Promise((done) => frame.addEventListener("load", done));
        document.body.append(frame);
        await loaded;
        seen.push(/** @type {Document} */ (frame.contentDocument).documentElement.outerHTML);
      }
      return seen;
    });
    assert.deepEqual(
      texts,
      [0, 1].map(
        (i) => `<html><head></head><body><p>${i}<script src="/none.js"></script></p></body></html>`,
      ),
    );
  });

  /** Finds everything that a document's scripts are given to be of their own window. */
  const OWN = `self.foreign = [];
    const check = (name, thing, type) => thing instanceof type || foreign.push(name);
    check("document", document, Document);
    for (const name of ["documentElement", "head", "body", "currentScript"]) check(name, document[name], HTMLElement);
    for (const each of document.querySelectorAll("*")) check(each.localName, each, Element);
    for (const type of ["load", "click", "submit", "message"]) addEventListener(type, (event) => check(type, event, Event), true);
    document.addEventListener("load", (event) => check("element's load", event, Event), true);
    document.addEventListener("DOMContentLoaded", (event) => check("parsed", event, Event));
    document.addEventListener("readystatechange", (event) => check("state", event, Event));
    new MutationObserver((records) => records.forEach((each) => check("record", each, MutationRecord))).observe(document, { childList: true, subtree: true });
    onload = () => { document.querySelector("i").click(); foreign.push("end"); };`;
  const PAGE = `<!doctype html><body class=x><i>i</i><img src=data:,><script>${OWN}</script><p>late<b>b</b>`;
  for (const [how, make] of Object.entries({
    ...FRAMES,
    "by writing into a frame": (/** @type {string} */ text) =>
      script(
        `const f = document.createElement("iframe"); document.body.append(f); const d = f.contentDocument; d.open(); d.write(${literal(text)}); d.close();`,
      ),
  }))
    test(`scripts of a document given ${how} find everything to be of their own window`, async () => {
      const page = await h.open({
        snippet: "",
        body: `<script>window.loads = [];</script>${make(PAGE)}`,
      });
      const foreign = "document.querySelector('iframe').contentWindow.foreign";
      await page.until(`${foreign}.includes("end")`);
      assert.deepEqual(await page.evaluate(foreign), ["end"]);
    });

  test("a frame's element has the page's functions, however it was made", async () => {
    await h.world.page(`${SHOP}/empty`, "<!doctype html><p>x");
    const tags = [
      "<iframe>",
      "<iframe src=/empty>",
      "<iframe srcdoc='<p>x'>",
      "<object data=/empty>",
      "<embed src=/empty>",
    ];
    const body = tags
      .flatMap((tag) => [
        tag.replace("<", "<b>").replace("<b>", "<") +
          (tag.startsWith("<embed") ? "" : tag.replace(/^<(\w+).*/, "</$1>")),
        script(
          `const d = document.createElement("div"); document.body.append(d); d.innerHTML = ${literal(tag)};`,
        ),
        script(
          `const d = document.createElement("div"); document.body.append(d); d.attachShadow({ mode: "open" }).innerHTML = ${literal(tag)};`,
        ),
        script(
          `document.write(${literal(tag + (tag.startsWith("<embed") ? "" : tag.replace(/^<(\w+).*/, "</$1>")))});`,
        ),
      ])
      .join("\n");
    const page = await h.open({ snippet: "", body });
    await page.until("document.readyState === 'complete'");
    const found =
      await page.evaluate(`[document, ...[...document.querySelectorAll("div")].map((d) => d.shadowRoot || d)]
      .flatMap((root) => [...root.querySelectorAll("iframe, object, embed")])
      .map((each) => each instanceof HTMLElement)`);
    assert.ok(found.length >= 4 * tags.length);
    assert.ok(found.every(Boolean));
  });
});
