/**
 * Benchmarks of the built gate in real Chromium, each against what it is compared with in the same run. It prints figures
 * and ratios and asserts nothing about time: machines differ.
 *
 * Usage: node web/e2e/bench.js (after make build). CHROMIUM= names another browser.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { HELD, measureCalls } from "./lib/calls.js";
import { line, signed } from "./lib/figures.js";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const GATE = readFileSync(WEB + "dist/segment-blocker.js", "utf8");
const UMD = WEB + "node_modules/@segment/analytics-next/dist/umd/";
const ANALYTICS = readFileSync(UMD + "standalone.js", "utf8");
const PAGE = "https://www.shop.example.co.uk/";
const ROUNDS = 7;

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} head markup of the page's head
 */
async function open(browser, head) {
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const url = new URL(request.url());
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "authorization, content-type",
    };
    if (url.href === PAGE)
      return request.respond({
        contentType: "text/html",
        body: `<!doctype html><html><head><meta charset="utf-8">${head}</head><body></body></html>`,
      });
    if (url.pathname.startsWith("/analytics.js/"))
      return request.respond({ contentType: "text/javascript", body: ANALYTICS });
    if (url.pathname.startsWith("/analytics-next/bundles/"))
      return request.respond({
        contentType: "text/javascript",
        body: readFileSync(UMD + url.pathname.split("/").pop()),
      });
    const settings = {
      integrations: { "Segment.io": { apiKey: "KEY" } },
      plan: {},
      edgeFunction: {},
    };
    return request.respond({
      headers,
      contentType: "application/json",
      body: url.pathname.endsWith("/settings") ? JSON.stringify(settings) : "{}",
    });
  });
  await page.goto(PAGE);
  return page;
}

/**
 * Evaluates both scripts in fresh pages and compares the milliseconds each takes.
 * @param {import("puppeteer-core").Browser} browser
 */
async function startUp(browser) {
  /** @type {Record<string, number[]>} */
  const times = { gate: [], analytics: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const page = await open(browser, "");
    const measured = await page.evaluate(
      (gate, analytics) => {
        /** @param {string} text */
        function run(text) {
          const script = document.createElement("script");
          script.textContent = text;
          const start = performance.now();
          document.head.append(script);
          return performance.now() - start;
        }
        return { analytics: run(analytics), gate: run(gate) };
      },
      GATE,
      ANALYTICS,
    );
    times.gate.push(measured.gate);
    times.analytics.push(measured.analytics);
    await page.close();
  }
  const gate = median(times.gate);
  const analytics = median(times.analytics);
  line(
    "start: script's first line to engine ready and hooks live",
    `${gate.toFixed(2)} ms`,
    gate / analytics,
    `Analytics.js' own evaluation, ${analytics.toFixed(2)} ms`,
  );
}

/**
 * Runs in the page before the gate: its wrappers stand where they do, and do nothing. What such a page costs more than one
 * without the gate is what the browser takes for functions that are not its own, whatever they do.
 */
function emptyWrappers() {
  const { apply, construct } = Reflect;
  const Native = Proxy;
  window.Proxy = new Native(Native, {
    construct: (_, [target, traps]) =>
      new Native(
        target,
        typeof target !== "function"
          ? traps
          : {
              apply: (native, self, args) => apply(native, self, args),
              construct: (native, args, made) => construct(native, args, made),
            },
      ),
  });
  return () => (window.Proxy = Native);
}

/**
 * Serves pages by number, and says where.
 * @param {string[]} heads markup of their heads
 */
async function serve(heads) {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><head><meta charset="utf-8">${heads[Number(request.url?.slice(1))]}</head><body>`,
    );
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/**
 * Opens a page whose requests the browser does not report to us: that would cost more than the calls.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} address
 */
async function openUnwatched(browser, address) {
  const page = await browser.newPage();
  await page.goto(address);
  await /** @type {any} */ (page)._client().send("Network.disable");
  return page;
}

/** Runs in the page: the one function that Chromium looks at (README, limits) is not its own, and does nothing. */
function emptyAppendChild() {
  const native = Node.prototype.appendChild;
  Node.prototype.appendChild = new Proxy(native, {});
}

/**
 * The cost of calls that no rule speaks of: without the gate, with an empty function at appendChild alone, with all of the
 * gate's wrappers empty, and with the gate while a script of Segment's is held, as before any choice.
 * @param {import("puppeteer-core").Browser} browser
 */
async function hooks(browser) {
  const empty = `<script>const restore=(${emptyWrappers})()</script><script>${GATE}</script><script>restore()</script>`;
  // The page's own script makes the calls, as on any page.
  const own = `<script>window.run = ${measureCalls}</script>`;
  const append = `<script>(${emptyAppendChild})()</script>`;
  const heads = ["", append, empty, `<script>${GATE}</script>${HELD}`];
  const pages = await serve(heads.map((head) => head + own));
  /** @type {Record<string, number[]>} */
  const best = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (let side = 0; side < heads.length; side++) {
      const page = await openUnwatched(browser, pages.address + side);
      const costs = await page.evaluate(() => /** @type {any} */ (window).run());
      for (const [name, cost] of Object.entries(costs)) {
        best[name] ??= heads.map(() => Infinity);
        best[name][side] = Math.min(best[name][side], cost);
      }
      await page.close();
    }
  }
  pages.close();
  for (const [name, [plain, appended, emptied, gated]] of Object.entries(best)) {
    const shares = `appendChild alone ${signed(appended - plain)}, empty wrappers ${signed(emptied - plain)}`;
    line(
      name,
      `${gated.toFixed(2)} µs (${signed(gated - plain)}; ${shares})`,
      // A call that takes less than the clock can tell has no ratio.
      plain ? gated / plain : undefined,
      `without the gate, ${plain.toFixed(2)} µs`,
    );
  }
}

/**
 * Runs in the page: milliseconds for inserting scripts that load, and for calling fetch.
 * @param {number} count
 * @param {boolean} scripts which of the two
 */
function reachOut(count, scripts) {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    if (scripts) {
      const script = document.createElement("script");
      script.src = "http://127.0.0.1:1/s" + i;
      document.head.append(script);
    } else {
      fetch("http://127.0.0.1:1/f" + i).catch(() => {});
    }
  }
  return performance.now() - start;
}

/**
 * Milliseconds that the main threads of all renderers have spent on a processor so far; undefined where the system does not say
 * (it is Linux's /proc).
 */
function processorTime() {
  try {
    let time = 0;
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer"))
        time += Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]);
    }
    return time / 1e6;
  } catch {
    return undefined;
  }
}

/**
 * The same for calls that reach the network: what the page waits for is the call, the answers are not counted. Nobody
 * listens where they go, and the browser reports no requests to us: both would cost more than the calls. The browser's network
 * process competes for the processors meanwhile, so that the page's clock goes astray by a tenth and more; the time that the
 * page's thread spends on a processor does so by less.
 * @param {import("puppeteer-core").Browser} browser
 */
async function network(browser) {
  const N = 5000;
  // The page's own script makes the calls, as on any page.
  const own = `<script>window.run = ${reachOut}</script>`;
  const pages = await serve([own, `<script>${GATE}</script>${own}`]);
  const waits = { scripts: [[], []], fetches: [[], []] };
  const works = { scripts: [[], []], fetches: [[], []] };
  for (let round = 0; round < 2 * ROUNDS; round++) {
    for (const side of round % 2 ? [1, 0] : [0, 1]) {
      for (const what of /** @type {const} */ (["scripts", "fetches"])) {
        const page = await openUnwatched(browser, pages.address + side);
        const before = processorTime();
        const time = await page.evaluate(
          (count, scripts) => /** @type {any} */ (window).run(count, scripts),
          N,
          what === "scripts",
        );
        const after = processorTime();
        /** @type {number[]} */ (waits[what][side]).push((time * 1000) / N);
        if (before !== undefined && after !== undefined)
          /** @type {number[]} */ (works[what][side]).push(((after - before) * 1000) / N);
        await page.close();
      }
    }
  }
  pages.close();
  const names = { scripts: "insert a script that loads", fetches: "call fetch for real" };
  for (const [clock, times] of /** @type {const} */ ([
    ["on the clock", waits],
    ["on the processor", works],
  ])) {
    if (!times.scripts[0].length) continue;
    const [plain, gated] = [0, 1].map((side) => ({
      scripts: median(times.scripts[side]),
      fetches: median(times.fetches[side]),
    }));
    for (const what of /** @type {const} */ (["scripts", "fetches"])) {
      line(
        `${names[what]}, ${clock}`,
        `${gated[what].toFixed(1)} µs`,
        gated[what] / plain[what],
        `without the gate, ${plain[what].toFixed(1)} µs`,
      );
    }
    line(
      `${N} scripts and ${N} calls of fetch, ${clock}`,
      `${(((gated.scripts + gated.fetches) * N) / 1000).toFixed(0)} ms`,
      (gated.scripts + gated.fetches) / (plain.scripts + plain.fetches),
      "without the gate",
    );
  }
}

/**
 * A thousand queued calls: the longest task while they are replayed.
 * @param {import("puppeteer-core").Browser} browser
 */
async function replay(browser) {
  const snippet = `var a=window.analytics=[];a.load=function(){var s=document.createElement("script");s.src="https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js";document.head.append(s)};a.invoked=true;["track","page","identify"].forEach(function(m){a[m]=function(){a.push([m].concat([].slice.call(arguments)));return a}});a._writeKey="KEY";a.load()`;
  const page = await open(browser, `<script>${GATE}</script><script>${snippet}</script>`);
  const result = await page.evaluate(async () => {
    const { analytics } = /** @type {any} */ (window);
    for (let i = 0; i < 1000; i++) analytics.track("Event " + i, { n: i });
    /** @type {number[]} */
    const tasks = [];
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => tasks.push(entry.duration)),
    ).observe({ type: "longtask" });
    const start = performance.now();
    /** @type {Promise<{ count: number }>} */
    const replayed = new Promise((resolve) => window.segmentBlocker.on("replay", resolve));
    window.segmentBlocker.setConsent({ analytics: true });
    const { count } = await replayed;
    const time = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { count, time, longest: Math.max(0, ...tasks) };
  });
  line(
    `replay of ${result.count} calls`,
    `${result.time.toFixed(0)} ms, longest task ${result.longest ? result.longest.toFixed(0) : "under 50"} ms`,
  );
  await page.close();
}

/**
 * The engine's memory over a million decisions.
 */
async function memory() {
  const { instance } = await WebAssembly.instantiate(
    readFileSync(WEB + "dist/segment-blocker.wasm"),
    {},
  );
  const api = /** @type {any} */ (instance.exports);
  api._initialize();
  const at = api.reserve(1024);
  new TextEncoder().encodeInto(
    "cdn.segment.com/analytics.js/v1/KEY/analytics.min.js",
    new Uint8Array(api.memory.buffer, at, 1024),
  );
  const before = api.memory.buffer.byteLength;
  const start = performance.now();
  for (let i = 0; i < 1e6; i++) api.decide(1, 15, 37);
  const each = (performance.now() - start) / 1e3;
  line(
    "engine memory over a million decisions",
    `${before} bytes before, ${api.memory.buffer.byteLength} after`,
    api.memory.buffer.byteLength / before,
    "before",
  );
  line("a decision, without the copying of its text", `${each.toFixed(3)} µs`);
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  await startUp(browser);
  await hooks(browser);
  await network(browser);
  await replay(browser);
  await memory();
} finally {
  await browser.close();
}
