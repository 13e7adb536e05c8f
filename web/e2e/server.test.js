/** A site behind `segment-blocker proxy`: static tags, which no script can stop, wait for consent too. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { startTool } from "./lib/tool.js";

const CDN = "https://cdn.segment.com";
const SCRIPT = { headers: { "Content-Type": "text/javascript" } };

const NOSCRIPT = `a<img src="https://api.segment.io/v1/pixel/noscript" srcset="${CDN}/x.png 9x"><img src=/own.png>`;

/** Pages of the site. @type {Record<string, string>} */
const PAGES = {
  "/": `<!doctype html><html><head><meta charset="utf-8"><title>Shop</title>
    <link rel="preload" as="script" href="${CDN}/one.js"><link rel="dns-prefetch" href="//api.segment.io">
    <script>window.order = ["first"];</script>
    <script src="${CDN}/one.js"></script>
    <script src="/own.js"></script></head>
    <body><h1>Shop</h1><img src="https://api.segment.io/v1/pixel/page?data=x" alt=""><img src="/own.png" alt="">
    <script type="text/javascript" src="${CDN}/two.js"></script>
    <script async src="${CDN}/three.js"></script>
    <script type="module">import "${CDN}/four.js";</script>
    <svg width="1" height="1"><image href="https://api.segment.io/v1/pixel/svg"/></svg></body></html>`,
  "/quirks": `<title>Old</title><link rel=stylesheet href=/own.css><p>Text<img src='/own.png'><table background=/own.gif><tr><td>x</table>
    <script src=${CDN}/one.js></script><script src=/own.js defer></script><iframe src=/frame></iframe>`,
  "/refresh": `<!doctype html><html><head><meta http-equiv="refresh" content="0; url=https://api.segment.io/v1/pixel/refresh"></head><p>x`,
  "/refresh-in-frame": `<!doctype html><p>x<iframe src="/refresh"></iframe>`,
  "/noscript": `<!doctype html><p>x<noscript>${NOSCRIPT}</noscript>
    <script>window.read = document.querySelector("noscript").textContent;</script>`,
  "/frame": `<!doctype html><p>Frame<img src="/in-frame.png">`,
  "/text": `<!doctype html><meta charset=utf-8><textarea><script src="${CDN}/x.js"></script></textarea>
    <!-- <script src="${CDN}/y.js"></script> --><noscript><img src="${CDN}/z.gif"></noscript>
    <script>const text = '<script src="${CDN}/w.js">'; document.body.append(text);</script>
    <picture><source srcset="/own.webp 1x"><img src="/own.png"></picture><video poster="/own.jpg"></video>
    <template><img src="/in-template.png"></template>`,
};

const PIXEL = "https://api.segment.io/v1/pixel";
const TAGS = `<script src="${CDN}/one.js"></script><img src="${PIXEL}/static" alt="">`;
const WASM = "'wasm-unsafe-eval'";
const HASH = `'sha256-${createHash("sha256").update("window.ran = true").digest("base64")}'`;

/**
 * Pages that once came to the browser without their gate, or with tags that the rewriter had not read.
 * @type {Record<string, string>}
 */
const LEAKED = {
  "/base": `<!doctype html><html><head><base href="https://static.example/"><meta charset=utf-8></head><body>${TAGS}`,
  "/untyped": `<!doctype html><html><head><title>x</title></head><body>${TAGS}`,
  "/empty-type": `<!doctype html><html><head><title>x</title></head><body>${TAGS}`,
  "/icon": `<!doctype html><p>x<svg width="1" height="1"><image href="data:image/png;base64,${"A".repeat(70_000)}"/></svg>${TAGS}`,
  "/implied": `<!doctype html><p>x<svg><foreignObject><div><p>a</div><ul><li>b</ul></foreignObject></svg>
    <select><option><svg><path d="M0"/></svg>a</select>${TAGS}`,
};

/** Service workers as sites have them, by path. @type {Record<string, string>} */
const WORKERS = {
  "/passing-worker.js": `addEventListener("install", () => skipWaiting());
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));`,
  "/caching-worker.js": `addEventListener("install", (event) => {
      skipWaiting();
      event.waitUntil(caches.open("v1").then((cache) => cache.addAll(["/"])));
    });
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    addEventListener("fetch", (event) =>
      event.respondWith(caches.match(event.request).then((found) => found || fetch(event.request))));`,
};

/** Policies that do not name the gate, by path. @type {Record<string, string>} */
const POLICIES = {
  "/policy/hosts": `script-src 'unsafe-inline' ${WASM} https://cdn.segment.com https://static.example`,
  "/policy/scheme": `script-src 'unsafe-inline' ${WASM} https:`,
  "/policy/hashes": `script-src ${WASM} ${HASH}`,
  "/policy/trust": `script-src 'strict-dynamic' ${WASM} ${HASH}`,
  "/policy/default": `default-src 'unsafe-inline' ${WASM} https://static.example; connect-src *`,
  "/policy/two": `script-src 'unsafe-inline' ${WASM} *, script-src-elem ${HASH} https:`,
};

inBrowsers((h) => {
  /** @type {import("node:http").Server} */
  let site;
  /** @type {Awaited<ReturnType<typeof startTool>>} */
  let proxy;
  /** @type {string} */
  let origin;
  before(async () => {
    site = createServer((request, response) => {
      const url = request.url ?? "";
      if (LEAKED[url] || POLICIES[url]) return leaked(url, response);
      const text = PAGES[url];
      const script = request.url?.endsWith(".js");
      response.setHeader(
        "Content-Type",
        script ? "text/javascript" : text ? "text/html" : "image/png",
      );
      response.end(
        text ?? WORKERS[url] ?? (script ? "(window.order = window.order || []).push('own');" : ""),
      );
    }).listen(0, "127.0.0.1");
    await once(site, "listening");
    origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (site.address()).port}`;
    proxy = await startTool([
      "proxy",
      "--upstream",
      origin,
      "--listen",
      "127.0.0.1:0",
      "--log-level",
      "error",
    ]);
  });
  after(async () => {
    assert.equal(await proxy.stop(), 0, "the proxy stops in peace when it is told to");
    site.closeAllConnections();
    site.close();
  });

  /**
   * Answers with a page that once leaked.
   * @param {string} url
   * @param {import("node:http").ServerResponse} response
   */
  function leaked(url, response) {
    if (POLICIES[url]) response.setHeader("Content-Security-Policy", POLICIES[url]);
    if (url === "/empty-type") response.setHeader("Content-Type", "");
    else if (url !== "/untyped") response.setHeader("Content-Type", "text/html");
    response.flushHeaders();
    // Not in one piece with the headers.
    setTimeout(
      () => response.end(LEAKED[url] ?? `<!doctype html><script>window.ran = true</script>${TAGS}`),
      50,
    );
  }

  /** What was asked of the site, but for the gate and what browsers ask by themselves. @param {number} since */
  const asked = async (since) => {
    const ours = await h.world.requests(
      ({ host, path }) => host.startsWith("127.0.0.1") && !/segment-blocker|favicon/.test(path),
      since,
    );
    return [...new Set(ours.map(({ path }) => path))].sort();
  };

  test("static tags make no request to Segment before consent, and load in order after it", async () => {
    for (const name of ["one", "two", "three", "four"]) {
      await h.world.page(
        `${CDN}/${name}.js`,
        `(window.order = window.order || []).push("${name}");`,
        {
          headers: { ...SCRIPT.headers, "Access-Control-Allow-Origin": "*" },
        },
      );
    }
    const page = await h.visit(`${proxy.url}/`);
    await page.until("window.order && window.order.includes('own')");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.equal(await page.gate("engine"), "wasm");
    assert.equal(
      await page.evaluate("document.documentElement.outerHTML.includes('data-segment-blocker')"),
      false,
    );
    await page.grant();
    await page.until("window.order.length === 6");
    const order = await page.evaluate("order");
    assert.deepEqual(
      order.filter((/** @type {string} */ word) => ["first", "own", "one", "two"].includes(word)),
      ["first", "own", "one", "two"],
    );
    await h.world.waitForRequests(({ url }) => url.includes("/v1/pixel/page"));
    await h.world.waitForRequests(({ url }) => url.includes("/v1/pixel/svg"));
  });

  for (const path of Object.keys(LEAKED)) {
    test(`a page gets its gate, and its tags wait: ${path}`, async () => {
      const page = await h.visit(proxy.url + path);
      await page.settle();
      assert.equal(await page.gate("engine"), "wasm");
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await h.world.waitForRequests(({ url }) => url === `${PIXEL}/static`);
    });
  }

  test("policies that do not name the gate let it through, and the page's scripts as ever", async () => {
    const inline = await startTool([
      ...["proxy", "--upstream", origin, "--listen", "127.0.0.1:0"],
      ...["--snippet", "inline", "--log-level", "error"],
    ]);
    try {
      for (const url of [proxy.url, inline.url]) {
        for (const path of Object.keys(POLICIES)) {
          const page = await h.visit(url + path);
          await page.settle();
          assert.equal(await page.gate("engine"), "wasm", `${path} ${POLICIES[path]}`);
          assert.equal(await page.evaluate("window.ran"), true, path);
        }
      }
      assert.deepEqual(await h.leaks(), []);
    } finally {
      await inline.stop();
    }
  });

  test("a noscript shows what the page wrote, from its next script on", async () => {
    const page = await h.visit(`${proxy.url}/noscript`);
    await page.settle();
    assert.equal(await page.evaluate("window.read"), NOSCRIPT);
    assert.equal(await page.evaluate("document.querySelector('noscript').textContent"), NOSCRIPT);
    assert.deepEqual(await h.leaks(), []);
    const answer = await fetch(`${proxy.url}/noscript`);
    assert.match(await answer.text(), /<noscript>a<img data-segment-blocker-src=/);
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', window.read)");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await h.world.waitForRequests(({ url }) => url === `${PIXEL}/noscript`);
  });

  test("a page that a service worker asks for has its gate", async () => {
    for (const worker of ["/passing-worker.js", "/caching-worker.js"]) {
      const page = await h.visit(`${proxy.url}/frame`);
      await page.evaluate(`(async () => {
        await navigator.serviceWorker.register("${worker}");
        await navigator.serviceWorker.ready;
      })()`);
      const next = await h.visit(`${proxy.url}/`);
      await next.until("navigator.serviceWorker.controller");
      await next.settle();
      assert.equal(await next.gate("engine"), "wasm", worker);
      await next.evaluate(`(async () => {
        for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
      })()`);
    }
    assert.deepEqual(await h.leaks(), []);
  });

  for (const path of ["/refresh", "/refresh-in-frame"]) {
    test(`where a refresh goes waits, and is gone to on the grant: ${path}`, async () => {
      const page = await h.visit(proxy.url + path);
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await h.world.waitForRequests(({ url }) => url === `${PIXEL}/refresh`);
    });
  }

  for (const path of ["/", "/quirks", "/text"]) {
    test(`what is not Segment's is asked for as without the proxy: ${path}`, async () => {
      const plain = await h.visit(origin + path);
      await plain.settle();
      const without = await asked(0);
      const mark = await h.world.mark();
      const page = await h.visit(proxy.url + path);
      await page.settle();
      assert.deepEqual(await asked(mark), without);
      assert.deepEqual(await h.leaks(mark), []);
    });
  }
});
