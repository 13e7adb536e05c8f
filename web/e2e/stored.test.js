/**
 * What CMPs write into cookies and localStorage, in the formats of testdata/consent/cmps: heard when it is written, gone
 * when it is removed, and there at once on a return visit.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const FOLDER = new URL("../../testdata/consent/cmps/", import.meta.url);
/** The day that the samples are of. */
const NOW = Date.parse("2026-11-23T12:00:00Z");
const PAGE = `<!doctype html><script>Date.now = () => ${NOW};</script><script src="/gate.js"></script><title>Shop</title>`;

/** @typedef {{ title: string, now?: string, words?: object, from?: string, cookies?: Record<string, string>,
 *   storage?: Record<string, string>, want: Record<string, string> | null }} Sample */

/** Samples that are a CMP's own, of that day, in its usual words. @param {string} file @returns {Sample[]} */
function samples(file) {
  const { samples } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  return samples.filter((/** @type {Sample} */ s) => !s.now && !s.words && !s.from);
}

/** Whether a sample is a choice of its CMP. @param {Sample} sample */
const decided = ({ want }) => want !== null;

/** Writes a sample, as page code. @param {Sample} sample */
function write({ cookies = {}, storage = {} }) {
  for (const [name, value] of Object.entries(cookies)) document.cookie = `${name}=${value}; path=/`;
  for (const [key, value] of Object.entries(storage)) localStorage.setItem(key, value);
}

/** Removes it. @param {Sample} sample */
function remove({ cookies = {}, storage = {} }) {
  for (const name in cookies) document.cookie = `${name}=; path=/; max-age=0`;
  for (const key in storage) localStorage.removeItem(key);
}

/** The states in force, without what is unset. @param {import("./lib/page.js").Page} page */
async function states(page) {
  const { functional, analytics, marketing } = await page.gate("getConsent()");
  return known({ functional, analytics, marketing });
}

/** @param {Record<string, string> | null} all */
function known(all) {
  return Object.fromEntries(Object.entries(all ?? {}).filter(([, state]) => state !== "unset"));
}

inBrowsers((h) => {
  for (const file of readdirSync(FOLDER)) {
    const all = samples(file);
    if (!all.some(decided)) continue;
    test(`what ${file.replace(".json", "")} writes`, async () => {
      const headers = { "content-type": "text/html" };
      await h.world.page(`${SHOP}/stored`, PAGE, { headers });
      const page = await h.visit(`${SHOP}/stored`);
      for (const sample of all) {
        await page.evaluate(write, sample);
        assert.deepEqual(await states(page), known(sample.want), sample.title);
        await page.evaluate(remove, sample);
        assert.deepEqual(await states(page), {}, `${sample.title}, removed`);
      }
      for (const sample of all.filter(decided).slice(0, 2)) {
        await page.evaluate(write, sample);
        await page.reload();
        assert.deepEqual(
          await states(page),
          known(sample.want),
          `${sample.title}, on a return visit`,
        );
        await page.evaluate(remove, sample);
      }
      assert.deepEqual(page.problems?.errors ?? [], []);
    });
  }
});
