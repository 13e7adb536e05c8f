/** Without the gate Analytics.js leaks, and the proxy sees it: what the other tests measure by. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { VERSIONS } from "./lib/snippets.js";
import { KEY } from "./lib/shop.js";

inBrowsers(
  (h) => {
    for (const version of VERSIONS) {
      test(`control: ungated Analytics.js leaks with snippet ${version}, and the grace time is enough to see it`, async () => {
        const page = await h.open({ gate: false, snippet: version });
        await page.settle();
        const leaks = await h.leaks();
        for (const expected of [
          `GET https://cdn.segment.com/analytics.js/v1/${KEY}/analytics.min.js`,
          `GET https://cdn.segment.com/v1/projects/${KEY}/settings`,
          // What a browser asks before it posts is a leak too, and comes first.
          "OPTIONS https://api.segment.io/v1/p",
        ])
          assert.ok(leaks.includes(expected), `${expected} among\n${leaks.join("\n")}`);
        await h.world.waitForRequests(
          ({ method, url }) => method === "POST" && url === "https://api.segment.io/v1/p",
        );
        assert.ok((await page.cookieNames()).includes("ajs_anonymous_id"));
        assert.ok((await page.keys()).includes("ajs_anonymous_id"));
      });
    }

    test("control: ungated Analytics.js gives a call the time of its start, not of the call", async () => {
      await h.world.fault(/\/settings$/, { delay: 400 });
      const page = await h.open({ gate: false });
      const { time } = await page.track("Early");
      const received = await h.world.waitForEvents(2);
      const event = received.find(({ type }) => type === "track")?.event;
      assert.equal(event?.event, "Early");
      const late = Date.parse(event.timestamp) - time;
      assert.ok(late > 100, `timestamp is ${late} ms after the call`);
    });
  },
  { needsGate: false, ...OWN_VISITOR },
);
