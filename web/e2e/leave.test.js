/** Leaving with consent: what Analytics.js has not got yet arrives from the site's next page, once, as it was called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundled } from "./lib/destinations.js";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { assertArrived, assertOrder, label } from "./lib/sent.js";
import { KEY, SHOP } from "./lib/shop.js";

/** How far a timestamp may be from the call, in milliseconds. */
const TOLERANCE = 50;

/** A site that remembers the choice in its own way. */
const REMEMBERS = `<script>
  const choice = localStorage.getItem("choice");
  if (choice) segmentBlocker.setConsent({ analytics: choice === "yes" });
</script>`;

/** What the gate keeps calls under. */
const CARRIED = /^segment-blocker:/;

/**
 * Opens the landing page, where calls wait for a choice.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/shop.js").ShopOptions} [options]
 */
async function land(h, options) {
  const page = await h.open({ path: "/?utm_source=ad", title: "Home", ...options });
  const seen = await page.track("Seen", { n: 1, nested: { at: [1, null] } });
  await page.identify("u1", { plan: "pro" });
  await page.call("track", "Bare");
  return { page, seen };
}

/**
 * The visitor makes a choice and leaves in the same moment.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/page.js").Page} page
 * @param {string} answer "yes" or "no"
 * @param {string} path
 */
async function chooseAndLeave(h, page, answer, path) {
  // Analytics.js is on its way when the page is left. What it had sent by then would be its own to send again.
  if (answer === "yes")
    await h.world.fault(/analytics\.min\.js$|\/settings$/, { delay: 5000, times: 1 });
  await leave(
    page,
    path,
    `localStorage.setItem("choice", "${answer}"), segmentBlocker.setConsent({ analytics: ${answer === "yes"} })`,
  );
}

/**
 * @param {import("./lib/page.js").Page} page
 * @param {string} path
 * @param {string} [first] what is done just before, an expression
 */
async function leave(page, path, first = "0") {
  await page.evaluate(`${first}, location.href = "${path}"`);
  await page.until(`location.pathname === "${path}" && document.readyState === "complete"`);
}

/** @param {import("./lib/page.js").Page} page */
async function carriedKeys(page) {
  return (await page.keys()).filter((key) => CARRIED.test(key));
}

inBrowsers((h) => {
  test("calls of a page that is left with the grant arrive from the next one, with their time and page", async () => {
    const { page, seen } = await land(h);
    await h.write({ path: "/next", title: "Next", before: REMEMBERS });
    await chooseAndLeave(h, page, "yes", "/next");
    const events = await assertArrived(h, ["page", "Seen", "identify", "Bare", "page"]);
    await page.settle();
    assert.equal((await h.world.received()).length, 5, "each once");
    assertOrder(await page.sent(), ["page", "Seen", "identify", "Bare", "page"]);
    const event = events.find((one) => label(one) === "Seen");
    assert.ok(Math.abs(Date.parse(event.timestamp) - seen.time) <= TOLERANCE, event.timestamp);
    assert.deepEqual(event.properties, { n: 1, nested: { at: [1, null] } });
    assert.equal(event.context.page.url, `${SHOP}/?utm_source=ad`);
    assert.equal(event.context.page.title, "Home");
    const pages = events.filter((one) => one.type === "page").map((one) => one.context.page.path);
    assert.deepEqual(pages.sort(), ["/", "/next"]);
    assert.equal(events.find((one) => one.type === "identify").userId, "u1");
    assert.equal(new Set(events.map((one) => one.anonymousId)).size, 1, "of one visitor");
    assert.deepEqual(await carriedKeys(page), []);
  });

  test("a page that its consent platform loads anew loses nothing", async () => {
    const { page } = await land(h, { before: REMEMBERS });
    await page.evaluate(
      `window.old = true, localStorage.setItem("choice", "yes"),
        segmentBlocker.setConsent({ analytics: true }), location.reload()`,
    );
    await page.until("!window.old");
    await assertArrived(h, ["page", "Seen", "identify", "Bare", "page"]);
  });

  test("what is called as the page goes is kept too", async () => {
    const { page } = await land(h);
    await h.write({ path: "/next", before: REMEMBERS });
    await page.evaluate(`addEventListener("pagehide", () => analytics.track("Gone"))`);
    await chooseAndLeave(h, page, "yes", "/next");
    await assertArrived(h, ["page", "Seen", "identify", "Bare", "Gone", "page"]);
  });

  test("calls that wait behind a change of identity are kept when the page is left", async () => {
    const { page } = await land(h);
    await h.write({ path: "/next", before: REMEMBERS });
    // The site's own code goes on to another page in the midst of it, and never ends with one call, so that identify() waits.
    await page.evaluate(
      `analytics.addSourceMiddleware(({ payload, next }) => {
        if (payload.obj.event !== "Seen") return next(payload);
        location.href = "/next";
        return new Promise(() => {});
      })`,
    );
    await page.evaluate(`localStorage.setItem("choice", "yes")`);
    await page.grant();
    await h.world.waitForRequests(({ method, body }) => method === "POST" && body.includes("Bare"));
    await page.settle();
    // The view of the page was under way: that is Analytics.js's own, which sends it again, or in WebKit now and then does not.
    const others = (await h.world.received())
      .map(({ event }) => label(event))
      .filter((one) => one !== "page");
    assert.deepEqual(others.sort(), ["Bare", "identify"]);
  });

  test("a page without a choice, or with a no, leaves nothing behind", async () => {
    const { page } = await land(h);
    await h.write({ path: "/next", before: REMEMBERS });
    await leave(page, "/next");
    assert.deepEqual(await page.stored(), []);
    await page.track("Here");
    await chooseAndLeave(h, page, "no", "/again");
    await page.settle();
    assert.deepEqual(await page.stored(), ["choice"]);
    assert.deepEqual(await h.leaks(), []);
  });

  test("a no on the next page erases what was kept, and an open choice leaves it alone", async () => {
    const { page } = await land(h);
    await h.write({ path: "/next" });
    await chooseAndLeave(h, page, "yes", "/next");
    const mark = await h.world.mark();
    await page.settle();
    assert.deepEqual(await h.leaks(mark), []);
    assert.equal(await page.evaluate("localStorage.length"), 1, "hidden from the page");
    await page.deny();
    assert.deepEqual(await carriedKeys(page), []);
    await page.grant();
    await page.started();
    await page.settle();
    assert.deepEqual(await h.world.received(), []);
  });

  test("a site that lets Segment store nothing has nothing stored", async () => {
    const { page } = await land(h, {
      snippetOptions: { load: { disableClientPersistence: true } },
    });
    await h.write({ path: "/next", snippet: "", before: REMEMBERS });
    await chooseAndLeave(h, page, "yes", "/next");
    assert.deepEqual(await page.keys(), ["choice"]);
  });

  test("a source gets no calls of another", async () => {
    const { page } = await land(h);
    await h.write({ path: "/other", before: REMEMBERS, snippetOptions: { apiKey: "wk0Other" } });
    await h.write({ path: "/next", before: REMEMBERS });
    await chooseAndLeave(h, page, "yes", "/other");
    await assertArrived(h, ["page"]);
    await page.settle();
    assert.deepEqual(await carriedKeys(page), [`segment-blocker:calls:${KEY}`]);
    await page.tab.goto(`${SHOP}/next`);
    await assertArrived(h, ["page", "page", "Seen", "identify", "Bare", "page"]);
  });

  test("calls on a bundled Analytics.js that is watched are kept", async () => {
    const code = `window.analytics = AnalyticsBrowser.load({ writeKey: "${KEY}" });
      segmentBlocker.watch(analytics); analytics.page();`;
    const page = await openBundled(h, code);
    await page.track("Seen");
    await h.write({ path: "/next", before: REMEMBERS });
    await chooseAndLeave(h, page, "yes", "/next");
    await assertArrived(h, ["page", "Seen", "page"]);
  });

  test("a page that comes back before anything was sent goes on with its calls", async () => {
    const { page } = await land(h);
    const show = (type) => `dispatchEvent(new PageTransitionEvent("${type}", { persisted: true }))`;
    await page.evaluate(`segmentBlocker.setConsent({ analytics: true }), ${show("pagehide")}`);
    assert.deepEqual(await carriedKeys(page), [`segment-blocker:calls:${KEY}`]);
    await page.evaluate(show("pageshow"));
    await assertArrived(h, ["page", "Seen", "identify", "Bare"]);
    assert.deepEqual(await carriedKeys(page), []);
  });

  for (const text of [
    "{",
    "null",
    '[null, { "method": "track" }]',
    '[{ "method": "on", "args": [], "time": 1 }]',
  ]) {
    test(`what is no call under the gate's key does no harm: ${text}`, async () => {
      const page = await h.open({ before: REMEMBERS, snippet: "" });
      await page.grant();
      await page.evaluate(
        `localStorage.setItem("choice", "yes"), localStorage.setItem("segment-blocker:calls:${KEY}", ${JSON.stringify(text)})`,
      );
      await h.write({ path: "/next", before: REMEMBERS });
      await leave(page, "/next");
      await page.started();
      await page.track("Here");
      await assertArrived(h, ["page", "Here"]);
      assert.deepEqual(await carriedKeys(page), []);
      if (page.problems) assert.deepEqual(page.problems.errors, []);
    });
  }
}, OWN_VISITOR);
