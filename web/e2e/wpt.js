/**
 * Runs web-platform-tests with and without the built gate and prints every test whose result differs. The gate runs first in
 * the page, as the snippet puts it, and holds a script, as before any choice: some functions are wrapped from then on.
 *
 * Usage: node web/e2e/wpt.js CHECKOUT DIRECTORY... (after make build), with `./wpt serve --no-h2` running in the checkout of
 * https://github.com/web-platform-tests/wpt. BROWSERS= is chromium or firefox, CHROMIUM= and FIREFOX= name other programs,
 * TABS= is how many tests run at once.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { LEAN } from "./lib/browsers/firefox.js";
import { findProgram } from "./lib/paths.js";

const GATE = readFileSync(
  fileURLToPath(new URL("../dist/segment-blocker.js", import.meta.url)),
  "utf8",
);
const HOLD = `document.createElement("script").src = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js";`;
const LIMIT = 15_000;
const HOSTS = ["web-platform.test", "not-web-platform.test"];

/**
 * A test file's outcome: the harness's status, and of each subtest name, status and message. A text when there is none.
 * @typedef {{ status: number, tests: [string, number, string | null][] } | string} Outcome
 */

/** Files that are no tests, or that need a person, a driver or other pages as reference. */
const NO_TEST = /manual|-ref|notref|\.tentative|crash|\.h2\./;

/**
 * The addresses of the tests in a directory.
 * @param {string} checkout
 * @param {string} directory
 * @returns {string[]}
 */
function testsIn(checkout, directory) {
  const found = [];
  for (const entry of readdirSync(join(checkout, directory), { withFileTypes: true })) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!/^(resources|support|tools|common)$/.test(entry.name))
        found.push(...testsIn(checkout, path));
    } else if (!NO_TEST.test(entry.name)) {
      found.push(...addressesOf(path, () => readFileSync(join(checkout, path), "latin1")));
    }
  }
  return found;
}

const VARIANT = /META: variant=(\S*)|<meta\s+name=["']?variant["']?\s+content=["']([^"']*)/g;

/**
 * A file's addresses: one for each of its variants.
 * @param {string} path
 * @param {() => string} read
 */
function addressesOf(path, read) {
  const script = /\.(any|window)\.js$/.test(path);
  if (!script && !/\.(html?|xhtml|svg)$/.test(path)) return [];
  const text = read();
  if (text.includes("testdriver") || (!script && !text.includes("testharness.js"))) return [];
  const globals = /META: global=(.*)/.exec(text);
  if (script && globals && !globals[1].includes("window")) return [];
  const host = path.includes(".https.")
    ? "https://web-platform.test:8443/"
    : "http://web-platform.test:8000/";
  const variants = [...text.matchAll(VARIANT)].map(([, js, html]) => js ?? html);
  const address = host + path.replace(/\.js$/, ".html");
  return (variants.length ? variants : [""]).map((variant) => address + variant);
}

/** Runs before the page: sends what the test harness says when it is done. */
function report() {
  const w = /** @type {any} */ (window);
  if (w !== w.top || w.opener) return;
  w.completion_callback = (/** @type {any[]} */ tests, /** @type {any} */ status) =>
    w.wptDone(
      JSON.stringify({
        status: status.status,
        tests: tests.map((test) => [test.name, test.status, test.message]),
      }),
    );
}

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} address
 * @param {boolean} gated
 * @returns {Promise<Outcome>}
 */
async function run(browser, address, gated) {
  const context = await browser.createBrowserContext();
  try {
    const late = new Promise((resolve) => setTimeout(resolve, LIMIT, "no result"));
    return await Promise.race([late, outcome(await context.newPage(), address, gated)]);
  } catch {
    // Some tests close the tab that they are in.
    return "no result";
  } finally {
    await Promise.race([
      context.close().catch(() => {}),
      new Promise((end) => setTimeout(end, LIMIT)),
    ]);
  }
}

/**
 * @param {import("puppeteer-core").Page} page
 * @param {string} address
 * @param {boolean} gated
 * @returns {Promise<Outcome>}
 */
async function outcome(page, address, gated) {
  page.on("dialog", (dialog) => dialog.dismiss().catch(() => {}));
  /** @type {(outcome: Outcome) => void} */
  let tell = () => {};
  const told = new Promise((resolve) => (tell = resolve));
  await page.exposeFunction("wptDone", (/** @type {string} */ text) => tell(JSON.parse(text)));
  await page.evaluateOnNewDocument(report);
  if (gated)
    await page.evaluateOnNewDocument(
      `if (window === window.top && !window.opener) {${GATE}\n${HOLD}}`,
    );
  page.goto(address, { timeout: LIMIT }).catch(() => {});
  return told;
}

/**
 * @param {Outcome} plain
 * @param {Outcome} gated
 * @returns {string[]} a line per difference
 */
function differences(plain, gated) {
  if (typeof plain === "string" || typeof gated === "string")
    return typeof plain === typeof gated
      ? []
      : [typeof plain === "string" ? "a result only with the gate" : "no result with the gate"];
  const before = new Map(plain.tests.map((test) => [test[0], test]));
  const found = plain.status === gated.status ? [] : [`harness: ${plain.status}, ${gated.status}`];
  for (const [name, status, message] of gated.tests) {
    const test = before.get(name);
    before.delete(name);
    if (!test) found.push(`only with the gate: ${name}`);
    else if (test[1] !== status) found.push(`${test[1]}, ${status}: ${name}: ${message}`);
  }
  for (const name of before.keys()) found.push(`only without the gate: ${name}`);
  return found;
}

/**
 * Compares one test with and without the gate, and once more what differs: some tests are not always the same.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} address
 */
async function compare(browser, address) {
  const plain = await run(browser, address, false);
  const first = differences(plain, await run(browser, address, true));
  if (first.length === 0) return { plain, found: first };
  const again = differences(await run(browser, address, false), await run(browser, address, true));
  return { plain, found: first.filter((line) => again.includes(line)) };
}

function launchChromium() {
  const hosts = HOSTS.flatMap((host) => [`MAP ${host} 127.0.0.1`, `MAP *.${host} 127.0.0.1`]);
  return puppeteer.launch({
    executablePath: findProgram("CHROMIUM", ["chromium"]),
    handleSIGINT: false,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--ignore-certificate-errors",
      "--disable-popup-blocking",
      `--host-resolver-rules=${hosts.join()}`,
    ],
  });
}

function launchFirefox() {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: findProgram("FIREFOX", ["firefox-esr", "firefox"]),
    acceptInsecureCerts: true,
    handleSIGINT: false,
    networkEnabled: false,
    extraPrefsFirefox: {
      ...LEAN,
      "network.dns.forceResolve": "127.0.0.1",
      "dom.disable_open_during_load": false,
      "privacy.trackingprotection.enabled": false,
      "privacy.trackingprotection.pbmode.enabled": false,
    },
  });
}

// puppeteer throws out of its own listeners when a tab is gone before it has looked at it.
process.on("uncaughtException", (error) => {
  if (!/main frame too early|Target closed|Session closed|detached/i.test(String(error)))
    throw error;
});

const [checkout, ...directories] = process.argv.slice(2);
if (!directories.length) throw new Error("usage: node web/e2e/wpt.js CHECKOUT DIRECTORY...");
const addresses = directories.flatMap((directory) => testsIn(checkout, directory));
const engine = process.env.BROWSERS ?? "chromium";
if (engine !== "chromium" && engine !== "firefox")
  throw new Error(`BROWSERS=${engine}: chromium or firefox, one at a time`);
const browser = await (engine === "firefox" ? launchFirefox() : launchChromium());
let next = 0;
const counts = { tests: 0, subtests: 0, silent: 0, different: 0 };
async function work() {
  while (next < addresses.length) {
    const address = addresses[next++];
    const { plain, found } = await compare(browser, address);
    counts.tests++;
    if (typeof plain === "string") counts.silent++;
    else counts.subtests += plain.tests.length;
    if (!found.length) continue;
    counts.different++;
    console.log([address, ...found].join("\n  "));
  }
}
// Ctrl-C ends the run with the tests that are being run: what was found until then is said.
process.once("SIGINT", () => (next = addresses.length));
await Promise.all(Array.from({ length: Number(process.env.TABS) || 3 }, work));
await browser.close();
console.log(
  `${counts.tests} of ${addresses.length} tests with ${counts.subtests} subtests, ${counts.silent} without a result in either: ${counts.different} differ`,
);
process.exitCode = counts.different ? 1 : 0;
