/** Pages of other kinds: not HTML, without a head, huge, with trusted types; page code that comes back into the gate. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const API = "https://api.segment.io/v1/";
const TRY = `
  window.errors = []; addEventListener("error", (event) => errors.push(event.message));
  fetch("${API}fetch").catch(() => {});
  const NS = "http://www.w3.org/1999/xhtml";
  const s = document.createElementNS(NS, "script"); s.src = "https://cdn.segment.com/x.js"; document.documentElement.append(s);
  const i = document.createElementNS(NS, "img"); i.src = "${API}img"; document.documentElement.append(i);
  const d = document.createElementNS(NS, "div"); document.documentElement.append(d);
  d.innerHTML = "<p xmlns='" + NS + "'><img src='${API}markup'/></p>";
  document.cookie = "ajs_user_id=1";
  window.tried = d.querySelectorAll("img").length;`;

/** Documents that are no ordinary HTML. @type {Record<string, [string, string]>} */
const DOCUMENTS = {
  "an XHTML document": [
    "application/xhtml+xml",
    `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title><script src="/gate.js"></script></head><body><script><![CDATA[${TRY}]]></script></body></html>`,
  ],
  "an SVG document": [
    "image/svg+xml",
    `<svg xmlns="http://www.w3.org/2000/svg"><script href="/gate.js"></script><script><![CDATA[${TRY}]]></script></svg>`,
  ],
  "a document in quirks mode": [
    "text/html",
    `<script src=/gate.js></script><script>${TRY}</script>`,
  ],
  "a document without a head": [
    "text/html",
    `<!doctype html><body><script>document.head.remove();</script><script src=/gate.js></script><script>${TRY}</script>`,
  ],
};

inBrowsers((h) => {
  for (const [title, [type, text]] of Object.entries(DOCUMENTS)) {
    test(`Segment is held in ${title}`, async () => {
      await h.world.page(`${SHOP}/kind`, text, { headers: { "Content-Type": type } });
      const page = await h.visit(`${SHOP}/kind`);
      await page.until("window.tried !== undefined");
      assert.equal(await page.evaluate("tried"), 1);
      assert.deepEqual(await page.evaluate("errors"), []);
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.cookieNames(), []);
    });
  }

  test("ten thousand scripts in one insertion are decided, and run in order", async () => {
    const page = await h.open({ snippet: "" });
    const result = await page.evaluate(`(() => {
      const fragment = document.createDocumentFragment(); window.count = 0;
      for (let i = 0; i < 10000; i++) {
        const s = document.createElement("script");
        if (i % 100 === 0) s.src = "https://cdn.segment.com/" + i + ".js"; else s.textContent = "count++";
        fragment.append(s);
      }
      document.body.append(fragment);
      return [count, segmentBlocker.decisions().length]; })()`);
    assert.equal(result[0], 9900);
    assert.ok(result[1] >= 100);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  test("a page that demands trusted types gives its own objects, and gets no violation from the gate", async () => {
    const page = await h.open({
      snippet: "",
      headers: {
        "Content-Security-Policy":
          "require-trusted-types-for 'script'; trusted-types own; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' https:",
      },
      body: `<script>
        window.violations = []; addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
        const policy = window.trustedTypes
          ? trustedTypes.createPolicy("own", { createHTML: String, createScript: String, createScriptURL: String })
          : { createHTML: String, createScript: String, createScriptURL: String };
        const d = document.createElement("div"); document.body.append(d);
        d.innerHTML = policy.createHTML("<b>1</b><img src='${API}a'><img src='/own.png'>");
        d.insertAdjacentHTML("beforeend", policy.createHTML("<i>2</i><img src='${API}b'>"));
        const s = document.createElement("script"); s.src = policy.createScriptURL("https://cdn.segment.com/x.js"); document.head.append(s);
        document.body.append(document.createRange().createContextualFragment(policy.createHTML("<img src='${API}c'>")));
        window.html = d.textContent + d.querySelectorAll("img").length;
        d.setAttribute("onclick", policy.createScript("window.clicked = true")); d.click();
        const framed = (markup, set) => { const f = document.createElement("iframe"); set(f, policy.createHTML(markup)); document.body.append(f); };
        framed("<p>one<img src='https://other.example/own.png'>", (f, text) => (f.srcdoc = text));
        framed("<p>two<img src='https://other.example/own.png'>", (f, text) => f.setAttribute("srcdoc", text));
        framed("<p>three<img src='\\/own.png'>", (f, text) => (f.srcdoc = text));
      </script>`,
    });
    assert.equal(await page.evaluate("html"), "123");
    assert.equal(await page.evaluate("clicked"), true);
    for (const [i, text] of ["one", "two", "three"].entries())
      await page.until(
        `frames[${i}].document.body && frames[${i}].document.body.textContent === "${text}"`,
      );
    await h.world.waitForRequests(({ path }) => path === "/own.png");
    await page.settle();
    assert.deepEqual(await page.evaluate("violations"), []);
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await h.world.waitForRequests(({ url }) => url.startsWith(API), 3);
    await h.world.waitForRequests(({ path }) => path === "/x.js");
    assert.deepEqual(await page.evaluate("violations"), []);
  });

  test("a page that demands trusted types writes what it may, and scripts in it wait", async () => {
    for (const [list, violations] of /** @type {[string, number][]} */ ([
      ["", 0],
      // The page names its policies: the gate asks once for one of its own, and for markup once more.
      ["; trusted-types own", 2],
    ])) {
      const mark = await h.world.mark();
      const page = await h.open({
        snippet: "",
        headers: {
          "Content-Security-Policy": `require-trusted-types-for 'script'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' https:${list}`,
        },
        body: `<script>
          window.violations = []; addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
          const policy = window.trustedTypes ? trustedTypes.createPolicy("own", { createHTML: String }) : { createHTML: String };
          for (const html of ["<b>1</b><img src='/own.png'>", "<i>2</i><img src='https://other.example/own.png'>", "<script src='https://cdn.segment.com/x.js'><\\/script>", "<s>3</s>"])
            document.write(policy.createHTML(html));
        </script>`,
      });
      await page.settle();
      assert.equal(
        await page.evaluate(
          "['b', 'i', 's'].map((name) => document.querySelector(name).textContent).join('')",
        ),
        "123",
      );
      assert.ok(
        (await page.evaluate("violations.length")) <= violations,
        `violations with "${list}"`,
      );
      assert.equal(await page.evaluate("window.ran"), undefined);
      if (!violations) assert.deepEqual(await h.leaks(mark), []);
    }
  });

  test("custom elements and getters that come back into the gate see what they would see without it", async () => {
    const run = `(() => {
      const log = [];
      customElements.define("x-back", class extends HTMLElement {
        connectedCallback() { log.push("in"); const i = new Image(); i.src = "${API}reaction"; this.append(i); }
        attributeChangedCallback(name) { log.push(name); this.innerHTML = "<img src='${API}attribute'>"; }
        static observedAttributes = ["src"];
      });
      const e = document.createElement("x-back"); document.body.append(e); e.setAttribute("src", "1");
      let reads = 0;
      const u = { toString() { reads++; document.body.append(document.createElement("x-back")); return "${API}again"; } };
      new Image().src = u; log.push(reads);
      document.body.insertAdjacentHTML("beforeend", "<x-back><img src='${API}inner'></x-back>");
      return log.join() + document.querySelectorAll("x-back img").length; })()`;
    const without = await h.open({ snippet: "", gate: false });
    const plain = await without.evaluate(run);
    await without.settle();
    const mark = await h.world.mark();
    const page = await h.open({ snippet: "" });
    assert.equal(await page.evaluate(run), plain);
    await page.settle();
    assert.deepEqual(await h.leaks(mark), []);
  });

  test("scripts that are not Segment's keep their order, their events and document.currentScript", async () => {
    for (const name of ["a", "b", "c", "d"]) {
      await h.world.page(
        `${SHOP}/${name}.js`,
        `order.push("${name}" + (document.currentScript ? document.currentScript.dataset.n : "-"));`,
        {
          headers: { "Content-Type": "text/javascript" },
        },
      );
    }
    const head = `<script>window.order = [];
        const add = (name, more) => { const s = Object.assign(document.createElement("script"), { src: "/" + name + ".js", onload: () => order.push("load " + name), onerror: () => order.push("error " + name), ...more });
          s.dataset.n = name; document.head.append(s); };
        add("a", { async: false }); add("missing", { async: false }); add("b", { async: false });
        document.write("<script src=/c.js data-n=w><\\/script>");
        order.push("inline " + (document.currentScript !== null));
      </script><script src="/d.js" data-n="s"></script><script>order.push("after")</script>`;
    const orders = [];
    for (const gate of [false, true]) {
      const page = await h.open({ snippet: "", gate, after: head });
      await page.until("order.length === 9");
      orders.push(await page.evaluate("order"));
    }
    const fixed = (/** @type {string[]} */ order) =>
      order.filter((word) => /^(inline|c|d|after)/.test(word));
    const added = (/** @type {string[]} */ order) =>
      order.filter((word) => /^(a|b|load|error)/.test(word) && word !== "after");
    assert.deepEqual(fixed(orders[1]), fixed(orders[0]));
    assert.deepEqual(added(orders[1]), added(orders[0]));
  });

  test("integrity, nonces and strict-dynamic are the browser's business as before", async () => {
    const text = "window.sum = (window.sum || 0) + 1;";
    const { createHash } = await import("node:crypto");
    const good = `sha256-${createHash("sha256").update(text).digest("base64")}`;
    for (const host of [SHOP, "https://cdn.segment.com"]) {
      await h.world.page(`${host}/sum.js`, text, {
        headers: { "Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*" },
      });
    }
    const page = await h.open({
      snippet: "",
      nonce: "r4nd0m",
      headers: {
        "Content-Security-Policy": "script-src 'nonce-r4nd0m' 'strict-dynamic' 'wasm-unsafe-eval'",
      },
      body: `<script nonce="r4nd0m">
        const add = (src, integrity) => { const s = document.createElement("script"); s.crossOrigin = "anonymous"; s.integrity = integrity; s.src = src; document.body.append(s); };
        add("/sum.js", "${good}"); add("/sum.js?bad", "sha256-AAAA"); add("https://cdn.segment.com/sum.js", "${good}");
      </script>`,
    });
    await page.until("window.sum === 1");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await page.until("window.sum === 2");
  });
});
