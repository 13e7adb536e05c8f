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
 * Runs in the page: microseconds that a call takes which no rule speaks of, the best of several loops each. Nothing reaches the
 * network but the images, which are lazy and in no document.
 */
async function measureCalls() {
  const CALLS = 3000;
  const LOOPS = 5;
  const make = (/** @type {string} */ name) => /** @type {any} */ (document.createElement(name));
  const [div, box, one, link, frame, script, image] = [
    "div",
    "div",
    "b",
    "link",
    "iframe",
    "script",
    "img",
  ].map(make);
  image.loading = "lazy";
  const request = new XMLHttpRequest();
  const url = "https://www.shop.example/";
  /** @type {Record<string, (i: number) => unknown>} */
  const calls = {
    "setAttribute of data-x": (i) => div.setAttribute("data-x", "v" + i),
    "setAttribute of a frame's src": (i) => frame.setAttribute("src", url + i),
    "a script's src": (i) => (script.src = url + i),
    "a script's src, relative": (i) => (script.src = "/v" + i),
    "a link's href": (i) => (link.href = url + i),
    "a frame's src": (i) => (frame.src = url + i),
    "a lazy image's src": (i) => (image.src = url + i),
    "a lazy image's srcset": (i) => (image.srcset = url + i + " 2x"),
    "append of an element": () => box.append(one),
    "appendChild of an element": () => box.appendChild(one),
    "createElement, src and append of a script": (i) => {
      const made = make("script");
      made.type = "text/x";
      made.src = url + i;
      box.append(made);
    },
    "innerHTML of text": (i) => (div.innerHTML = "<b>" + i + "</b>"),
    "innerHTML of an image": (i) => (div.innerHTML = `<img loading=lazy src=${url}${i}>`),
    textContent: (i) => (div.textContent = "v" + i),
    cloneNode: () => div.cloneNode(),
    // An invalid method fails before the network: what is left is the call.
    "fetch that fails at once": (i) => void fetch(url + i, { method: "é" }).catch(() => {}),
    "XMLHttpRequest's open": (i) => request.open("GET", url + i),
    "writing a cookie": (i) => (document.cookie = "x=" + (i % 10)),
    "reading cookies": () => document.cookie,
    "localStorage.setItem": (i) => localStorage.setItem("x", "v" + i),
    "localStorage.getItem": () => localStorage.getItem("x"),
    "localStorage.x = …": (i) => (localStorage.x = "v" + i),
    "localStorage.x": () => localStorage.x,
  };
  /** @type {Record<string, number>} */
  const costs = {};
  for (const [name, call] of Object.entries(calls)) {
    costs[name] = Infinity;
    for (let i = 0; i < 300; i++) call(i);
    for (let loop = 0; loop < LOOPS; loop++) {
      const start = performance.now();
      for (let i = 0; i < CALLS; i++) call(i);
      costs[name] = Math.min(costs[name], ((performance.now() - start) * 1000) / CALLS);
      await new Promise((done) => setTimeout(done));
    }
  }
  return costs;
}

/**
 * The cost of calls that no rule speaks of, with and without the gate, while a script of Segment's is held, as before any choice.
 * @param {import("puppeteer-core").Browser} browser
 */
async function hooks(browser) {
  const held = `<script>{const s=document.createElement("script");s.src="https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js";document.head.append(s)}</script>`;
  const heads = ["", `<script>${GATE}</script>${held}`];
  /** @type {Record<string, number[]>} */
  const best = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of [0, 1]) {
      const page = await open(browser, heads[side]);
      for (const [name, cost] of Object.entries(await page.evaluate(measureCalls))) {
        best[name] ??= [Infinity, Infinity];
        best[name][side] = Math.min(best[name][side], cost);
      }
      await page.close();
    }
  }
  for (const [name, [plain, gated]] of Object.entries(best)) {
    const more = gated - plain;
    line(
      name,
      `${gated.toFixed(2)} µs (${more < 0 ? "" : "+"}${more.toFixed(2)})`,
      gated / plain,
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
  const heads = [own, `<script>${GATE}</script>${own}`];
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><meta charset="utf-8">${heads[Number(request.url?.slice(1))]}`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const waits = { scripts: [[], []], fetches: [[], []] };
  const works = { scripts: [[], []], fetches: [[], []] };
  for (let round = 0; round < 2 * ROUNDS; round++) {
    for (const side of round % 2 ? [1, 0] : [0, 1]) {
      for (const what of /** @type {const} */ (["scripts", "fetches"])) {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${port}/${side}`);
        await /** @type {any} */ (page)._client().send("Network.disable");
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
  server.close();
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
