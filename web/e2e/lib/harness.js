/**
 * The frame of a browser test: the proxy and the browser that run for the files of this process; for each test an empty log, and
 * a visitor of whom nothing is stored.
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
import { bringUp, killBrowser, takeDown } from "./running.js";
import { ownVisitors } from "./visitors.js";
import { toSegment } from "./world.js";

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */
/** @typedef {import("./shop.js").ShopOptions} ShopOptions */

/** @type {Engine[]} */
const ENGINES = ["chromium", "firefox", "webkit"];

/** Options for tests of many pages, of which none is about frames of other origins. */
export const ONE_PROCESS = { oneProcess: true };

/** Options for tests that need several tabs at once, or a browser that has seen nothing yet. */
export const OWN_VISITOR = { ownVisitor: true };

/** By these, all pages of Chromium share a process: starting one is most of what a page costs. */
const SHARED = ["--disable-site-isolation-trials", "--renderer-process-limit=1"];

/** How many suites of this process are not through. */
let suites = 0;

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
 * @param {{ engines?: Engine[], needsGate?: boolean, oneProcess?: boolean, ownVisitor?: boolean }} [options] engines: those that
 *   can do what the tests need, default all; oneProcess: pages of Chromium share a process; ownVisitor: each test has one, with
 *   a tab for each page, where otherwise a page that is opened takes the place of the one before
 */
export function inBrowsers(
  define,
  { engines = ENGINES, needsGate = true, oneProcess = false, ownVisitor = false } = {},
) {
  for (const engine of selected().filter((name) => engines.includes(name))) {
    suites++;
    describe(`in ${engine}`, () => {
      const h = harness(engine, oneProcess && engine === "chromium" ? SHARED : [], ownVisitor);
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
 * @param {boolean} ownVisitor
 */
function harness(engine, args, ownVisitor) {
  /** @type {import("./world.js").World} */
  let world;
  /** @type {string} */
  let label;
  /** @type {import("./visitors.js").Visitors} */
  let visitors;
  const h = {
    engine,
    /** The proxy and its log: requests, events, pages, faults. */
    get world() {
      return world;
    },
    async start() {
      const running = await bringUp(engine, args);
      world = running.world;
      visitors = running.shared;
      if (!ownVisitor) return;
      // WebKit's driver has one at a time.
      await running.shared.close();
      visitors = ownVisitors(running.browser);
    },
    /** Another browser takes the place of a Firefox that hangs; the pages that it had open are gone. */
    async replaceBrowser() {
      await killBrowser();
      await h.start();
    },
    async begin() {
      label = await world.reset();
    },
    end: () => visitors.end(),
    async stop() {
      if (--suites === 0) await takeDown();
    },
    /**
     * Writes a shop page and opens it.
     * @param {ShopOptions} [options]
     */
    async open(options = {}) {
      const url = await h.write(options);
      return h.visit(url);
    },
    /**
     * Opens any URL for the same visitor.
     * @param {string} url
     */
    visit: async (url) => pageObject(h, await visitors.open(url, label)),
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
