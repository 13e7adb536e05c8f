/**
 * Runs web-platform-tests in Chromium with and without the built gate and prints every test whose result differs. The gate
 * runs first in the page, as the snippet puts it.
 *
 * Usage: node web/e2e/wpt.js CHECKOUT DIRECTORY... (after make build), with `./wpt serve --no-h2` running in the checkout of
 * https://github.com/web-platform-tests/wpt. CHROMIUM= names another browser, TABS= how many tests run at once.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const GATE = readFileSync(
  fileURLToPath(new URL("../dist/segment-blocker.js", import.meta.url)),
  "utf8",
);
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
      const address = addressOf(path, () => readFileSync(join(checkout, path), "latin1"));
      if (address) found.push(address);
    }
  }
  return found;
}

/**
 * @param {string} path
 * @param {() => string} read
 */
function addressOf(path, read) {
  const script = /\.(any|window)\.js$/.test(path);
  if (!script && !/\.(html?|xhtml|svg)$/.test(path)) return "";
  const text = read();
  if (/testdriver|variant/.test(text) || (!script && !text.includes("testharness.js"))) return "";
  const globals = /META: global=(.*)/.exec(text);
  if (script && globals && !globals[1].includes("window")) return "";
  const host = path.includes(".https.")
    ? "https://web-platform.test:8443/"
    : "http://web-platform.test:8000/";
  return host + path.replace(/\.js$/, ".html");
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
    const page = await context.newPage();
    page.on("dialog", (dialog) => dialog.dismiss().catch(() => {}));
    /** @type {Promise<Outcome>} */
    const told = new Promise((resolve) => {
      setTimeout(() => resolve("no result"), LIMIT);
      page.exposeFunction("wptDone", (/** @type {string} */ text) => resolve(JSON.parse(text)));
    });
    await page.evaluateOnNewDocument(report);
    if (gated)
      await page.evaluateOnNewDocument(`if (window === window.top && !window.opener) {${GATE}}`);
    page.goto(address, { timeout: LIMIT }).catch(() => {});
    return await told;
  } finally {
    await context.close().catch(() => {});
  }
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

const [checkout, ...directories] = process.argv.slice(2);
if (!directories.length) throw new Error("usage: node web/e2e/wpt.js CHECKOUT DIRECTORY...");
const addresses = directories.flatMap((directory) => testsIn(checkout, directory));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--ignore-certificate-errors",
    "--disable-popup-blocking",
    `--host-resolver-rules=${HOSTS.flatMap((host) => [`MAP ${host} 127.0.0.1`, `MAP *.${host} 127.0.0.1`]).join()}`,
  ],
});
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
await Promise.all(Array.from({ length: Number(process.env.TABS) || 3 }, work));
await browser.close();
console.log(
  `${counts.tests} tests with ${counts.subtests} subtests, ${counts.silent} without a result in either: ${counts.different} differ`,
);
process.exitCode = counts.different ? 1 : 0;
