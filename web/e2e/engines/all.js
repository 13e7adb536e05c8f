/** The browser tests in one engine, in this process: a browser that is up is up for all of them. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Registers the tests of all files that the environment names (BROWSER_TESTS, separated by spaces).
 * @param {import("../lib/harness.js").Engine} engine
 */
export async function testIn(engine) {
  process.env.BROWSERS = engine;
  const files = (process.env.BROWSER_TESTS ?? "").split(/\s+/).filter(Boolean);
  if (files.length === 0) throw new Error("BROWSER_TESTS names no test: run make test-browser");
  for (const file of files.sort()) await import(pathToFileURL(resolve(file)).href);
}
