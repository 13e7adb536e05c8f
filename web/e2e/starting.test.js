/**
 * Consent that changes while Analytics.js is on its way, and what the page would find then: calls of a denied time are never sent, and
 * what the page asks of Analytics.js it asks after the calls that it made before.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundled, serveSource, SETTINGS } from "./lib/destinations.js";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { assertArrived } from "./lib/sent.js";
import { KEY, SHOP } from "./lib/shop.js";
import { snippet, VERSIONS } from "./lib/snippets.js";

const GRANTED = "<script>segmentBlocker.setConsent({ analytics: true });</script>";

/** How long what Analytics.js needs is on its way, in milliseconds. */
const SLOW = 900;

/** How far a timestamp may be from the call, in milliseconds. */
const TOLERANCE = 50;

/** What Analytics.js needs before it starts, and the event of the document that comes while that is on its way. */
const NEEDED = {
  script: { request: /analytics\.min\.js$/, meanwhile: "DOMContentLoaded" },
  settings: { request: /\/settings$/, meanwhile: "load" },
};

/** Sites that let Segment start at once, by how. @type {Record<string, import("./lib/shop.js").ShopOptions>} */
const OPEN = {
  "a choice of an earlier visit": { before: GRANTED },
  "no need of a choice": { config: { model: "opt-out" } },
  "a global of another name": {
    before: GRANTED,
    snippetOptions: { globalAnalyticsKey: "seg" },
  },
};

inBrowsers((h) => {
  for (const [needed, { request, meanwhile }] of Object.entries(NEEDED))
    for (const [how, options] of Object.entries(OPEN))
      test(`what is called before and in a denial is not sent later, while the ${needed} is on its way, with ${how}`, async () => {
        const name = options.snippetOptions?.globalAnalyticsKey ?? "analytics";
        await h.world.fault(request, { delay: SLOW, times: 1 });
        const page = await h.open({
          ...options,
          after: `<script>
            ${name}.track("Granted");
            document.addEventListener("${meanwhile}", () => {
              segmentBlocker.setConsent({ analytics: false });
              ${name}.track("Denied");
              ${name}.identify("u-denied");
              window.denied = true;
            }, { capture: true, once: true });
          </script>`,
        });
        await page.until("window.denied");
        await page.pass(SLOW);
        await page.settle();
        assert.deepEqual(await h.world.received(), []);
        await page.grant();
        await page.until(`!Array.isArray(window.${name}) && ${name}.initialized`);
        await page.evaluate(`${name}.track("After"), 0`);
        const [after] = await assertArrived(h, ["After"]);
        await page.settle();
        assert.equal((await h.world.received()).length, 1);
        assert.equal(after.userId ?? null, null);
      });

  test("what is called while a choice is taken back keeps its time", async () => {
    await h.world.fault(NEEDED.settings.request, { delay: SLOW, times: 1 });
    const page = await h.open({ before: GRANTED, snippetOptions: { page: false } });
    await h.world.waitForRequests(({ url }) => NEEDED.settings.request.test(url));
    await page.choose({ analytics: null });
    const { time } = await page.track("Open");
    assert.equal(await page.gate("queue.length"), 1);
    await page.pass(SLOW);
    await page.settle();
    assert.deepEqual(await h.world.received(), []);
    await page.grant();
    const [event] = await assertArrived(h, ["Open"]);
    assert.ok(Math.abs(Date.parse(event.timestamp) - time) <= TOLERANCE, event.timestamp);
  });

  test("a stub that is loaded after the grant has nothing of the denial", async () => {
    const page = await h.open({ snippet: "" });
    await page.deny();
    await page.evaluate(
      `(() => { const s = document.createElement("script"); s.text = ${JSON.stringify(snippet("5.2.1", { apiKey: KEY, page: false, load: false }))}; document.head.append(s); })()`,
    );
    await page.track("Denied");
    await page.grant();
    await page.evaluate(`analytics.load("${KEY}"), analytics.track("After"), 0`);
    await assertArrived(h, ["After"]);
    await page.settle();
    assert.equal((await h.world.received()).length, 1);
  });

  test("an id that is set before Analytics.js starts is that of every event", async () => {
    const page = await h.open();
    await page.evaluate(`analytics.setAnonymousId("id-of-the-page"), 0`);
    await page.track("Tracked");
    await page.grant();
    const events = await assertArrived(h, ["page", "Tracked"]);
    assert.deepEqual(
      events.map(({ anonymousId }) => anonymousId),
      ["id-of-the-page", "id-of-the-page"],
    );
  });

  test("a listener of ready finds what was called before it", async () => {
    const page = await h.open();
    await page.evaluate(() => {
      window.analytics.identify("u-1");
      window.analytics.ready(() => (window.found = window.analytics.user().id()));
    });
    await page.grant();
    await page.until("window.found !== undefined");
    assert.equal(await page.evaluate("found"), "u-1");
  });

  test("what load() of Analytics.js from npm returns answers after what was called before", async () => {
    const code = `window.analytics = AnalyticsBrowser.load({ writeKey: "${KEY}" });
      segmentBlocker.watch(analytics); analytics.identify("u-1"); analytics.setAnonymousId("id-of-the-page");
      analytics.user().then((user) => { window.found = user.id(); });
      analytics.ready(() => { window.ready = analytics.instance.user().id(); });`;
    const page = await openBundled(h, code);
    await page.settle();
    await page.grant();
    await page.until("window.found !== undefined && window.ready !== undefined");
    assert.deepEqual(await page.evaluate("[found, ready]"), ["u-1", "u-1"]);
    const [event] = await assertArrived(h, ["identify"]);
    assert.equal(event.anonymousId, "id-of-the-page");
  });

  test("a category that is granted while destinations load is granted to all", async () => {
    const action = /actions\/amplitude/;
    await serveSource(h.world);
    await h.world.fault(action, { delay: SLOW, times: 1 });
    const page = await h.open();
    await page.choose({ analytics: true, functional: true, marketing: false });
    await h.world.waitForRequests(({ url }) => action.test(url));
    await page.choose({ analytics: true, functional: true, marketing: true });
    await h.world.waitForRequests(({ url }) => /actions\/tiktok/.test(url));
    await page.until("!Array.isArray(analytics) && analytics.initialized");
    await h.world.waitForRequests(({ host }) => host === "analytics.tiktok.com");
  });

  for (const version of VERSIONS)
    test(`a call before the page's title and canonical URL has the page as without the gate, with snippet ${version}`, async () => {
      const found = [];
      for (const gate of [false, true]) {
        await h.world.page(
          `${SHOP}/early?x=1`,
          `<!doctype html><html><head><meta charset=utf-8>${gate ? '<script src="/gate.js"></script>' : ""}
            <script>${snippet(version, { apiKey: KEY, page: false })}; analytics.page("Early");</script>
            <title>Shop</title><link rel=canonical href="${SHOP}/canon"></head><body>x</body></html>`,
        );
        const page = await h.visit(`${SHOP}/early?x=1`);
        if (gate) await page.grant();
        const [{ event }] = await h.world.waitForEvents(1);
        found.push(event.context.page);
        await h.end();
        await h.begin();
      }
      // The snippet of version 5 looks at the moment of the call, with the gate and without.
      assert.deepEqual(found[1], found[0]);
    });

  const OWN = "events.other.example/v1";
  for (const [where, options] of Object.entries({
    "the source's settings": {},
    "the page's options": {
      snippetOptions: { load: { integrations: { "Segment.io": { apiHost: OWN } } } },
    },
  }))
    test(`where ${where} send events is Segment's too`, async () => {
      const settings = JSON.parse(SETTINGS);
      if (!("snippetOptions" in options)) settings.integrations["Segment.io"].apiHost = OWN;
      await serveSource(h.world, JSON.stringify(settings));
      const headers = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*" };
      for (const path of ["t", "p"])
        await h.world.page(`https://${OWN}/${path}`, "{}", { headers });
      const page = await h.open(options);
      await page.track("Seen");
      await page.choose({ analytics: true, functional: true, marketing: false });
      const isEvent = (/** @type {any} */ { method, host }) =>
        method === "POST" && host === "events.other.example";
      const sent = await h.world.waitForRequests(isEvent, 2);
      for (const { body } of sent) {
        const { context, integrations } = JSON.parse(body);
        assert.ok(context.consent, "says what the visitor has consented to");
        assert.equal(integrations["TikTok Pixel"], false);
      }
      await page.withdraw();
      const mark = await h.world.mark();
      await page.evaluate(
        `fetch("https://${OWN}/t", { method: "POST", body: "{}" }).then(() => 0, () => 0)`,
      );
      await page.settle();
      assert.deepEqual(await h.world.requests(isEvent, mark), []);
    });

  test("what is refused looks to the page's code as what Analytics.js gives", async () => {
    const page = await h.open();
    await page.deny();
    await page.evaluate(() => {
      window.seen = [];
      window.analytics.track("Refused", { n: 1 }, {}, (/** @type {any} */ context) => {
        window.seen.push([context.event.type, context.event.event, context.event.properties]);
      });
      window.analytics.page("Category", "Name", (/** @type {any} */ context) => {
        window.seen.push([context.event.type, context.event.category, context.event.name]);
      });
    });
    await page.until("seen.length === 2");
    assert.deepEqual(await page.evaluate("seen"), [
      ["track", "Refused", { n: 1 }],
      ["page", "Category", "Name"],
    ]);
  });

  test("a choice in a frame that may store nothing is no fault", async () => {
    await h.write({
      path: "/box",
      after: `<script>
        const told = [];
        document.addEventListener("segment-blocker:error", (event) => told.push(event.detail.message));
        onload = () => { segmentBlocker.setConsent({ analytics: true }); setTimeout(() => parent.postMessage(told, "*")); };
      </script>`,
    });
    const page = await h.open({ gate: false, snippet: "" });
    const told = await page.evaluate(
      () =>
        new Promise((done) => {
          addEventListener("message", (event) => done(event.data), { once: true });
          const frame = document.createElement("iframe");
          frame.sandbox.add("allow-scripts");
          frame.src = "/box";
          document.body.append(frame);
        }),
    );
    assert.deepEqual(told, []);
  });

  test("a document that is opened anew hears choices by event", async () => {
    const page = await h.open({ snippet: "" });
    await page.evaluate(() => {
      document.open();
      document.write("<p>anew");
      document.close();
      dispatchEvent(
        new CustomEvent("segment-blocker:set-consent", { detail: { analytics: true } }),
      );
    });
    assert.equal(await page.gate("getConsent().analytics"), "granted");
  });
}, OWN_VISITOR);
