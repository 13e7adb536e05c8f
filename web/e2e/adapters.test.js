/**
 * Every adapter that reads a CMP's own interface, against a page that has just this interface and stores nothing: what it
 * says before a choice grants nothing, a grant and a refusal are heard, and where it needs no banner Segment starts.
 * The shapes are those of the documentation that each file of src/cmp names.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CMPS, EMITTER } from "./lib/cmps.js";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";

/** Heard in sources.test.js: the standards, and the html element's attributes. */
const ELSEWHERE = ["gcm", "generic", "gpp", "tcf", "usp"];

test("no adapter is without a test", () => {
  const folder = new URL("../src/cmp/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
  const names = files.flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(/^ {2}name: "(.+)",$/gm)].map(
      ([, name]) => name,
    ),
  );
  const tested = Object.keys(CMPS).map((name) => name.split(" ")[0]);
  assert.deepEqual(new Set(names), new Set([...tested, ...ELSEWHERE]));
});

inBrowsers((h) => {
  for (const [name, { install, choose, none }] of Object.entries(CMPS)) {
    test(`hears ${name}`, async () => {
      const script = (/** @type {string} */ code) =>
        `<script>${EMITTER} ${code} function choose(yes) { ${choose} }</script>`;
      const page = await h.open({ after: script(install) });
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.equal(await page.gate("getConsent().analytics"), "unset");
      for (const [yes, state] of [
        [true, "granted"],
        [false, "denied"],
        [true, "granted"],
      ]) {
        await page.evaluate(`choose(${yes})`);
        for (const category of ["analytics", "marketing"])
          await page.until(`segmentBlocker.getConsent().${category} === "${state}"`);
      }
      assert.equal(await page.gate("getConsent().source"), "cmp");
      assert.deepEqual(page.problems?.errors ?? [], []);
      await page.settle();
      if (!none) return;
      const before = (await h.world.received()).length;
      const other = await h.open({ after: script(none), origin: "https://elsewhere.example" });
      await h.world.waitForEvents(before + 1);
      assert.equal(await other.gate("getConsent().model"), "opt-out");
      assert.equal(await other.gate("getConsent().analytics"), "unset");
    });
  }
}, ONE_PROCESS);
