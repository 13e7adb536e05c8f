/** Elements and markup that were held: what the page sees of them, and how they are set free, refused and copied. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const PIXEL = "https://api.segment.io/v1/pixel/page";
const LOADER = "https://cdn.segment.com/one.js";

/** Elements that wait: the code that makes `e`, and what the page reads of it. @type {Record<string, [string, Record<string, string>]>} */
const HELD = {
  "an image": [`e = new Image(); e.src = "${PIXEL}"; e.alt = "x";`, { src: PIXEL }],
  "an image's srcset": [`e = new Image(); e.srcset = "${PIXEL} 2x";`, { srcset: `${PIXEL} 2x` }],
  "a frame": [`e = document.createElement("iframe"); e.src = "${PIXEL}";`, { src: PIXEL }],
  "a stylesheet": [
    `e = document.createElement("link"); e.rel = "stylesheet"; e.href = "${PIXEL}";`,
    { href: PIXEL },
  ],
  "an object": [`e = document.createElement("object"); e.data = "${PIXEL}";`, { data: PIXEL }],
  "a video": [
    `e = document.createElement("video"); e.preload = "auto"; e.src = "${PIXEL}"; e.poster = "${PIXEL}?p";`,
    { src: PIXEL, poster: `${PIXEL}?p` },
  ],
  "an SVG image": [
    `const v = document.createElementNS("http://www.w3.org/2000/svg", "svg");
     e = document.createElementNS("http://www.w3.org/2000/svg", "image"); e.setAttribute("href", "${PIXEL}"); v.append(e); document.body.append(v);`,
    {},
  ],
  "an element of markup": [
    `const d = document.createElement("div"); document.body.append(d); d.innerHTML = "<b>1</b><img src='${PIXEL}'>"; e = d.lastChild;`,
    { src: PIXEL },
  ],
};

/** A script that does one thing a task, after the page has loaded. @param {string[]} steps */
function later(...steps) {
  const tasks = steps.reduceRight((rest, step) => `setTimeout(() => { ${step} ${rest} });`, "");
  return `<script>addEventListener("load", () => { ${tasks} });</script>`;
}

inBrowsers((h) => {
  const asked = () => h.world.requests(({ url }) => url.startsWith(PIXEL));

  for (const [title, [code, shown]] of Object.entries(HELD)) {
    test(`${title} shows what it was given, and loads it when it may`, async () => {
      const page = await h.open({ snippet: "" });
      await page.evaluate(
        `void (() => { let e; ${code} if (!e.isConnected) document.body.append(e); window.held = e; })()`,
      );
      const name = Object.keys(shown)[0] ?? "href";
      assert.deepEqual(
        await page.evaluate(
          `Object.fromEntries(${JSON.stringify(Object.keys(shown))}.map((key) => [key, held[key]]))`,
        ),
        shown,
      );
      assert.match(await page.evaluate(`held.getAttribute("${name}")`), /^https:\/\/api/);
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await h.world.waitForRequests(
        ({ url }) => url.startsWith(PIXEL),
        Math.max(1, Object.keys(shown).length),
      );
      assert.match(await page.evaluate(`held.getAttribute("${name}")`), /^https:\/\/api/);
    });
  }

  test("elements are set free in the order in which they asked", async () => {
    const page = await h.open({ snippet: "" });
    await page.evaluate(
      `void (() => { for (let i = 0; i < 5; i++) new Image().src = "${PIXEL}?" + i; })()`,
    );
    await page.grant();
    await h.world.waitForRequests(({ url }) => url.startsWith(PIXEL), 5);
    const order = await page.evaluate(
      "segmentBlocker.decisions().filter(({ kind }) => kind === 'image').map(({ target }) => target.slice(-1)).join('')",
    );
    assert.match(order, /^01234/);
  });

  test("a refused image fails as one that cannot be loaded, and a URL that replaces it loads", async () => {
    const page = await h.open({ snippet: "" });
    await page.deny();
    assert.equal(
      await page.evaluate(`new Promise((done) => {
        const e = new Image(); e.onerror = () => done("error"); e.onload = () => done("load"); e.src = "${PIXEL}"; })`),
      "error",
    );
    await page.evaluate(
      `void (() => { const e = new Image(); e.src = "${PIXEL}"; e.src = "/own.png"; })()`,
    );
    await h.world.waitForRequests(({ path }) => path === "/own.png");
    assert.deepEqual(await asked(), []);
  });

  test("a held URL that the page takes away or replaces is not loaded later", async () => {
    const page = await h.open({ snippet: "" });
    await page.evaluate(`void (() => {
      const a = new Image(), b = new Image(), c = new Image();
      a.src = b.src = c.src = "${PIXEL}"; a.removeAttribute("src"); b.src = "/own-b.png"; c.setAttribute("src", "/own-c.png"); })()`);
    await page.grant();
    await h.world.waitForRequests(({ path }) => path.startsWith("/own-"), 2);
    await page.settle();
    assert.deepEqual(await asked(), []);
  });

  test("a copy of a held script runs on its own when it may", async () => {
    await h.world.page(LOADER, "window.ran = (window.ran || 0) + 1;", {
      headers: { "Content-Type": "text/javascript" },
    });
    const page = await h.open({ snippet: "" });
    await page.evaluate(`void (() => {
      const s = document.createElement("script"); s.src = "${LOADER}"; s.type = "text/javascript";
      const d = document.createElement("div"); d.append(s); document.body.append(d.cloneNode(true), s.cloneNode());
      window.types = [...document.scripts].slice(-2).map((each) => each.type).join(); })()`);
    assert.equal(await page.evaluate("types"), "text/javascript,text/javascript");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await page.until("window.ran === 2");
  });

  test("markup that is not Segment's is the browser's own work", async () => {
    const page = await h.open({ snippet: "" });
    assert.equal(
      await page.evaluate(`(() => {
        const d = document.createElement("div"); document.body.append(d);
        const records = []; const observer = new MutationObserver(() => {}); observer.observe(d, { childList: true });
        d.innerHTML = "<p id=1>a</p><img src='/own.png'><script>window.bad = 1<\\/script>";
        const [record] = observer.takeRecords();
        d.insertAdjacentHTML("beforeend", "<iframe src='/empty'></iframe>");
        return [record.addedNodes.length, d.children.length, window.bad, d.innerHTML].join("|"); })()`),
      `3|4||<p id="1">a</p><img src="/own.png"><script>window.bad = 1</script><iframe src="/empty"></iframe>`,
    );
  });

  test("of markup that is Segment's in part the rest is as without the gate", async () => {
    const page = await h.open({ snippet: "" });
    const html = `<tr><td>a<img src="${PIXEL}"><b>c</b></td></tr><!-- d --><tr><td>&amp;</td></tr>`;
    assert.equal(
      await page.evaluate(
        `(() => { const t = document.createElement("tbody"); t.innerHTML = ${JSON.stringify(html)};
          return t.innerHTML.replace(/ (src|alt)="[^"]*"/g, "") + t.rows.length; })()`,
      ),
      `<tr><td>a<img><b>c</b></td></tr><!-- d --><tr><td>&amp;</td></tr>2`,
    );
  });

  for (const [how, code] of Object.entries({
    innerHTML: "d.innerHTML = html",
    insertAdjacentHTML: `d.insertAdjacentHTML("beforeend", html)`,
    "a contextual fragment": "d.append(document.createRange().createContextualFragment(html))",
  }))
    test(`what stands in a noscript beside something of Segment's stays text, in ${how}`, async () => {
      const html = `<noscript><img src="${SHOP}/own.png"><img src="${PIXEL}?no"></noscript><img src="${PIXEL}"><b>x</b>`;
      const page = await h.open({ snippet: "" });
      const seen = await page.evaluate(
        `(() => { const d = document.createElement("div"), html = ${JSON.stringify(html)}; document.body.append(d); ${code};
          return [d.innerHTML, d.firstChild.children.length, d.firstChild.textContent.length]; })()`,
      );
      assert.deepEqual(seen[0].replaceAll("&lt;", "<").replaceAll("&gt;", ">"), html);
      assert.equal(seen[1], 0);
      await page.grant();
      await h.world.waitForRequests(({ url }) => url === PIXEL);
      await page.settle();
      assert.deepEqual(await h.leaks(), [`GET ${PIXEL}`]);
      assert.deepEqual(await h.world.requests(({ path }) => path === "/own.png"), []);
    });

  test("a noscript's own markup is text", async () => {
    const page = await h.open({ snippet: "" });
    const children = await page.evaluate(`(() => {
      const n = document.createElement("noscript"); document.body.append(n);
      n.innerHTML = "<img src='${PIXEL}'>"; return [n.children.length, n.textContent]; })()`);
    assert.deepEqual(children, [0, `<img src='${PIXEL}'>`]);
  });

  test("of many elements that wait each shows what it was given", async () => {
    const page = await h.open({ snippet: "" });
    const shown = await page.evaluate(`(() => {
      const all = Array.from({ length: 120 }, (_, i) => Object.assign(document.createElement("img"), { src: "${PIXEL}?" + i }));
      const d = document.createElement("div"); d.append(...all);
      return [d.innerHTML.split("${PIXEL}").length - 1, all[119].outerHTML, d.cloneNode(true).lastChild.src]; })()`);
    assert.deepEqual(shown, [120, `<img src="${PIXEL}?119">`, `${PIXEL}?119`]);
    assert.deepEqual(await h.leaks(), []);
  });

  test("setHTML leaves out what is not safe of markup that is Segment's in part too", async () => {
    const page = await h.open({ snippet: "" });
    const markup = `<p onclick="x"><img src="${PIXEL}" alt=x onerror="window.ran = true"><script>1</script>x</p><iframe src=/own></iframe>`;
    const found = await page.evaluate(`(() => {
      const seen = [];
      for (const text of [${JSON.stringify(markup)}, ${JSON.stringify(markup.replace(PIXEL, "/own.png"))}]) {
        const d = document.createElement("div");
        if (!d.setHTML) return "has none";
        document.body.append(d);
        d.setHTML(text);
        const names = [...d.querySelectorAll("*")].map((e) => e.localName + e.getAttributeNames().filter((name) => name !== "src"));
        d.setHTML(text, { sanitizer: { elements: ["p"] } });
        seen.push([...names, d.innerHTML]);
      }
      return seen;
    })()`);
    if (h.engine === "webkit") return assert.equal(found, "has none");
    assert.deepEqual(found[0], found[1]);
    assert.ok(found[0].length > 1);
  });

  test("of scripts that setHTMLUnsafe runs the others run at once, and what waits after the grant", async () => {
    await h.world.page(LOADER, "ran.push('held');", {
      headers: { "Content-Type": "text/javascript" },
    });
    const body = `<script>
      window.ran = [];
      const text = "<script>ran.push(1)<\\/script><p><script src=${LOADER}><\\/script><script>ran.push(document.scripts.length)<\\/script>";
      const d = document.createElement("div");
      document.body.append(d);
      let reads = 0;
      const options = { get runScripts() { reads++; return true; } };
      d.setHTMLUnsafe(text, options);
      ran.push(reads < 2, d.childNodes.length, d.innerHTML.length > 0);
    </script>`;
    const seen = [];
    for (const gate of [false, true]) {
      const page = await h.open({ snippet: "", gate, body });
      await page.until("document.readyState === 'complete'");
      seen.push(await page.evaluate("ran.filter((each) => each !== 'held')"));
      if (!gate) continue;
      await page.settle();
      assert.equal((await h.leaks()).length, h.engine === "chromium" ? 1 : 0);
      await page.grant();
      if (h.engine === "chromium") await page.until("ran.includes('held')");
    }
    // The script of the gate.
    const [plain, gated] = seen;
    if (h.engine === "chromium") gated[1]--;
    assert.deepEqual(gated, plain);
    assert.equal(plain.length, h.engine === "chromium" ? 5 : 3);
  });

  test("a position that is none is refused as without the gate, and nothing is inserted", async () => {
    const page = await h.open({ snippet: "" });
    assert.deepEqual(
      await page.evaluate(
        `["nowhere", "beforebegin"].map((position) => { const p = document.createElement("p");
          try { p.insertAdjacentHTML(position, '<img src="${PIXEL}">'); } catch (error) { return error.name + p.childNodes.length; } })`,
      ),
      ["SyntaxError0", "NoModificationAllowedError0"],
    );
  });

  test("document.write in pieces gives the document that one write gives", async () => {
    const pieces = [
      "<p cl",
      "ass='a>b'>x<scr",
      "ipt src='",
      LOADER,
      "'></scr",
      "ipt><textarea><img src=",
      "'",
      PIXEL,
      "'></text",
      "area><i",
      ">y",
    ];
    const after = `<script>${pieces.map((piece) => `document.write(${JSON.stringify(piece).replace("</", "<\\/")});`).join("")}</script>z`;
    const page = await h.open({ snippet: "", body: after });
    assert.equal(
      await page.evaluate(
        `document.querySelector("[class='a>b']").outerHTML.includes("<textarea>&lt;img src='${PIXEL}'&gt;</textarea><i>y")`,
      ),
      true,
    );
    assert.equal(
      await page.evaluate(
        `[...document.scripts].filter((each) => each.src === "${LOADER}").length`,
      ),
      1,
    );
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  /** Scripts that import, written so that their text has not ended when the page's own goes on, or a later task. @type {Record<string, string>} */
  const UNENDED = {
    "the page ends": `<script>document.write("<script>void imp");</script>ort("${LOADER}")</script>`,
    "the page says": `<script>document.write("<script type=module>");</script>import "${LOADER}"</script>`,
    "a later task ends": later(
      "document.open(); document.write('<script>void imp');",
      `document.write('ort("${LOADER}");');`,
      "document.write('</', 'script>'); document.close();",
    ),
    "a later task says": later(
      "document.open(); document.write('<p>x<script type=module>');",
      `document.write('import "${LOADER}"</', 'script>'); document.close();`,
    ),
  };
  for (const [title, body] of Object.entries(UNENDED))
    test(`a script that is written and that ${title} is judged by all of its text`, async () => {
      await (
        await h.open({ snippet: "", gate: false, body })
      ).until("document.readyState === 'complete'");
      await h.world.waitForRequests(({ url }) => url === LOADER);
      const mark = await h.world.mark();
      const page = await h.open({ snippet: "", body });
      await page.until("document.scripts.length && document.readyState === 'complete'");
      await page.settle();
      assert.deepEqual(await h.leaks(mark), []);
      await page.grant();
      await h.world.waitForRequests(({ url }) => url === LOADER, 1, mark);
    });

  test("a tag that a script begins and the page goes on with is not lost", async () => {
    const page = await h.open({
      snippet: "",
      body: `<script>document.write("<i id='be");</script>gun'>x</i>`,
    });
    assert.equal(await page.evaluate("document.querySelector('i').id"), "begun");
  });

  test("a document that is opened anew is guarded as the first one was", async () => {
    const page = await h.open({ snippet: "" });
    await page.evaluate(`void setTimeout(() => {
      document.open();
      document.write("<!doctype html><body><form action='${PIXEL}?form' target=_self></form><img src='${PIXEL}?img'>");
      document.write("<script src='${LOADER}'><\\/script>");
      document.write("<script>document.forms[0].requestSubmit(); window.after = 1;<\\/script>");
      document.close(); })`);
    await page.until("window.after === 1");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  test("speculation rules wait", async () => {
    const rules = (
      /** @type {string} */ url,
    ) => `void (() => { const s = document.createElement("script"); s.type = "speculationrules";
      s.textContent = JSON.stringify({ prefetch: [{ source: "list", urls: ["${url}"], eagerness: "immediate" }] }); document.head.append(s); window.rules = s; })()`;
    const page = await h.open({ snippet: "", config: { hosts: [`${new URL(SHOP).host}/seg`] } });
    await page.evaluate(rules("/seg/v1/x"));
    assert.equal(await page.evaluate("rules.type"), "speculationrules");
    assert.equal(await page.evaluate("segmentBlocker.decisions().at(-1).target"), "/seg/v1/x");
    await page.settle();
    assert.deepEqual(await h.world.requests(({ path }) => path.startsWith("/seg/")), []);
  });

  test("markup that the server made inert is held, and set free in order", async () => {
    for (const name of ["one", "two", "three"]) {
      await h.world.page(
        `https://cdn.segment.com/${name}.js`,
        `window.order = (window.order || "") + "${name} ";`,
        {
          headers: { "Content-Type": "text/javascript" },
        },
      );
    }
    const inert = (/** @type {string} */ name, type = "") =>
      `<script type="text/plain" data-segment-blocker="${type}" src="https://cdn.segment.com/${name}.js"></script>`;
    const body = `${inert("one")}<img data-segment-blocker-src="${PIXEL}?1" alt="a">${inert("two", "text/javascript")}
      <link rel=preload as=script data-segment-blocker-href="https://cdn.segment.com/two.js">
      <script type="text/plain" data-segment-blocker="">window.order += "inline "; "https://cdn.segment.com/x.js"</script>${inert("three")}
      <svg><image data-segment-blocker-xlink:href="${PIXEL}?2"/></svg>`;
    const page = await h.open({ snippet: "", body });
    assert.equal(await page.evaluate("document.images[0].getAttribute('src')"), `${PIXEL}?1`);
    assert.equal(await page.evaluate("document.body.innerHTML.includes('data-segment')"), false);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await page.until("window.order && window.order.length > 20");
    assert.equal(await page.evaluate("order"), "one two inline three ");
    await h.world.waitForRequests(({ url }) => url.startsWith(PIXEL), 2);
    assert.equal(
      await page.evaluate("document.documentElement.outerHTML.includes('text/plain')"),
      false,
    );
  });

  test("markup that the server made inert loads at once when consent is there", async () => {
    await h.world.page(LOADER, "window.ran = 1;", {
      headers: { "Content-Type": "text/javascript" },
    });
    const body = `<script type="text/plain" data-segment-blocker="" src="${LOADER}"></script><img data-segment-blocker-src="${PIXEL}">`;
    const page = await h.open({ snippet: "", config: { model: "opt-out" }, body });
    await page.until("window.ran === 1");
    await h.world.waitForRequests(({ url }) => url === PIXEL);
  });
}, ONE_PROCESS);
