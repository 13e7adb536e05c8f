/**
 * The frame of a browser test: one proxy and one browser a file and engine, a fresh visitor and an empty log a test.
 *
 *   inBrowsers((h) => {
 *     test("holds Segment before a choice", async () => {
 *       const page = await h.open({ snippet: "5.2.1" });
 *       …
 *     });
 *   });
 */
import { after, afterEach, before, beforeEach, describe } from "node:test";
import { needGate } from "./paths.js";
import { pageObject } from "./page.js";
import { SHOP, shopHeaders, shopPage } from "./shop.js";
import { startWorld, toSegment } from "./world.js";

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */
/** @typedef {import("./shop.js").ShopOptions} ShopOptions */

/** @type {Engine[]} */
const ENGINES = ["chromium", "firefox", "webkit"];

/** Options for tests of many pages, of which none is about frames of other origins. */
export const ONE_PROCESS = { oneProcess: true };

/** By these, all pages of Chromium share a process: starting one is most of what a page costs. */
const SHARED = ["--disable-site-isolation-trials", "--renderer-process-limit=1"];

/** The engines to test in: BROWSERS, separated by spaces or commas. Only Chromium when it is not set. */
function selected() {
  const words = (process.env.BROWSERS ?? "chromium").split(/[\s,]+/).filter(Boolean);
  const unknown = words.find((word) => !ENGINES.includes(/** @type {Engine} */ (word)));
  if (unknown || words.length === 0)
    throw new Error(`BROWSERS: no such browser: ${unknown} (${ENGINES.join(", ")})`);
  return /** @type {Engine[]} */ (words);
}

/**
 * Runs the same tests in every selected engine.
 * @param {(h: Harness) => void} define registers tests
 * @param {{ engines?: Engine[], needsGate?: boolean, oneProcess?: boolean }} [options] engines: those that can do what the tests
 *   need, default all; oneProcess: pages of Chromium share a process
 */
export function inBrowsers(
  define,
  { engines = ENGINES, needsGate = true, oneProcess = false } = {},
) {
  for (const engine of selected().filter((name) => engines.includes(name))) {
    describe(`in ${engine}`, () => {
      const h = harness(engine, oneProcess && engine === "chromium" ? SHARED : []);
      before(async () => {
        if (needsGate) needGate();
        await h.start();
      });
      beforeEach(() => h.begin());
      afterEach(() => h.end());
      after(() => h.stop());
      define(h);
    });
  }
}

/**
 * @param {Engine} engine
 * @param {string[]} args for the browser's command line
 */
function harness(engine, args) {
  /** @type {import("./world.js").World} */
  let world;
  /** @type {any} */
  let browser;
  /** @type {string} */
  let label;
  /** Comes with the first page: not every test opens one. @type {Promise<import("./browsers/puppeteer.js").Visitor> | undefined} */
  let visitor;
  const someone = () => (visitor ??= browser.visitor(label));
  const h = {
    engine,
    /** The proxy and its log: requests, events, pages, faults. */
    get world() {
      return world;
    },
    async start() {
      const { launch } = await import(`./browsers/${engine}.js`);
      world = await startWorld();
      browser = await launch({ proxy: world.address, args });
    },
    async begin() {
      label = await world.reset();
      visitor = undefined;
    },
    end: async () => (await visitor)?.close(),
    async stop() {
      await browser?.close();
      await world?.close();
    },
    /**
     * Writes a shop page and opens it in a new tab.
     * @param {ShopOptions} [options]
     */
    async open(options = {}) {
      const url = await h.write(options);
      return h.visit(url);
    },
    /**
     * Opens any URL in a new tab of the same visitor.
     * @param {string} url
     */
    visit: async (url) => pageObject(h, await (await someone()).open(url)),
    /**
     * Writes a shop page without opening it. Returns its URL.
     * @param {ShopOptions} [options]
     */
    async write(options = {}) {
      const url = (options.origin ?? SHOP) + (options.path ?? "/");
      await world.page(url, shopPage(options), { headers: shopHeaders(options) });
      return url;
    },
    /** What went to Segment's own hosts, as "METHOD URL". @param {number} [since] */
    async leaks(since) {
      const found = await world.requests(toSegment, since);
      return found.map((record) => `${record.method} ${record.url}`);
    },
  };
  return h;
}

/** @typedef {ReturnType<typeof harness>} Harness */
