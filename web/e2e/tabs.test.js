/** One visitor, several documents: tabs, frames, and pages that come back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { assertArrived, label } from "./lib/sent.js";
import { SHOP } from "./lib/shop.js";

/** A site that applies the choice it remembers on load and on return, as the gate's documentation asks. */
const REMEMBERS = `<script>
  function apply() {
    const choice = localStorage.getItem("choice");
    if (choice) segmentBlocker.setConsent({ analytics: choice === "yes" });
  }
  apply();
  addEventListener("pageshow", (event) => {
    if (event.persisted) apply();
  });
</script>`;

/** Platforms that say in this tab what the visitor has chosen here, and know nothing of other tabs: say(yes). */
const PLATFORMS = {
  "a standard": `<script>
    var listeners = [];
    function __tcfapi(command, version, callback) {
      if (command !== "addEventListener") return;
      listeners.push(callback);
      callback(answer(false, "cmpuishown"), true);
    }
    function answer(yes, eventStatus) {
      const consents = yes ? { 1: true, 8: true } : {};
      return { gdprApplies: true, cmpStatus: "loaded", eventStatus, purpose: { consents } };
    }
    function say(yes) {
      for (const tell of listeners) tell(answer(yes, "useractioncomplete"), true);
    }
  </script>`,
  "a platform": `<script>
    var Cookiebot = { hasResponse: false, consent: { stamp: "0" } };
    function say(yes, stamp = "x") {
      Cookiebot.hasResponse = true;
      Cookiebot.consent = { stamp, method: "explicit", statistics: yes, marketing: false, preferences: false };
      dispatchEvent(new Event("CookiebotOnConsentReady"));
    }
  </script>`,
};

/** Says when the page is shown, and whether it came back from the back-forward cache. */
const SAYS_SO = `<script>
  addEventListener("pageshow", (event) => { fetch(event.persisted ? "/came-back" : "/came-anew"); });
</script>`;
/** How often a browser may find a page busy, for reasons of its own, and not keep it. */
const TRIES = 3;

/**
 * Goes to the next page. A page still busy with its start is not kept by Chromium.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/page.js").Page} page
 */
async function leave(h, page) {
  await page.settle();
  await page.tab.goto(await h.write({ path: "/next", snippet: "" }));
  await page.settle();
}

/**
 * Goes back to a page, and tells whether it was kept. Asking it anything before it is back would throw it out of Chromium's cache.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/page.js").Page} page
 */
async function comeBack(h, page) {
  const mark = await h.world.mark();
  await page.tab.back();
  const [{ path }] = await h.world.waitForRequests(({ path }) => /^\/came-/.test(path), 1, mark);
  await page.until("location.pathname === '/'");
  return path === "/came-back";
}

/**
 * A page that was left and came back from the back-forward cache.
 * @param {import("./lib/harness.js").Harness} h
 * @param {() => Promise<import("./lib/page.js").Page>} open
 * @param {(page: import("./lib/page.js").Page) => Promise<unknown>} [meanwhile] what happens while it is away
 */
async function kept(h, open, meanwhile) {
  for (let i = 0; i < TRIES; i++) {
    const page = await open();
    await leave(h, page);
    await meanwhile?.(page);
    if (await comeBack(h, page)) return page;
  }
  return assert.fail(`of ${TRIES} pages none was kept`);
}

/** Two tabs in which Segment runs. @param {import("./lib/harness.js").Harness} h */
async function startedTabs(h) {
  const one = await h.open();
  await one.grant();
  await one.started();
  const other = await h.visit(`${SHOP}/`);
  await other.grant();
  await other.started();
  await h.world.waitForEvents(2);
  return [one, other];
}

inBrowsers((h) => {
  test("of several tabs one tells Segment of a change", async () => {
    const [one, other] = await startedTabs(h);
    await one.choose({ marketing: false });
    await other.until("segmentBlocker.getConsent().marketing === 'denied'");
    await h.world.waitForEvents(3);
    await other.settle();
    await assertArrived(h, ["Segment Consent Preference Updated", "page", "page"]);
  });

  test("a withdrawal in one tab silences and erases in the other", async () => {
    const [one, other] = await startedTabs(h);
    await other.withdraw();
    await one.until("segmentBlocker.getConsent().analytics === 'denied'");
    const mark = await h.world.mark();
    await one.track("After");
    await one.settle();
    assert.deepEqual(await h.leaks(mark), []);
    assert.deepEqual(await one.stored(), []);
    assert.deepEqual(await other.stored(), []);
  });

  test("a grant in one tab lets the other send what it kept", async () => {
    const one = await h.open();
    const moment = await one.track("Kept");
    const other = await h.visit(`${SHOP}/`);
    await other.grant();
    const events = await h.world.waitForEvents(3);
    const kept = events.find(({ event }) => event.event === "Kept");
    assert.ok(kept, "what the first tab kept arrives");
    assert.ok(Math.abs(Date.parse(kept.event.timestamp) - moment.time) <= 50);
  });

  test("two tabs under one choice are one visitor", async () => {
    const one = await h.open();
    await one.grant();
    await one.started();
    await h.world.waitForEvents(1);
    const other = await h.visit(`${SHOP}/`);
    await other.grant();
    const events = await h.world.waitForEvents(2);
    assert.equal(new Set(events.map(({ event }) => event.anonymousId)).size, 1);
  });

  test("a page that comes back after a withdrawal elsewhere is silent and writes nothing", async () => {
    const page = await h.open({ before: REMEMBERS });
    await page.evaluate("localStorage.setItem('choice', 'yes'), apply()");
    await page.started();
    await h.world.waitForEvents(1);
    const next = await h.write({ path: "/next", snippet: "", before: REMEMBERS });
    await page.tab.goto(next);
    await page.evaluate("localStorage.setItem('choice', 'no'), segmentBlocker.withdraw()");
    await page.tab.back();
    await page.until("location.pathname === '/' && document.readyState === 'complete'");
    const mark = await h.world.mark();
    await page.until("segmentBlocker.getConsent().analytics === 'denied'");
    await page.track("After the return");
    await page.settle();
    assert.deepEqual(await h.leaks(mark), []);
    assert.deepEqual(await page.stored(), ["choice"]);
  });

  for (const [title, before] of Object.entries(PLATFORMS)) {
    /** Two tabs, whose platforms are at work. */
    const twoTabs = async () => {
      const one = await h.open({ before });
      const other = await h.visit(`${SHOP}/`);
      // Who is found undecided is asked again for a while, which tells all of what it knows.
      await other.pass(100);
      const bothAre = async (/** @type {string} */ state) => {
        for (const page of [one, other])
          await page.until(`segmentBlocker.getConsent().analytics === "${state}"`);
      };
      return { one, other, bothAre };
    };

    test(`who denies again in one tab what was granted in another is heard in both: ${title}`, async () => {
      const { one, other, bothAre } = await twoTabs();
      await one.evaluate("say(false)");
      await bothAre("denied");
      await other.evaluate("say(true)");
      await bothAre("granted");
      await other.started();
      await one.evaluate("say(false)");
      await bothAre("denied");
      await other.track("After");
      await other.settle();
      const events = (await h.world.received()).map(({ event }) => label(event));
      assert.ok(!events.includes("After"));
      assert.deepEqual(await other.stored(), []);
    });

    test(`who grants again in one tab what was denied in another is heard in both: ${title}`, async () => {
      const { one, other, bothAre } = await twoTabs();
      await one.evaluate("say(true, 'first')");
      await bothAre("granted");
      await other.evaluate("say(false)");
      await bothAre("denied");
      await one.evaluate("say(true, 'second')");
      await bothAre("granted");
    });
  }

  test("a platform that only repeats what another tab has made out of date grants nothing there", async () => {
    const one = await h.open({ before: PLATFORMS["a platform"] });
    const other = await h.visit(`${SHOP}/`);
    await one.evaluate("say(true)");
    await other.until("segmentBlocker.getConsent().analytics === 'granted'");
    await other.evaluate("say(false)");
    await one.until("segmentBlocker.getConsent().analytics === 'denied'");
    await one.evaluate("dispatchEvent(new Event('CookiebotOnDialogDisplay'))");
    await other.settle();
    assert.equal(await other.gate("getConsent().analytics"), "denied");
  });

  test("a frame of the same site holds for itself", async () => {
    await h.write({ path: "/frame" });
    const page = await h.open({ snippet: "", body: "<iframe src=/frame></iframe>" });
    await page.until("frames[0].segmentBlocker && frames[0].document.readyState === 'complete'");
    await page.evaluate("void frames[0].analytics.track('Framed')");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    const events = await h.world.waitForEvents(2);
    assert.ok(events.some(({ event }) => event.event === "Framed"));
  });
}, OWN_VISITOR);

inBrowsers(
  (h) => {
    test("the gate keeps no page out of the back-forward cache, and a page that is kept goes on holding", async () => {
      const page = await kept(h, async () => {
        const page = await h.open({ before: REMEMBERS + SAYS_SO });
        await page.track("Before");
        return page;
      });
      await page.track("After");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.equal(await page.gate("queue.length"), 3);
      await page.grant();
      await h.world.waitForEvents(3);
    });

    test("a page that is kept forgets who the visitor was after a withdrawal and a new grant elsewhere", async () => {
      const open = async () => {
        const page = await h.open({ before: SAYS_SO, body: "<h1>Kept</h1>" });
        await page.grant();
        await page.started();
        await page.identify("u-old", { email: "old@shop.example" });
        await page.call("group", "team-old", { size: 3 });
        await h.world.waitForEvents(3);
        return page;
      };
      // As Analytics.js stores it in another tab. More pages here would push the kept one out of the cache.
      const id = "5e6a1a1c-0000-4000-8000-00000000beef";
      const page = await kept(h, open, async (page) => {
        await page.withdraw();
        await page.grant();
        await page.evaluate(`localStorage.setItem("ajs_anonymous_id", '"${id}"'),
          localStorage.setItem("ajs_user_id", '"u-new"'),
          localStorage.setItem("ajs_user_traits", '{"plan":"pro"}')`);
      });
      await page.track("Back");
      await h.world.waitForRequests((r) => r.method === "POST" && !!r.body?.includes('"Back"'));
      const events = (await h.world.received()).map(({ event }) => event);
      const back = events.find((event) => event.event === "Back");
      assert.equal(back.userId, "u-new");
      assert.equal(back.anonymousId, id);
      assert.equal(back.context.groupId ?? null, null);
      assert.deepEqual(await page.evaluate("analytics.user().traits()"), { plan: "pro" });
      assert.deepEqual(await page.evaluate("analytics.group().traits()"), {});
      await page.settle();
      assert.equal(await page.anonymousId(), id);
      assert.match(await page.evaluate("localStorage.getItem('ajs_user_id')"), /u-new/);
    });

    test("a choice that a platform tells after the return counts, though consent was withdrawn elsewhere", async () => {
      const platform = `<script>
        window.dataLayer = [];
        function gtag() { dataLayer.push(arguments); }
        function accept() {
          gtag("consent", "update", { analytics_storage: "granted", ad_storage: "granted" });
        }
      </script>`;
      const open = async () => {
        const page = await h.open({ before: platform + SAYS_SO });
        await page.evaluate("accept()");
        await page.started();
        await h.world.waitForEvents(1);
        return page;
      };
      const page = await kept(h, open, (page) => page.withdraw());
      await page.until("segmentBlocker.getConsent().analytics === 'denied'");
      await page.evaluate("accept()");
      await page.until("segmentBlocker.getConsent().analytics === 'granted'");
      await page.track("Again");
      await h.world.waitForRequests((r) => !!r.body?.includes('"Again"'));
    });

    test("a page that is kept is silent after a withdrawal elsewhere, although its site says nothing", async () => {
      const open = async () => {
        const page = await h.open({ before: SAYS_SO });
        await page.grant();
        await page.started();
        await h.world.waitForEvents(1);
        return page;
      };
      const page = await kept(h, open, (page) => page.withdraw());
      const mark = await h.world.mark();
      assert.equal(await page.evaluate("segmentBlocker.getConsent().analytics"), "denied");
      await page.track("After the return");
      await page.settle();
      assert.deepEqual(await h.leaks(mark), []);
      assert.deepEqual(await page.stored(), []);
    });
  },
  { engines: ["chromium", "firefox"], ...OWN_VISITOR },
);
