/** After a denial: nothing is sent, what waited is gone, and a change of mind works without a reload. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { VERSIONS } from "./lib/snippets.js";

const label = ({ event }) => event.event ?? event.type;

inBrowsers((h) => {
  for (const version of VERSIONS) {
    test(`a denial discards what waited and lets nothing out, with snippet ${version}`, async () => {
      const page = await h.open({ snippet: version });
      await page.track("Before the denial");
      await page.deny();
      await page.track("After the denial");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.stored(), []);
      assert.equal(await page.gate("queue.length"), 0);
      assert.deepEqual(page.problems?.errors ?? [], []);
    });

    test(`who rejects and then accepts is heard from the acceptance on, with snippet ${version}`, async () => {
      const page = await h.open({ snippet: version });
      await page.track("Before the denial");
      await page.deny();
      await page.track("While denied");
      await page.settle();
      await page.grant();
      const moment = await page.track("After the grant");
      const received = await h.world.waitForEvents(1);
      await page.settle();
      assert.deepEqual((await h.world.received()).map(label), ["After the grant"]);
      assert.ok(Math.abs(Date.parse(received[0].event.timestamp) - moment.time) <= 50);
      assert.ok((await page.cookieNames()).includes("ajs_anonymous_id"));
    });
  }

  test("a grant of marketing alone does not open analytics", async () => {
    const page = await h.open();
    await page.grant({ marketing: true, analytics: false });
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.equal((await page.gate("getConsent()")).analytics, "denied");
  });

  test("requests that are refused look to the page as the browser's own refusals", async () => {
    const page = await h.open({ snippet: "" });
    await page.deny();
    const outcome = await page.evaluate(async () => {
      const url = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js";
      const script = document.createElement("script");
      const scripted = new Promise((resolve) => {
        script.onload = () => resolve("load");
        script.onerror = () => resolve("error");
      });
      script.src = url;
      document.head.append(script);
      const fetched = await fetch(url).catch((error) => error.name);
      return [fetched, await scripted, navigator.sendBeacon("https://cdn.segment.com/x", "1")];
    });
    assert.deepEqual(outcome, ["TypeError", "error", false]);
    assert.deepEqual(await h.leaks(), []);
  });

  test("a denial in the middle of a replay stops it at once", async () => {
    const page = await h.open();
    await page.evaluate(() => {
      for (let i = 0; i < 300; i++) window.analytics.track(`Event ${i}`);
      // Said in the task in which the first event is handed to the network.
      window.segmentBlocker.on("decision", ({ kind, target }) => {
        if (window.denied || kind !== "fetch" || !target.includes("/v1/")) return;
        if (target.endsWith("/settings")) return;
        window.denied = true;
        window.segmentBlocker.setConsent({ analytics: false });
      });
    });
    await page.grant();
    await page.until("window.denied === true");
    await page.settle();
    const events = await h.world.received();
    assert.ok(events.length <= 1, `${events.length} of 301 events left`);
    assert.equal(await page.gate("queue.length"), 0);
    assert.deepEqual(await page.stored(), []);
  });
});
