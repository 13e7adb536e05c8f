/**
 * Consent sources that behave badly: again and again, out of order, throwing, replaced, all at once. Whatever they do, the
 * last word counts, nothing is sent after a denial, Analytics.js is loaded once, and the page goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { shopPage } from "./lib/shop.js";

/** @typedef {import("./lib/page.js").Page} Page */

const FLIPS = 100;
const FLOOD = 10_000;

/** A TCF CMP that says what the test wants: say(purposes consented to, status). */
const TCF = `<script>
  var listeners = [];
  function answer(purposes, eventStatus) {
    const consents = {};
    for (const purpose of purposes) consents[purpose] = true;
    return { gdprApplies: true, cmpStatus: "loaded", eventStatus, purpose: { consents } };
  }
  function say(purposes, eventStatus = "useractioncomplete") {
    for (const tell of listeners.slice()) tell(answer(purposes, eventStatus), true);
  }
  function __tcfapi(command, version, callback) {
    if (command === "addEventListener") listeners.push(callback);
  }
</script>`;

/** A CMP with an object and an event: choose(yes). */
const COOKIEBOT = `<script>
  var Cookiebot = { hasResponse: false, consent: { stamp: "0" } };
  function choose(yes) {
    Cookiebot.hasResponse = true;
    Cookiebot.consent = { stamp: "x", method: "explicit", statistics: yes, marketing: yes, preferences: yes };
    dispatchEvent(new Event("CookiebotOnConsentReady"));
  }
</script>`;

/**
 * Ways in which a choice is told, as page code of a choice "yes". The site's own word takes effect at once, so that a
 * denial after it finds Analytics.js asked for; a platform's at the end of the task.
 */
const WAYS = [
  { title: "a standard's callback", code: "say(yes ? [1, 8] : [])", atOnce: false },
  { title: "a platform's event", code: "choose(yes)", atOnce: false },
  { title: "setConsent", code: "segmentBlocker.setConsent({ analytics: yes })", atOnce: true },
  {
    title: "a DOM event",
    code: "document.dispatchEvent(new CustomEvent('segment-blocker:set-consent', { detail: { analytics: yes } }))",
    atOnce: true,
  },
];

inBrowsers((h) => {
  /** @param {Page} page @param {string} value */
  const analyticsIs = (page, value) =>
    page.until(`segmentBlocker.getConsent().analytics === "${value}"`);

  const names = async () =>
    (await h.world.received()).map(({ event }) => event.event ?? event.type);

  async function assertLoadedOnce() {
    const scripts = await h.world.requests(({ path }) => /analytics\.min\.js$/.test(path));
    assert.equal(scripts.length, 1);
  }

  /** Ends a page by a denial: its events stay where they are. @param {Page} page @param {string} deny */
  async function assertNothingAfter(page, deny) {
    await page.evaluate(`${deny}, analytics.track("After")`);
    await analyticsIs(page, "denied");
    await page.track("Later");
    await page.settle();
    const sent = await names();
    assert.ok(!sent.includes("After") && !sent.includes("Later"), sent.join());
    assert.deepEqual(page.problems?.errors ?? [], []);
  }

  test("every callback twice, a thousand times, and out of order", async () => {
    const page = await h.open({ after: TCF });
    await page.track("Held");
    await page.evaluate(() => {
      const { say } = /** @type {any} */ (window);
      for (const status of ["cmpuishown", "tcloaded"]) for (let i = 0; i < 2; i++) say([], status);
      for (let i = 0; i < 1000; i++) say([1, 8]);
      // What should have come before it: an open dialogue changes nothing, the same choice again neither.
      for (const status of ["tcloaded", "cmpuishown", "cmpuishown"])
        say(status === "tcloaded" ? [1, 8] : [], status);
    });
    await h.world.waitForEvents(2);
    await page.evaluate("say([1, 8]), say([1, 8])");
    await page.settle();
    assert.deepEqual((await names()).sort(), ["Held", "page"]);
    await assertLoadedOnce();
    await assertNothingAfter(page, "say([]), say([])");
  });

  test("sources that throw when they are asked, read or told of", async () => {
    const page = await h.open({
      after: `${TCF}${COOKIEBOT}<script>
        var thrown = 0, honest = __tcfapi;
        __tcfapi = (...call) => {
          if (thrown++ < 2) throw new Error("not yet");
          return honest(...call);
        };
        addEventListener("CookiebotOnConsentReady", () => thrown++);
      </script>`,
    });
    // It is asked again until it answers.
    await page.until("listeners.length > 0");
    await page.evaluate(() => {
      const { listeners, Cookiebot } = /** @type {any} */ (window);
      const thrower = {
        get() {
          throw new Error("from a CMP");
        },
      };
      for (const odd of [new Proxy({}, thrower), { purpose: new Proxy({}, thrower) }, null, 7, "x"])
        for (const tell of listeners) tell(odd, true);
      Object.defineProperty(Cookiebot, "consent", { ...thrower, configurable: true });
      dispatchEvent(new Event("CookiebotOnConsentReady"));
    });
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.evaluate("say([1, 8])");
    await h.world.waitForEvents(1);
    await assertLoadedOnce();
    await assertNothingAfter(page, "say([])");
  });

  test("a stub that is replaced again and again after the subscription", async () => {
    const page = await h.open({
      after: `${TCF}<script>
        function replace() {
          const mine = (listeners = []);
          __tcfapi = (command, version, callback) => {
            if (command === "addEventListener") mine.push(callback);
          };
        }
      </script>`,
    });
    await page.until("listeners.length > 0");
    await page.evaluate("window.first = listeners.slice()");
    for (let i = 0; i < 3; i++) {
      // A script that loads brings the next one.
      await page.evaluate("replace(), document.dispatchEvent(new Event('load'))");
      await page.until("listeners.length > 0");
    }
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.evaluate("say([1, 8])");
    await h.world.waitForEvents(1);
    // The first one, which is still there, is heard no less.
    await page.evaluate("first.forEach((tell) => tell(answer([], 'useractioncomplete'), true))");
    await analyticsIs(page, "denied");
    await page.evaluate("say([1, 8])");
    await analyticsIs(page, "granted");
    await assertLoadedOnce();
    await assertNothingAfter(page, "say([])");
  });

  for (const { title, code, atOnce } of WAYS) {
    test(`${FLIPS} changes of mind in one task by ${title}`, async () => {
      const page = await h.open({ after: TCF + COOKIEBOT });
      await page.until("listeners.length > 0");
      const flip = (/** @type {boolean} */ last) =>
        page.evaluate(`(() => {
          for (let i = 1; i <= ${FLIPS}; i++) {
            const yes = i % 2 === ${last ? 0 : 1};
            ${code};
            if (!yes) analytics.track("Refused");
          }
        })()`);
      await flip(false);
      await analyticsIs(page, "denied");
      await page.settle();
      assert.deepEqual(await names(), []);
      if (atOnce) await assertLoadedOnce();
      else assert.deepEqual(await h.leaks(), []);
      await flip(true);
      await analyticsIs(page, "granted");
      await page.track("Agreed");
      await h.world.waitForEvents(1);
      await assertLoadedOnce();
      await flip(false);
      await assertNothingAfter(page, `(() => { const yes = false; ${code}; })()`);
      await assertLoadedOnce();
    });
  }

  test(`${FLOOD} messages from frames, forged and true`, async () => {
    const track = `<script>addEventListener("message", ({ data }) => data === "track" && analytics.track("Framed"))</script>`;
    await h.world.page("https://inner.example/", shopPage({ after: track }), {
      headers: { "Content-Type": "text/html" },
    });
    const page = await h.open({
      snippet: "",
      body: `<iframe name="__tcfapiLocator"></iframe><iframe srcdoc="other"></iframe>${TCF}<script>
        var asked, ticks = 0;
        addEventListener("message", ({ data, source }) => {
          if (data.__tcfapiCall) asked = { source, callId: data.__tcfapiCall.callId };
        });
        setInterval(() => ticks++);
        function tell(from, callId, purposes) {
          const returnValue = answer(purposes, "useractioncomplete");
          from({ __tcfapiReturn: { callId, success: true, returnValue } });
        }
        const own = (message) => asked.source.postMessage(message, "*");
        const forged = (message) => {
          frames[1].message = message;
          frames[1].eval("parent.asked.source.postMessage(message, '*')");
        };
      </script><iframe src="https://inner.example/"></iframe>`,
    });
    await page.until("asked");
    await page.evaluate(`(() => {
      for (let i = 0; i < ${FLOOD / 2}; i++) {
        tell(forged, asked.callId, [1, 8]);
        tell(own, i, [1, 8]);
      }
    })()`);
    const before = await page.evaluate("ticks");
    await page.until(`ticks > ${before + 10}`);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.evaluate(
      `(() => { for (let i = 1; i <= ${FLIPS}; i++) tell(own, asked.callId, i % 2 ? [] : [1, 8]); })()`,
    );
    // What was held before is gone by the denials.
    await page.evaluate(`own("track")`);
    await h.world.waitForEvents(1);
    assert.deepEqual(await names(), ["Framed"]);
    await page.evaluate(`tell(own, asked.callId, []), own("track")`);
    await page.settle();
    assert.deepEqual(await names(), ["Framed"]);
    await assertLoadedOnce();
    assert.deepEqual(page.problems?.errors ?? [], []);
  });
});
