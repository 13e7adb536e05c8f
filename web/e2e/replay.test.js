/** After a grant: everything that was called arrives once, in order, with its own time, page and identity. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { assertOrder, label } from "./lib/sent.js";
import { VERSIONS } from "./lib/snippets.js";

/** How far a timestamp may be from the call, and how long the choice is awaited meanwhile, in milliseconds. */
const TOLERANCE = 50;
const HESITATION = 250;

const PAGE_KEYS = ["url", "path", "search", "title", "referrer"];

/**
 * @param {any} event
 * @param {import("./lib/page.js").Moment} moment
 */
function assertMoment(event, moment) {
  const off = Date.parse(event.timestamp) - moment.time;
  assert.ok(Math.abs(off) <= TOLERANCE, `${label(event)} is stamped ${off} ms off its call`);
  for (const key of PAGE_KEYS)
    assert.equal(event.context.page[key], moment[key], `${label(event)}: context.page.${key}`);
}

/** @param {import("./lib/harness.js").Harness} h @param {any[]} events */
async function assertOnce(h, events) {
  const ids = events.map(({ messageId }) => messageId);
  assert.equal(new Set(ids).size, ids.length, "every event once");
  const received = (await h.world.received()).map(({ event }) => event.messageId);
  assert.deepEqual([...received].sort(), [...ids].sort());
}

/**
 * Grants, and gives the events that the page sends then, each of which arrives once.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/page.js").Page} page
 * @param {number} count how many
 */
async function eventsAfterGrant(h, page, count) {
  await page.grant();
  await h.world.waitForEvents(count);
  await page.settle();
  const events = await page.sent();
  await assertOnce(h, events);
  return events;
}

inBrowsers((h) => {
  for (const version of VERSIONS) {
    test(`what was called before the grant arrives once, in order, with its time and page, with snippet ${version}`, async () => {
      const page = await h.open({ snippet: version, path: "/?utm=1", title: "Home" });
      const first = await page.track("On home", { n: 1 });
      await page.pass(60);
      await page.navigate("/cart?step=2", "Cart");
      const second = await page.track("In cart", { n: 2 });
      const viewed = await page.call("page", "Cart");
      await page.pass(60);
      await page.navigate("/done", "Done");
      const third = await page.track("Bought", { n: 3, nested: { list: [1, { deep: true }] } });
      await page.pass(HESITATION);
      assert.deepEqual(await h.leaks(), []);

      const events = await eventsAfterGrant(h, page, 5);
      assertOrder(events, ["page", "On home", "In cart", "Cart", "Bought"]);
      const named = (name) => events.find((event) => label(event) === name);
      assertMoment(named("On home"), first);
      assertMoment(named("In cart"), second);
      assertMoment(named("Cart"), viewed);
      assertMoment(named("Bought"), third);
      assert.deepEqual(named("Bought").properties, { n: 3, nested: { list: [1, { deep: true }] } });
      assert.equal(named("page").context.page.title, "Home");
      assert.equal(await page.gate("queue.length"), 0);
      assert.deepEqual(page.problems?.errors ?? [], []);
    });

    test(`nobody is known before they said who they are, with snippet ${version}`, async () => {
      const page = await h.open({ snippet: version });
      await page.track("Anonymous");
      await page.identify("user-1", { plan: "pro" });
      await page.track("Known");
      await page.call("group", "team-1");
      await page.track("In team");
      const events = await eventsAfterGrant(h, page, 6);
      const users = Object.fromEntries(events.map((event) => [label(event), event.userId ?? null]));
      assert.deepEqual(users, {
        page: null,
        Anonymous: null,
        identify: "user-1",
        Known: "user-1",
        group: "user-1",
        "In team": "user-1",
      });
      assert.equal(new Set(events.map(({ anonymousId }) => anonymousId)).size, 1);
      assert.deepEqual(events.find(({ type }) => type === "identify").traits, { plan: "pro" });
    });

    test(`callbacks are called in time, and they and ready listeners once, with snippet ${version}`, async () => {
      const page = await h.open({ snippet: version });
      await page.evaluate(() => {
        window.calls = [];
        window.analytics.ready(() => window.calls.push("ready"));
        window.analytics.track("A", {}, {}, () => window.calls.push("A"));
        window.analytics.page(() => window.calls.push("page"));
        window.analytics.identify("u", () => window.calls.push("identify"));
      });
      // The page's code goes on in time, as it does after Analytics.js's own timeout. Nothing is ready.
      await page.until("calls.length >= 3");
      await page.settle();
      assert.deepEqual((await page.evaluate("calls")).sort(), ["A", "identify", "page"]);
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await page.until("calls.length >= 4");
      await page.settle();
      assert.deepEqual((await page.evaluate("calls")).sort(), ["A", "identify", "page", "ready"]);
    });
  }

  test("a page view by its old name arrives in its place, with its time and page", async () => {
    const page = await h.open({ title: "Home", snippetOptions: { page: false } });
    await page.track("Before");
    const moment = await page.call("pageview", "/virtual");
    await page.pass(60);
    await page.navigate("/later", "Later");
    await page.track("After");
    await page.pass(HESITATION);
    const events = await eventsAfterGrant(h, page, 3);
    const viewed = events.find(({ properties }) => properties.path === "/virtual");
    assert.ok(Math.abs(Date.parse(viewed.timestamp) - moment.time) <= TOLERANCE);
    assert.equal(viewed.context.page.title, "Home");
    assertOrder(events, ["Before", "page", "After"]);
  });

  test("the first page view that load() is asked for is that of the page as it was then", async () => {
    const load = { initialPageview: true };
    const page = await h.open({ snippetOptions: { page: false, load }, title: "Home" });
    const loaded = await page.track("On home");
    await page.pass(60);
    await page.navigate("/later", "Later");
    await page.track("Later");
    await page.pass(HESITATION);
    const events = await eventsAfterGrant(h, page, 3);
    assertOrder(events, ["page", "On home", "Later"]);
    const { context, timestamp } = events.find(({ type }) => type === "page");
    assert.equal(context.page.url, loaded.url);
    assert.equal(context.page.title, "Home");
    assert.ok(Date.parse(timestamp) <= loaded.time + TOLERANCE);
  });

  for (const path of [undefined, "/later"])
    test(`calls in the page's URL come first, ${path ? "though the page has gone on" : "with its time and page"}`, async () => {
      const query =
        "?ajs_uid=u-1&ajs_aid=aid-1&ajs_event=From%20mail&ajs_prop_n=1&ajs_trait_plan=pro";
      const page = await h.open({ path: `/${query}`, title: "Home" });
      const moment = await page.track("On home");
      await page.pass(60);
      if (path) await page.navigate(path, "Later");
      await page.pass(HESITATION);
      assert.deepEqual(await h.leaks(), []);
      const events = await eventsAfterGrant(h, page, 4);
      assertOrder(events, ["identify", "From mail", "page", "On home"]);
      for (const event of events) {
        assert.equal(event.anonymousId, "aid-1");
        assert.equal(event.userId, "u-1");
        assert.equal(event.context.page.url, moment.url);
        assert.equal(event.context.page.title, "Home");
        assert.ok(Date.parse(event.timestamp) <= moment.time + TOLERANCE);
      }
      const named = (name) => events.find((event) => label(event) === name);
      assert.deepEqual(named("identify").traits, { plan: "pro" });
      assert.deepEqual(named("From mail").properties, { n: "1" });
      await page.call("queryString", "?ajs_event=By%20hand");
      const [, , , , byHand] = await h.world.waitForEvents(5);
      assert.equal(byHand.event.event, "By hand");
    });

  test("calls in the page's URL are not made up for when they were denied", async () => {
    const page = await h.open({ path: "/?ajs_uid=u-1&ajs_event=From%20mail" });
    await page.navigate("/later", "Later");
    await page.deny();
    await page.grant();
    await page.started();
    await page.track("Later");
    await h.world.waitForEvents(1);
    await page.settle();
    const events = await page.sent();
    assert.deepEqual(events.map(label), ["Later"]);
    assert.equal(events[0].userId ?? null, null);
  });

  test("a stub that was kept in a variable goes on working after the start", async () => {
    const page = await h.open({ after: "<script>window.kept = analytics;</script>" });
    await page.grant();
    await page.started();
    await page.evaluate("void kept.track('By the old reference')");
    const events = await h.world.waitForEvents(2);
    assert.ok(events.some(({ event }) => event.event === "By the old reference"));
  });

  test("calls made between the grant and the start of Analytics.js keep their place", async () => {
    await h.world.fault(/analytics\.min\.js$/, { delay: 300 });
    const page = await h.open();
    await page.track("Before");
    await page.grant();
    const moment = await page.track("Between");
    await h.world.waitForEvents(3);
    await page.track("After");
    await h.world.waitForEvents(4);
    const events = await page.sent();
    assertOrder(events, ["page", "Before", "Between", "After"]);
    assertMoment(
      events.find((event) => event.event === "Between"),
      moment,
    );
  });

  test("an option the page gives a call wins over the gate's time", async () => {
    const page = await h.open();
    await page.call(
      "track",
      "Old",
      {},
      { timestamp: "2020-02-02T02:02:02.000Z", context: { a: 1 } },
    );
    await page.grant();
    const events = await h.world.waitForEvents(2);
    const { event } = events.find(({ type }) => type === "track") ?? {};
    assert.equal(event.timestamp, "2020-02-02T02:02:02.000Z");
    assert.equal(event.context.a, 1);
  });

  for (const version of VERSIONS)
    test(`what a visitor does with tracked links and forms before the grant arrives, with snippet ${version}`, async () => {
      const page = await h.open({
        snippet: version,
        body: `<a href="#one">One</a> <a href="#two">Two</a>
          <form><input type=submit></form>
          <script>
            const [one, two] = document.querySelectorAll("a");
            const form = document.querySelector("form");
            form.onsubmit = (event) => event.preventDefault();
            analytics.trackLink(one, "Clicked", { link: 1 });
            analytics.trackClick({ toArray: () => [two] }, (link) => "Clicked " + link.text, (link) => ({ to: link.hash }));
            analytics.trackForm([form], "Sent", { by: "form" });
            analytics.trackLink(null, "Nothing");
            const click = (element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
          </script>`,
      });
      const click = (/** @type {string} */ element) => page.evaluate(`click(${element})`);
      const before = await page.evaluate(() => Date.now());
      await click("one");
      await click("two");
      await click("form.elements[0]");
      const after = await page.evaluate(() => Date.now());
      await page.pass(100);
      await page.grant();
      const held = await h.world.waitForEvents(4);
      await page.started();
      await click("one");
      const [later] = (await h.world.waitForEvents(5)).slice(4);
      const clicks = held.filter(({ type }) => type === "track");
      assert.deepEqual(clicks.map(({ event }) => [event.event, event.properties]).sort(), [
        ["Clicked Two", { to: "#two" }],
        ["Clicked", { link: 1 }],
        ["Sent", { by: "form" }],
      ]);
      assert.equal(later.event.event, "Clicked");
      for (const { event } of clicks) {
        const time = Date.parse(event.timestamp);
        assert.ok(time >= before && time <= after, `${event.timestamp}`);
      }
      await page.settle();
      assert.equal((await h.world.received()).length, 5);
    });

  test("what a visitor does with tracked links while Segment is denied is nobody's", async () => {
    const page = await h.open({
      body: `<a href="#one">One</a>
        <script>analytics.trackLink(document.querySelector("a"), "Clicked");</script>`,
    });
    await page.evaluate("document.querySelector('a').click()");
    await page.choose({ analytics: false });
    await page.evaluate("document.querySelector('a').click()");
    await page.grant();
    await page.started();
    await page.track("Later");
    await h.world.waitForEvents(1);
    await page.settle();
    assert.deepEqual(
      (await h.world.received()).map(({ event }) => event.event),
      ["Later"],
    );
  });

  test("a property that is changed after the call arrives as it was at the call", async () => {
    const page = await h.open();
    await page.evaluate(() => {
      const cart = { items: [1] };
      window.analytics.track("Cart", cart);
      cart.items.push(2);
    });
    await page.grant();
    const events = await h.world.waitForEvents(2);
    assert.deepEqual(events.find(({ type }) => type === "track")?.event.properties, { items: [1] });
  });

  test("an object that says itself what it is as JSON arrives as that", async () => {
    const page = await h.open({ snippetOptions: { page: false } });
    await page.evaluate(() => {
      const { analytics } = /** @type {any} */ (window);
      const model = { inner: 1, toJSON: () => ({ shown: 2 }) };
      const same = { kept: 3 };
      Object.defineProperty(same, "toJSON", { value: () => same });
      analytics.track("Model", model);
      analytics.track("Nested", { model });
      analytics.track("Same", same);
      analytics.track("Text", { kept: 4, toJSON: () => "text" });
    });
    const events = await eventsAfterGrant(h, page, 4);
    const sent = Object.fromEntries(events.map((event) => [label(event), event.properties]));
    assert.deepEqual(sent.Model, { shown: 2 });
    assert.deepEqual(sent.Nested, { model: { shown: 2 } });
    assert.deepEqual(sent.Same, { kept: 3 });
    assert.deepEqual(sent.Text, { kept: 4 });
  });

  test("a grant that is already known when the page starts lets Segment run as if there were no gate", async () => {
    const page = await h.open({
      before: "<script>segmentBlocker.setConsent({ analytics: true });</script>",
    });
    await h.world.waitForEvents(1);
    await page.started();
    await page.track("Live");
    const events = await h.world.waitForEvents(2);
    assert.deepEqual(events.map(({ event }) => label(event)).sort(), ["Live", "page"]);
    assert.ok((await page.cookieNames()).includes("ajs_anonymous_id"));
  });

  test("an answer of 500 to a replayed event makes Analytics.js try again, and it arrives once", async () => {
    await h.world.fault(/POST https:\/\/api\.segment\.io\/v1\/t/, { status: 500, times: 1 });
    const page = await h.open();
    await page.track("Stubborn");
    await page.grant();
    const events = await h.world.waitForEvents(2);
    assert.deepEqual(events.map(({ event }) => label(event)).sort(), ["Stubborn", "page"]);
  });
});
