/** Partial consent: what each destination gets, in every combination of categories, and when the visitor changes his mind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NEEDS, serveSource, SETTINGS, TOOLS } from "./lib/destinations.js";
import { inBrowsers } from "./lib/harness.js";

const CATEGORIES = /** @type {const} */ (["functional", "analytics", "marketing"]);

/** The eight combinations, nothing granted first. */
const COMBINATIONS = [...Array(8).keys()].map((bits) => ({
  functional: (bits & 1) > 0,
  analytics: (bits & 2) > 0,
  marketing: (bits & 4) > 0,
}));

/** @typedef {typeof COMBINATIONS[0]} Granted */

/** @param {Granted} granted */
const titleOf = (granted) => CATEGORIES.filter((name) => granted[name]).join(", ") || "nothing";

/** @param {Granted} granted @param {string} name */
const open = (granted, name) => NEEDS[name].every((category) => granted[category]);

/** What must be so. Without analytics Segment itself does not run, and so none of its destinations. @param {Granted} granted */
function expected(granted) {
  const running = TOOLS.filter(({ name }) => granted.analytics && open(granted, name));
  const stored = running.map(({ cookie }) => cookie);
  const own = granted.analytics ? ["ajs_anonymous_id"] : [];
  return {
    tools: running.flatMap(({ code, loads, sends }) => [code, loads, sends]).sort(),
    bodies: granted.analytics
      ? ["page", "track Bought"].map((event) => ({
          event,
          refused: Object.keys(NEEDS).filter((name) => !open(granted, name)).sort(),
          preferences: { C0002: granted.analytics, C0003: granted.functional, C0004: granted.marketing },
        }))
      : [],
    cookies: [...own, ...stored].sort(),
    keys: [...own, ...(granted.analytics ? ["ajs_user_id"] : []), ...stored].sort(),
  };
}

/** @param {{ event: any }} received */
function bodyOf({ event }) {
  const refused = Object.keys(event.integrations).filter((name) => event.integrations[name] === false);
  return {
    event: event.event ? `track ${event.event}` : event.type,
    refused: refused.filter((name) => name in NEEDS).sort(),
    preferences: event.context.consent.categoryPreferences,
  };
}

/**
 * What was so.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/page.js").Page} page
 */
async function observed(h, page) {
  const addresses = TOOLS.flatMap(({ code, loads, sends }) => [code, loads, sends]);
  const found = new Set();
  for (const { url } of await h.world.requests()) {
    const address = addresses.find((one) => url === one || url.startsWith(one + "?"));
    if (address) found.add(address);
  }
  return {
    tools: [...found].sort(),
    bodies: (await h.world.received()).map(bodyOf).sort((a, b) => (a.event < b.event ? -1 : 1)),
    cookies: await page.cookieNames(),
    keys: (await page.keys()).filter((key) => !key.startsWith("persisted-queue")),
  };
}

/**
 * Waits until everything that may run does.
 * @param {import("./lib/harness.js").Harness} h
 * @param {Granted} granted
 */
async function settled(h, page, granted) {
  if (granted.analytics) {
    await page.started();
    await h.world.waitForEvents(2);
    for (const { name, sends } of TOOLS) {
      if (open(granted, name)) await h.world.waitForRequests(({ url }) => url.startsWith(sends));
    }
  }
  await page.settle();
}

inBrowsers((h) => {
  for (const granted of COMBINATIONS) {
    test(`with ${titleOf(granted)} granted, just that runs, is sent and is stored`, async () => {
      await serveSource(h.world);
      const page = await h.open();
      await page.track("Bought");
      await page.choose(granted);
      await settled(h, page, granted);
      assert.deepEqual(await observed(h, page), expected(granted));
      assert.deepEqual(page.problems?.errors ?? [], []);
    });
  }
});
