/**
 * Benchmarks of the built gate in real Chromium, each against what it is compared with in the same run. It prints figures
 * and ratios and asserts nothing about time: machines differ.
 *
 * Usage: node web/e2e/bench.js (after make build). CHROMIUM= names another browser.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

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
 * @param {string} what
 * @param {string} figure
 * @param {number} [ratio]
 * @param {string} [against]
 */
function line(what, figure, ratio, against) {
  console.log(
    `${what}: ${figure}${ratio === undefined ? "" : `, ${ratio.toFixed(2)} x ${against}`}`,
  );
}

/**
 * The cost of calls that no rule speaks of, with and without the gate.
 * @param {import("puppeteer-core").Browser} browser
 */
async function hooks(browser) {
  /** @type {Record<string, number[][]>} */
  const all = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [side, head] of [
      ["plain", ""],
      ["gated", `<script>${GATE}</script>`],
    ]) {
      const page = await open(browser, head);
      const measured = await page.evaluate(async () => {
        const N = 5000;
        /** @type {Record<string, number>} */
        const costs = {};
        /** @param {string} name @param {(i: number) => void} each */
        const measure = (name, each) => {
          for (let i = 0; i < 300; i++) each(i);
          const start = performance.now();
          for (let i = 0; i < N; i++) each(i);
          costs[name] = ((performance.now() - start) * 1000) / N;
        };
        measure("insert a script with a URL", (i) => {
          const script = document.createElement("script");
          script.type = "text/plain";
          script.src = "https://www.shop.example.co.uk/x" + i;
          document.head.append(script);
        });
        measure("insert a div", () => document.body.append(document.createElement("div")));
        measure("set an attribute", (i) => document.body.setAttribute("data-x", String(i)));
        measure("write a cookie", (i) => (document.cookie = "x=" + i));
        measure("read cookies", () => document.cookie);
        measure("write to localStorage", (i) => localStorage.setItem("x", String(i)));
        // An invalid method fails before the network: what is left is the call.
        measure("call fetch", (i) =>
          fetch("https://www.shop.example.co.uk/y" + i, { method: "é" }).catch(() => {}),
        );
        return costs;
      });
      for (const [name, cost] of Object.entries(measured)) {
        all[name] ??= [[], []];
        all[name][side === "plain" ? 0 : 1].push(cost);
      }
      await page.close();
    }
  }
  for (const [name, [plain, gated]] of Object.entries(all)) {
    const [p, g] = [median(plain), median(gated)];
    line(
      `${name}`,
      `${g.toFixed(2)} µs (+${(g - p).toFixed(2)})`,
      g / p,
      `without the gate, ${p.toFixed(2)} µs`,
    );
  }
}

/**
 * The same for calls that reach the network: what the page waits for is the call, the answers are not counted. Nobody
 * listens where they go, and the browser reports no requests to us: both would cost more than the calls.
 * @param {import("puppeteer-core").Browser} browser
 */
async function network(browser) {
  const N = 5000;
  const heads = ["", `<script>${GATE}</script>`];
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><meta charset="utf-8">${heads[Number(request.url?.slice(1))]}`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  /** @type {number[][]} */
  const scripts = [[], []];
  /** @type {number[][]} */
  const fetches = [[], []];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    for (const side of round % 2 ? [1, 0] : [0, 1]) {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/${side}`);
      await /** @type {any} */ (page)._client().send("Network.disable");
      const [script, call] = await page.evaluate(async (count) => {
        let start = performance.now();
        /** @type {any} */
        let last;
        for (let i = 0; i < count; i++) {
          last = document.createElement("script");
          last.src = "http://127.0.0.1:1/s" + i;
          document.head.append(last);
        }
        const scripts = performance.now() - start;
        await new Promise((done) => /** @type {any} */ (last.onerror = done));
        start = performance.now();
        const calls = [];
        for (let i = 0; i < count; i++)
          calls.push(fetch("http://127.0.0.1:1/f" + i).catch(() => {}));
        const fetches = performance.now() - start;
        await Promise.all(calls);
        return [scripts, fetches];
      }, N);
      scripts[side].push((script * 1000) / N);
      fetches[side].push((call * 1000) / N);
      await page.close();
    }
  }
  server.close();
  const both = scripts.map((times, side) => times.map((time, i) => time + fetches[side][i]));
  for (const [name, [plain, gated]] of Object.entries({
    "insert a script that loads": scripts,
    "call fetch for real": fetches,
    "one of each": both,
  })) {
    const [p, g] = [median(plain), median(gated)];
    line(name, `${g.toFixed(1)} µs`, g / p, `without the gate, ${p.toFixed(1)} µs`);
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
