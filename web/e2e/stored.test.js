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

/** @typedef {{ title: string, now?: string, words?: object, from?: string, cookies?: Record<string, string>,
 *   storage?: Record<string, string>, want: Record<string, string> | null }} Sample */

/** Samples that are a CMP's own, of that day, in its usual words. @param {string} file @returns {Sample[]} */
function samples(file) {
  const { samples } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  return samples.filter((/** @type {Sample} */ s) => !s.now && !s.words && !s.from);
}

/** Whether a sample is a choice of its CMP. @param {Sample} sample */
const decided = ({ want }) => want !== null;

/** @typedef {Record<"functional" | "analytics" | "marketing", string>} States */

/** @type {States} */
const UNSET = { functional: "unset", analytics: "unset", marketing: "unset" };

/** The states that a sample gives. @param {Sample} sample @returns {States} */
const given = ({ want }) => ({ ...UNSET, ...want });

/** What a page of the site does with samples, and what it sees then. Runs in the page. */
function defineInPage() {
  return Object.assign(window, {
    /**
     * In WebKit a page sees for some milliseconds the value again that a cookie had before it changed it: word of that comes from the
     * network process late, though before the answer to a later request.
     */
    caughtUp: () => fetch(location.href).then(() => {}),
    /** @param {Sample} sample */
    write({ cookies = {}, storage = {} }) {
      for (const [name, value] of Object.entries(cookies))
        document.cookie = `${name}=${value}; path=/`;
      for (const [key, value] of Object.entries(storage)) localStorage.setItem(key, value);
    },
    /** @param {Sample} sample */
    remove({ cookies = {}, storage = {} }) {
      for (const name in cookies) document.cookie = `${name}=; path=/; max-age=0`;
      for (const key in storage) localStorage.removeItem(key);
    },
    /** @returns {States} */
    states() {
      const { functional, analytics, marketing } = window.segmentBlocker.getConsent();
      return { functional, analytics, marketing };
    },
  });
}

/** @typedef {ReturnType<typeof defineInPage>} Shop */

/** Writes and removes each sample. Runs in the page. @param {Sample[]} samples */
async function inTurn(samples) {
  const { write, remove, states, caughtUp } = /** @type {Shop} */ (/** @type {any} */ (window));
  const seen = [];
  for (const sample of samples) {
    write(sample);
    // The gate reads what was written once the script that writes it has ended.
    await null;
    const written = states();
    await caughtUp();
    remove(sample);
    await null;
    seen.push({ title: sample.title, written, removed: states() });
    await caughtUp();
  }
  return seen;
}

const PAGE = `<!doctype html><script>Date.now = () => ${NOW};</script><script src="/gate.js"></script><script>
  (${defineInPage})();
</script><title>Shop</title>`;

inBrowsers((h) => {
  test("what CMPs write is heard at once, gone when it is removed, and there on a return visit", async () => {
    await h.world.page(`${SHOP}/stored`, PAGE, { headers: { "content-type": "text/html" } });
    const page = await h.visit(`${SHOP}/stored`);
    for (const file of readdirSync(FOLDER)) {
      const all = samples(file);
      assert.deepEqual(
        await page.evaluate(inTurn, all),
        all.map((it) => ({ title: it.title, written: given(it), removed: UNSET })),
        file,
      );
      for (const sample of all.filter(decided).slice(0, 2)) {
        await page.evaluate(async (it) => {
          const { write, caughtUp } = /** @type {any} */ (window);
          write(it);
          await caughtUp();
        }, sample);
        await page.reload();
        assert.deepEqual(
          await page.evaluate("states()"),
          given(sample),
          `${file}: ${sample.title}, on a return visit`,
        );
        await page.evaluate((it) => /** @type {any} */ (window).remove(it), sample);
        await page.evaluate("caughtUp()");
      }
    }
    assert.deepEqual(page.problems?.errors ?? [], []);
  });

  test("a choice that is taken back in cookies does not count again when the browser tells of it late", async () => {
    const page = await h.open();
    const after = await page.evaluate(async () => {
      /** @type {string[]} */
      const heard = [];
      const { segmentBlocker } = window;
      segmentBlocker.on("consent", ({ analytics }) => heard.push(analytics));
      const choose = (/** @type {string} */ word) => {
        for (const name of ["statistics", "marketing"])
          document.cookie = `wp_consent_${name}=${word}; path=/`;
      };
      const rest = (/** @type {number} */ time) => new Promise((done) => setTimeout(done, time));
      // WebKit's word of the first comes within some milliseconds, in one of a hundred cases too late.
      for (let i = 0; i < 120; i++) {
        choose("allow");
        await rest(i % 8);
        choose("deny");
        await rest(12);
        if (heard.splice(0).join(" ") !== "granted denied") return `turn ${i}`;
      }
      return segmentBlocker.getConsent().analytics;
    });
    assert.equal(after, "denied");
  });
});
