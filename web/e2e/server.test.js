/** A site behind `segment-blocker proxy`: static tags, which no script can stop, wait for consent too. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { startTool } from "./lib/tool.js";

const CDN = "https://cdn.segment.com";
const SCRIPT = { headers: { "Content-Type": "text/javascript" } };

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
  "/frame": `<!doctype html><p>Frame<img src="/in-frame.png">`,
  "/text": `<!doctype html><meta charset=utf-8><textarea><script src="${CDN}/x.js"></script></textarea>
    <!-- <script src="${CDN}/y.js"></script> --><noscript><img src="${CDN}/z.gif"></noscript>
    <script>const text = '<script src="${CDN}/w.js">'; document.body.append(text);</script>
    <picture><source srcset="/own.webp 1x"><img src="/own.png"></picture><video poster="/own.jpg"></video>
    <template><img src="/in-template.png"></template>`,
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
      const text = PAGES[request.url ?? ""];
      const script = request.url?.endsWith(".js");
      response.setHeader(
        "Content-Type",
        script ? "text/javascript" : text ? "text/html" : "image/png",
      );
      response.end(text ?? (script ? "(window.order = window.order || []).push('own');" : ""));
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
