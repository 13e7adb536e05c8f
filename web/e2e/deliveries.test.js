/** What destinations in the page are given: nothing that their category is not granted for, whatever an event, the site or a buffer says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serveSource } from "./lib/destinations.js";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";

const ALL = { functional: true, analytics: true, marketing: true };

/** How a site addresses a destination itself. */
const ADDRESSED = {
  "an event's own integrations": `analytics.track("Named", {}, { integrations: { "Acme Survey": { eventId: 1 } } })`,
  "the site's integrations, set anew": `analytics.integrations = { "Acme Survey": true }; analytics.track("Named")`,
  "a source middleware": `analytics.addSourceMiddleware(({ payload, next }) => {
      payload.obj.integrations = { ...payload.obj.integrations, "Acme Survey": true };
      next(payload);
    }).then(() => analytics.track("Named"))`,
};

/** Scripts of vendors that are slow, and who waits for them. */
const SLOW = {
  "a classic destination": { name: "Facebook Pixel", script: /fbevents\.js/ },
  "a newer destination": { name: "TikTok Pixel", script: /pixel\/events\.js/ },
};

/** Classic destinations look after up to five seconds, by chance, whether they may give on what they keep. */
const HURRY = `<script>{ const random = Math.random; Math.random = () => random() / 20; }</script>`;

inBrowsers((h) => {
  /** @param {any} page @param {string} name */
  const heard = (page, name) =>
    page.evaluate(
      (/** @type {string} */ start) =>
        (window.heard || [])
          .filter((event) => event.startsWith(start))
          .map((event) => event.slice(start.length)),
      `${name}: `,
    );

  for (const [title, code] of Object.entries(ADDRESSED))
    test(`a destination that has lost its category is not reached by ${title}, and is when it is granted again`, async () => {
      await serveSource(h.world);
      const page = await h.open();
      await page.choose(ALL);
      await page.started();
      await page.track("Before");
      await page.until("window.heard.includes('Acme Survey: Before')");
      await page.choose({ functional: false });
      await page.evaluate(`void (${code.replace("; ", ", ")})`);
      await page.until("window.heard.includes('Actions Amplitude: Named')");
      await page.settle();
      assert.deepEqual(await heard(page, "Acme Survey"), ["Before"]);
      await page.choose({ functional: true });
      await page.track("Again");
      await page.until("window.heard.includes('Acme Survey: Again')");
    });

  test("a plugin of the site's own gets every event while Segment may run", async () => {
    await serveSource(h.world);
    const page = await h.open();
    await page.choose({ ...ALL, marketing: false });
    await page.started();
    await page.evaluate(async () => {
      const own = Object.freeze({
        name: "Own",
        type: "destination",
        version: "1",
        isLoaded: () => true,
        load: () => Promise.resolve(),
        track: (/** @type {any} */ context) => {
          (window.heard ||= []).push("Own: " + context.event.event);
          return context;
        },
      });
      await window.analytics.register(own);
    });
    await page.choose({ functional: false });
    await page.track("Later");
    await page.until("window.heard.includes('Own: Later')");
    assert.deepEqual(page.problems?.errors ?? [], []);
  });

  for (const [title, { name, script }] of Object.entries(SLOW)) {
    /** A page on which the vendor's script is slow; an event waits for it. */
    const waiting = async () => {
      await serveSource(h.world);
      await h.world.fault(script, { delay: 1500, times: 1 });
      const page = await h.open({ before: HURRY });
      await page.choose(ALL);
      await page.started();
      await page.track("Old");
      await page.call("page", "old");
      await page.until("window.heard.includes('Acme Survey: Old')");
      return page;
    };

    test(`${title} that waits for its vendor's script gives on what came meanwhile`, async () => {
      const page = await waiting();
      await page.until(`window.heard.includes('${name}: Old')`);
    });

    for (const [change, withdraw] of Object.entries({
      "all is withdrawn": (/** @type {any} */ page) => page.withdraw(),
      "its category alone is withdrawn": (/** @type {any} */ page) =>
        page.choose({ marketing: false }),
    }))
      test(`${title} that waits for its vendor's script does not give on what came before ${change} and granted again`, async () => {
        const page = await waiting();
        await withdraw(page);
        await page.pass(50);
        await page.choose(ALL);
        await page.track("New");
        await page.until(`window.heard.includes('${name}: New')`);
        await page.settle();
        assert.deepEqual(
          (await heard(page, name)).filter((/** @type {string} */ event) => /old/i.test(event)),
          [],
        );
      });

    test(`${title} that waits for its vendor's script gives nothing on once its category is withdrawn`, async () => {
      const page = await waiting();
      await page.choose({ marketing: false });
      await page.pass(2500);
      await page.settle();
      assert.deepEqual(await heard(page, name), []);
    });
  }
}, ONE_PROCESS);
