/** Shadow trees that markup or another document brings: what is in them waits too, and arrives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const URL_ = "https://cdn.segment.com/shadow.js";
const IMAGE = `<img src=${URL_}>`;
const SCRIPTS = {
  "a script": `<script src=${URL_}></script>`,
  "a script that imports": `<script>import("${URL_}")</script>`,
};

const HOST = "<div><template shadowrootmode=open shadowrootclonable>";
const END = "</template></div>";
/** A host with its shadow tree as markup. @param {string} inside */
const host = (inside) => HOST + inside + END;
/** @param {string} markup */
const literal = (markup) => JSON.stringify(markup).replaceAll("</", "<\\/");
/** @param {string} code */
const run = (code) =>
  `<script>{ const put = (node) => document.body.append(node), d = document.createElement("div"); ${code} }</script>`;

/** Trees that take in what the parser stands in, which goes on there. @type {Record<string, (inside: string) => string>} */
const MOVED = {
  "in a tree that takes what comes": (inside) => `<script>
      customElements.define("x-takes", class extends HTMLElement {
        connectedCallback() {
          const root = this.attachShadow({ mode: "closed" });
          const take = () => { while (this.firstChild) root.append(this.firstChild); };
          new MutationObserver(take).observe(this, { childList: true });
        }
      });
    </script><x-takes><div><script>1</script><p>1</p>${inside}</div></x-takes>`,
  "in a tree to which script has moved it": (inside) =>
    `<div id=open>${run(`put(d); d.attachShadow({ mode: "closed" }).append(document.getElementById("open"));`)}<p>1</p>${inside}</div>`,
};

/** What is done with a template's content `c`. */
const USES = {
  copied: "put(c.cloneNode(true));",
  imported: "put(document.importNode(c, true));",
  "copied without its children": "put(c.firstChild.cloneNode(false));",
  moved: "put(c);",
};

/** How a shadow tree comes: HTML of a page. @type {Record<string, string>} */
const WAYS = {
  "an image by setHTMLUnsafe": run(`put(d); d.setHTMLUnsafe(${literal(host(IMAGE))});`),
  "an image in two trees by setHTMLUnsafe": run(
    `put(d); d.setHTMLUnsafe(${literal(host(`<p>x${host(IMAGE)}`))});`,
  ),
  "an image by a shadow root's setHTMLUnsafe": run(
    `put(d); d.attachShadow({ mode: "open" }).setHTMLUnsafe(${literal(host(IMAGE))});`,
  ),
  ...Object.fromEntries(
    Object.entries({
      inserted: "put(n);",
      adopted: "document.adoptNode(n); put(n);",
      imported: "put(document.importNode(n, true));",
    }).map(([how, code]) => [
      `an image by parseHTMLUnsafe, ${how}`,
      run(`const n = Document.parseHTMLUnsafe(${literal(host(IMAGE))}).body.firstChild; ${code}`),
    ]),
  ),
  ...Object.fromEntries(
    ["open", "closed"].map((mode) => [
      `an image from another document, ${mode}`,
      run(
        `const n = document.implementation.createHTMLDocument().createElement("div"); n.attachShadow({ mode: "${mode}" }).innerHTML = ${literal(IMAGE)}; put(n);`,
      ),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(USES).map(([how, use]) => [
      `an image in a template, ${how}`,
      run(
        `const t = document.createElement("template"); t.setHTMLUnsafe(${literal(host(IMAGE))}); const c = t.content; ${use}`,
      ),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(SCRIPTS).flatMap(([what, inside]) =>
      Object.entries(USES).map(([how, use]) => [
        `${what} in a template, ${how}`,
        `<template id=t>${host(inside)}</template>${run(`const c = document.getElementById("t").content; ${use}`)}`,
      ]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries({ "an image": IMAGE, ...SCRIPTS }).flatMap(([what, inside]) => [
      [`${what}, written`, run(`document.write(${literal(host(inside))});`)],
      [
        `${what}, written in parts`,
        run(
          [...host(inside).matchAll(/.{1,9}/g)]
            .map(([part]) => `document.write(${literal(part)});`)
            .join(" "),
        ),
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(MOVED).map(([how, around]) => [
      `a script that imports, to which the parser comes ${how}`,
      around(SCRIPTS["a script that imports"]),
    ]),
  ),
  "a script that imports in a tree that was opened by writing": `${run(`document.write(${literal(HOST)});`)}${SCRIPTS["a script that imports"]}${END}`,
};

/** In a closed tree nobody finds what waits: it stays out. @type {Record<string, string>} */
const CLOSED = Object.fromEntries(
  [
    ["an image by setHTMLUnsafe", `put(d); d.setHTMLUnsafe(TEXT);`],
    ["an image by parseHTMLUnsafe", `put(Document.parseHTMLUnsafe(TEXT).body);`],
    ["an image, written", `document.write(TEXT);`],
  ].map(([title, code]) => {
    const tree = host(IMAGE).replace("=open", '="clos&#101;d"');
    return [title, run(code.replace("TEXT", literal(`<img src="${URL_}?open">${tree}`)))];
  }),
);

inBrowsers((h) => {
  /**
   * What asks for the URL without the gate does not with it, and after the grant one request comes.
   * @param {string} body
   * @param {string} late its URL
   */
  async function waits(body, late) {
    await h.world.page(URL_, "", {
      headers: { "Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*" },
    });
    const plain = await h.open({ snippet: "", gate: false, body });
    await h.world.waitForRequests(({ url }) => url === URL_);
    await plain.settle(0);
    const mark = await h.world.mark();
    const page = await h.open({ snippet: "", body });
    await page.until("document.readyState === 'complete'");
    await page.settle();
    assert.deepEqual(await h.leaks(mark), []);
    await page.grant();
    await h.world.waitForRequests(({ url }) => url === late, 1, mark);
  }

  for (const [name, body] of Object.entries(WAYS))
    test(`${name} waits, and arrives after the grant`, () => waits(body, URL_));

  for (const [name, body] of Object.entries(CLOSED))
    test(`${name} in a closed tree stays out, what stands beside it arrives after the grant`, () =>
      waits(body, `${URL_}?open`));

  for (const [how, around] of Object.entries(MOVED))
    test(`a static script to which the parser comes ${how} runs after the grant, once`, async () => {
      await h.world.page(URL_, "window.ran = (window.ran || 0) + 1;", {
        headers: { "Content-Type": "text/javascript" },
      });
      const page = await h.open({ snippet: "", body: around(SCRIPTS["a script"]) });
      await page.until("document.readyState === 'complete'");
      await page.settle();
      assert.equal(await page.evaluate("window.ran"), undefined);
      await page.grant();
      await page.until("window.ran");
      await page.settle();
      assert.equal(await page.evaluate("window.ran"), 1);
    });

  for (const mode of ["open", "closed"])
    test(`a later page of a frame in a tree (${mode}) is guarded when it has loaded`, async () => {
      await h.world.page(
        `${SHOP}/first`,
        "<!doctype html><script>onload = () => (location = '/second')</script>",
      );
      const second = `onload = () => setTimeout(() => { fetch("${URL_}"); parent.asked = true; });`;
      await h.world.page(`${SHOP}/second`, `<!doctype html><script>${second}</script>`);
      const body = run(
        `put(d); const f = document.createElement("iframe"); f.src = "/first"; d.attachShadow({ mode: "${mode}" }).append(f);`,
      );
      await h.open({ snippet: "", gate: false, body });
      await h.world.waitForRequests(({ url }) => url === URL_);
      const mark = await h.world.mark();
      const page = await h.open({ snippet: "", body });
      await page.until("window.asked");
      await page.settle();
      assert.deepEqual(await h.leaks(mark), []);
    });

  test("a frame's element in a tree has the page's functions, however it came", async () => {
    const frames = "<iframe></iframe><p><iframe src=/own></iframe></p>";
    const trees = [
      host(frames),
      run(`document.write(${literal(host(frames))});`),
      run(`put(d); d.setHTMLUnsafe(${literal(host(frames))});`),
      run(`put(Document.parseHTMLUnsafe(${literal(host(frames))}).body.firstChild);`),
      run(`put(d); d.attachShadow({ mode: "open" }).innerHTML = ${literal(frames)};`),
    ];
    const page = await h.open({ snippet: "", body: trees.join("\n") });
    await page.until("document.readyState === 'complete'");
    const found = await page.evaluate(`[...document.querySelectorAll("div")]
      .flatMap((d) => d.shadowRoot ? [...d.shadowRoot.querySelectorAll("iframe")] : [])
      .map((f) => f instanceof HTMLIFrameElement)`);
    assert.deepEqual(found, Array(2 * trees.length).fill(true));
  });
}, ONE_PROCESS);
