/** Several instances of Analytics.js on a page, and those whose calls Analytics.js keeps itself: each event goes where it was meant to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundled } from "./lib/destinations.js";
import { inBrowsers } from "./lib/harness.js";
import { label, sharedParts } from "./lib/sent.js";
import { snippet } from "./lib/snippets.js";

const KEY_A = "wkA";
const KEY_B = "wkB";
/** @param {string} name @param {string} key */
const load = (name, key) => `window.${name} = AnalyticsBrowser.load({ writeKey: "${key}" });`;
const watch = (/** @type {string[]} */ names) =>
  names.map((name) => `segmentBlocker.watch(${name});`).join(" ");
const CALLS = `a.track("A1"); b.track("B1"); b.identify("user-b"); a.track("A2"); b.track("B2");`;
/** What must come, by write key. */
const SENT = { [KEY_A]: ["A1", "A2"], [KEY_B]: ["B1", "B2", "user-b"] };

/** Two sources, by how the page has them. @type {Record<string, (h: import("./lib/harness.js").Harness) => Promise<any>>} */
const PAGES = {
  "two bundled ones": (h) => openBundled(h, `${load("a", KEY_A)} ${load("b", KEY_B)} ${CALLS}`),
  "two bundled ones that are watched": (h) =>
    openBundled(h, `${load("a", KEY_A)} ${load("b", KEY_B)} ${watch(["a", "b"])} ${CALLS}`),
  "a snippet and a bundled one": (h) =>
    openBundled(h, `${load("b", KEY_B)} ${CALLS}`, {
      before: `<script>${snippet("5.2.1", { apiKey: KEY_A, globalAnalyticsKey: "a", page: false })}</script>`,
    }),
  "a snippet and a bundled one that is watched": (h) =>
    openBundled(h, `${load("b", KEY_B)} ${watch(["b"])} ${CALLS}`, {
      before: `<script>${snippet("5.2.1", { apiKey: KEY_A, globalAnalyticsKey: "a", page: false })}</script>`,
    }),
};

/** @param {any[]} received */
function byKey(received) {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const { event } of received)
    (found[event.writeKey] ??= []).push(event.type === "identify" ? event.userId : label(event));
  for (const names of Object.values(found)) names.sort();
  return found;
}

/** What has been sent, by name. @param {import("./lib/harness.js").Harness} h */
const sentNames = async (h) => (await h.world.received()).map(({ event }) => label(event));

/**
 * Of all calls only one that is made now is sent.
 * @param {import("./lib/harness.js").Harness} h
 * @param {any} page
 */
async function assertOnlyNext(h, page) {
  await page.track("After");
  await h.world.waitForEvents(1);
  await page.settle();
  assert.deepEqual(await sentNames(h), ["After"]);
}

inBrowsers((h) => {
  for (const [title, open] of Object.entries(PAGES)) {
    test(`each event goes to its own source: ${title}`, async () => {
      const page = await open(h);
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await h.world.waitForEvents(5);
      await page.settle();
      assert.deepEqual(byKey(await h.world.received()), SENT);
    });

    test(`a withdrawal makes all forget who the visitor is: ${title}`, async () => {
      const page = await open(h);
      await page.grant();
      await h.world.waitForEvents(5);
      const before = (await h.world.received()).map(({ event }) => event.anonymousId);
      await page.withdraw();
      await page.settle();
      assert.deepEqual(await page.stored(), []);
      await page.grant();
      await page.evaluate("void (a.track('Again A'), b.track('Again B'))");
      const again = (await h.world.waitForEvents(7)).slice(5).map(({ event }) => event);
      for (const event of again) {
        assert.equal(event.userId ?? null, null);
        for (const id of before) assert.ok(sharedParts(id, event.anonymousId) <= 1);
      }
      assert.equal(again[0].anonymousId, again[1].anonymousId);
      const ids = await page.evaluate("[document.cookie, localStorage.ajs_user_id]");
      assert.doesNotMatch(JSON.stringify(ids), /user-b/);
    });
  }

  test("what a bundled one keeps itself is not sent by a grant that comes after a denial", async () => {
    const page = await openBundled(h, `${load("analytics", KEY_A)} analytics.page("Before");`);
    await page.deny();
    await page.track("While denied");
    await page.settle();
    await page.grant();
    await page.evaluate("analytics.ready().then(() => { window.started = true; })");
    await page.until("window.started");
    await assertOnlyNext(h, page);
  });

  test("a bundled one's own first view of the page takes none of the page's", async () => {
    const code = load("analytics", KEY_A).replace("})", "}, { initialPageview: true })");
    const page = await openBundled(h, `${code} analytics.page("Home");`);
    await page.pass(50);
    await page.grant();
    await h.world.waitForEvents(2);
    await page.settle();
    assert.deepEqual((await sentNames(h)).sort(), ["Home", "page"]);
  });

  test("an instance that has started is watched itself", async () => {
    const page = await openBundled(
      h,
      `AnalyticsBrowser.standalone("${KEY_A}").then((one) => { window.analytics = segmentBlocker.watch(one); });`,
    );
    await page.grant();
    await page.until("window.analytics");
    await page.track("Live");
    await h.world.waitForEvents(1);
    await page.withdraw();
    await page.track("Denied");
    await page.settle();
    assert.equal((await h.world.received()).length, 1);
  });

  test("a stub of the site's own that cannot load is a queue like Segment's", async () => {
    const page = await h.open({
      snippet: "",
      after: `<script>
        window.analytics = window.analytics || [];
        for (const name of ["track", "page", "identify"])
          analytics[name] = (...args) => { analytics.push([name, ...args]); };
      </script>
      <script async src="https://cdn.segment.com/analytics.js/v1/${KEY_A}/analytics.min.js"></script>`,
    });
    await page.deny();
    await page.track("While denied");
    await page.grant();
    await page.pass(50);
    await assertOnlyNext(h, page);
  });

  test("watch leaves what the calls return as it is", async () => {
    const page = await openBundled(h, `${load("analytics", KEY_A)} ${watch(["analytics"])}`);
    const kinds = await page.evaluate(() => {
      const { analytics } = /** @type {any} */ (window);
      const w = /** @type {any} */ (window);
      w.answers = [];
      analytics.setAnonymousId("mine").then((/** @type {string} */ id) => w.answers.push(id));
      analytics.group().then(() => w.answers.push("group"));
      analytics
        .track("One")
        .then((/** @type {any} */ context) => w.answers.push(context.event.event));
      return [analytics.reset() === analytics];
    });
    assert.deepEqual(kinds, [true]);
    await page.grant();
    await page.until("answers.length === 3");
    assert.deepEqual((await page.evaluate("answers")).sort(), ["One", "group", "mine"]);
    await page.settle();
    assert.deepEqual(await sentNames(h), ["One"]);
  });
});
