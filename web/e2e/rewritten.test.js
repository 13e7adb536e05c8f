/**
 * Pages as the rewriter leaves them, against the same pages as they are: the browser asks Segment for nothing, the page's
 * own for everything, and the page's scripts run in the same order.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { ROOT } from "./lib/paths.js";
import { startTool } from "./lib/tool.js";
import { HOSTS } from "../src/gen/fallback.js";

const SITES = join(ROOT, "testdata/sites");
const GOLDEN = join(ROOT, "testdata/html");
const POLICY = "script-src 'nonce-r4nd0m' 'strict-dynamic'; object-src 'none'";

/**
 * A page and its headers; whether the rewriter, in doubt, leaves a part of it as it is, which only the gate in the page guards.
 * @typedef {{ body: Buffer, headers: Record<string, string>, doubtful?: boolean }} Site
 */

/** What waits because it stands in one attribute with Segment's. @type {Record<string, string[]>} */
const TOGETHER = { "/golden/links/": ["GET /a.png"] };

/** What Chromium asks for by itself. */
const BROWSERS_OWN = /^https?:\/\/[^/]*\.(google|googleapis|gvt1)\.com[/:]|favicon|settled\.test/;

/** @param {{ host: string, path: string }} record */
function toSegment({ host, path }) {
  return HOSTS.some(
    ([name, prefix]) => (host === name || host.endsWith("." + name)) && path.startsWith(prefix),
  );
}

/** @returns {Record<string, Site>} by path */
function sites() {
  /** @type {Record<string, Site>} */
  const all = {};
  for (const name of ["shop", "news", "docs", "app", "legacy"]) {
    /** @type {Record<string, string>} */
    const headers = {
      "Content-Type": name === "legacy" ? "text/html; charset=windows-1252" : "text/html",
    };
    if (name === "app") headers["Content-Security-Policy"] = POLICY;
    all[`/${name}`] = { body: readFileSync(join(SITES, `${name}.html`)), headers };
  }
  for (const name of readdirSync(GOLDEN)) {
    const { charset, body, want } = JSON.parse(
      readFileSync(join(GOLDEN, name, "case.json"), "utf8"),
    );
    if (!existsSync(join(GOLDEN, name, "in.html")) || body === "fragment") continue;
    all[`/golden/${name}/`] = {
      body: readFileSync(join(GOLDEN, name, "in.html")),
      headers: { "Content-Type": charset ? `text/html; charset=${charset}` : "text/html" },
      doubtful: !!want.unread,
    };
  }
  return all;
}

/** Types by ending; each script tells that it ran. @type {Record<string, [string, (path: string) => string]>} */
const FILES = {
  js: [
    "text/javascript",
    (path) => `(window.order = window.order || []).push(${JSON.stringify(path)});`,
  ],
  css: ["text/css", () => "p { background: url(/from-css.png) }"],
  html: ["text/html", () => "<!doctype html><p>Frame<img src=/in-frame.png>"],
  svg: ["image/svg+xml", () => `<svg xmlns="http://www.w3.org/2000/svg"/>`],
  json: ["application/json", () => "{}"],
};

inBrowsers(
  (h) => {
    const pages = sites();
    /** @type {import("node:http").Server} */
    let site;
    /** @type {Awaited<ReturnType<typeof startTool>>} */
    let proxy;
    /** @type {string} */
    let origin;
    before(async () => {
      site = createServer((request, response) => {
        const path = (request.url ?? "").split("?")[0];
        const page = pages[path];
        const [type, text] = FILES[path.split(".")[1]] ?? ["image/png", () => ""];
        response.writeHead(200, page ? page.headers : { "Content-Type": type });
        response.end(page ? page.body : text(path));
      }).listen(0, "127.0.0.1");
      await once(site, "listening");
      const { port } = /** @type {import("node:net").AddressInfo} */ (site.address());
      origin = `http://127.0.0.1:${port}`;
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
      await proxy.stop();
      site.closeAllConnections();
      site.close();
    });

    /**
     * Opens a page and tells what it asked for, without the host it stands on, and what ran.
     * @param {string} on
     * @param {string} path
     */
    const look = async (on, path) => {
      const mark = await h.world.mark();
      const page = await h.visit(on + path);
      await page.until("document.readyState === 'complete'");
      await page.settle();
      const records = await h.world.requests(undefined, mark);
      const own = records.filter(
        (record) =>
          !toSegment(record) &&
          !BROWSERS_OWN.test(record.url) &&
          !record.path.startsWith("/segment-blocker.js"),
      );
      return {
        asked: [
          ...new Set(own.map(({ method, url }) => `${method} ${url.replace(on, "")}`)),
        ].sort(),
        ran: await page.evaluate("window.order || []"),
        text: await page.evaluate("document.documentElement.textContent.length > 0"),
        leaks: records.filter(toSegment).map(({ url }) => url),
      };
    };

    for (const path of Object.keys(pages)) {
      test(`rewritten as it was: ${path}`, async () => {
        const plain = await look(origin, path);
        const gated = await look(proxy.url, path);
        const waits = TOGETHER[path] ?? [];
        if (!pages[path].doubtful) assert.deepEqual(gated.leaks, []);
        assert.deepEqual(
          gated.asked,
          plain.asked.filter((line) => !waits.includes(line)),
        );
        assert.deepEqual(sorted(gated.ran), sorted(plain.ran), "what ran");
        assert.deepEqual(inOrder(gated.ran), inOrder(plain.ran), "in its order");
        assert.equal(gated.text, plain.text);
        if (!path.startsWith("/golden")) {
          assert.ok(plain.leaks.length > 0, "the page as it is asks Segment");
          assert.ok(plain.asked.length > 5, "and for things of its own");
          assert.ok(plain.ran.length > 3);
        }
      });
    }
  },
  { engines: ["chromium"], ...ONE_PROCESS },
);

/** @param {string[]} ran */
function sorted(ran) {
  return [...ran].sort();
}

/** Without what comes when it comes: async scripts, and answers. @param {string[]} ran */
function inOrder(ran) {
  return ran.filter((name) => !/reviews|ads|session|chunk/.test(name));
}
