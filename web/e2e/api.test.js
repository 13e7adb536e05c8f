/** What a site or a CMP vendor calls wrongly: a clear word on the console, nothing thrown, and what was right counts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";

const EARS = `<script>
  window.said = [];
  console.error = (...words) => said.push(words.join(" "));
</script>`;

/** What is called, by what is said of it. @type {Record<string, string>} */
const CALLS = {
  "setConsent: must be an object such as {analytics: true, marketing: false}": "setConsent(null)",
  'setConsent: unknown category "ads"': "setConsent({ ads: true, functional: true })",
  "setConsent.analytics: must be true, false or null":
    "setConsent({ analytics: 'yes', functional: true })",
  "setConsent.marketing: must be true, false or null":
    "setConsent({ get marketing() { throw new Error('mine'); }, functional: true })",
  "setConsent: cannot be read: Error: closed":
    "setConsent(new Proxy({}, { ownKeys() { throw new Error('closed'); } }))",
  "on(consents): must be one of consent,": "on('consents', () => {})",
  "on(consent): must be one of consent,": "on('consent')",
  "on(unknown): must be one of consent,": "on(Object.create(null), () => {})",
  'explain: unknown kind "picture"': "explain('https://api.segment.io/', 'picture')",
  'explain: unknown kind "unknown"': "explain('https://api.segment.io/', Object.create(null))",
  "watch: must be given what AnalyticsBrowser.load() returned": "watch(undefined)",
};

inBrowsers((h) => {
  test("what is called wrongly is said on the console and throws nothing", async () => {
    const page = await h.open({ first: EARS, snippet: "" });
    for (const [words, call] of Object.entries(CALLS)) {
      const [kind, said] = await page.evaluate(`(() => {
        said.length = 0;
        const answer = segmentBlocker.${call};
        return [typeof answer, said.slice()];
      })()`);
      assert.ok(said[0]?.startsWith(`[segment-blocker] ${words}`), `${call}: ${said}`);
      assert.equal(said.length, 1, call);
      const wanted = call.startsWith("on")
        ? "function"
        : call.startsWith("watch")
          ? "undefined"
          : "object";
      assert.equal(kind, wanted, call);
    }
    const { functional, analytics, marketing } = await page.gate("getConsent()");
    assert.deepEqual([functional, analytics, marketing], ["granted", "unset", "unset"]);
  });

  test("what cannot be a text is no name of anything", async () => {
    const page = await h.open({ snippet: "" });
    const answer = await page.gate("explain(Object.create(null))");
    assert.deepEqual([answer.decision, answer.rule], ["allow", ""]);
  });
});
