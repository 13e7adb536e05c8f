/**
 * Consent sources without code from the site: what the page side does with standards, CMPs and what they store. Single
 * CMPs are the matter of other tests; here each mechanism is tried with one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { shopPage } from "./lib/shop.js";

const GRANTED = "segmentBlocker.getConsent().analytics === 'granted'";
const DENIED = "segmentBlocker.getConsent().analytics === 'denied'";
const HTML = { headers: { "content-type": "text/html" } };

const KLARO = {
  granted: `document.cookie = "klaro=" + encodeURIComponent('{"analytics":true}')`,
  denied: `document.cookie = "klaro=" + encodeURIComponent('{"analytics":false}')`,
};

/** A TCF CMP whose answers the test gives with say(). */
const TCF = `<script>
  var listeners = [];
  function __tcfapi(command, version, callback) {
    if (command === "addEventListener") listeners.push(callback);
  }
  function say(eventStatus, purposes, more) {
    const consents = {};
    for (const purpose of purposes || []) consents[purpose] = true;
    for (const tell of listeners.slice())
      tell({ gdprApplies: true, cmpStatus: "loaded", eventStatus, purpose: { consents }, ...more }, true);
  }
</script>`;

/** A CMP with an API and events: Cookiebot, which choose() decides. */
const COOKIEBOT = `<script>
  var Cookiebot = { hasResponse: false, consent: { stamp: "0", statistics: false, marketing: false } };
  function choose(statistics, marketing) {
    Cookiebot.hasResponse = true;
    Cookiebot.consent = { stamp: "x", method: "explicit", statistics, marketing, preferences: false };
    dispatchEvent(new Event("CookiebotOnConsentReady"));
  }
</script>`;

inBrowsers((h) => {
  /** Fails when anything of Segment's has left the browser. @param {import("./lib/page.js").Page} page */
  async function assertHeld(page) {
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.equal(await page.gate("getConsent().analytics"), "unset");
  }

  test("a stored grant starts Segment without a CMP, and a stored denial keeps it out", async () => {
    const page = await h.open({});
    await page.evaluate(KLARO.granted);
    await h.world.waitForEvents(1);
    await page.reload();
    assert.equal(await page.gate("getConsent().source"), "cmp");
    await h.world.waitForEvents(2);
    await page.evaluate(KLARO.denied);
    await page.until(DENIED);
    await page.reload();
    assert.equal(await page.gate("getConsent().analytics"), "denied");
    await page.settle();
    assert.equal((await h.world.received()).length, 2);
  });

  test("a site that does not trust stored choices hears the CMP's next write", async () => {
    const first = await h.open({ gate: false, snippet: "" });
    await first.evaluate(KLARO.granted);
    const page = await h.open({ config: { storedConsent: false } });
    await assertHeld(page);
    await page.evaluate(KLARO.granted);
    await h.world.waitForEvents(1);
  });

  test("a choice in localStorage is heard when it is written by method or as a member", async () => {
    const page = await h.open({});
    const value = (/** @type {boolean} */ yes) =>
      JSON.stringify({ purposes: { Analytics: yes }, confirmed: true, timestamp: new Date() });
    await page.evaluate((text) => localStorage.setItem("tcmConsent", text), value(true));
    await page.until(GRANTED);
    await page.evaluate((text) => {
      localStorage.tcmConsent = text;
    }, value(false));
    await page.until(DENIED);
  });

  test("a CMP's default grants nothing, its decision does, and its withdrawal ends it", async () => {
    const page = await h.open({ after: COOKIEBOT });
    await assertHeld(page);
    await page.evaluate("choose(true, false)");
    await h.world.waitForEvents(1);
    assert.deepEqual(await page.gate("getConsent()"), {
      functional: "denied",
      analytics: "granted",
      marketing: "denied",
      source: "cmp",
      model: "opt-in",
    });
    await page.evaluate("choose(false, false)");
    await page.until(DENIED);
    assert.deepEqual(await page.stored(), []);
  });

  test("a CMP that needs no banner here starts Segment, unless the site wants opt-in", async () => {
    const implied = `<script>
      var Cookiebot = { hasResponse: true, consent: { stamp: "-1", method: "implied", statistics: true } };
    </script>`;
    const held = await h.open({ after: implied, config: { model: "opt-in" } });
    await assertHeld(held);
    const page = await h.open({ after: implied });
    await h.world.waitForEvents(1);
    assert.equal(await page.gate("getConsent().analytics"), "unset");
    assert.equal(await page.gate("getConsent().model"), "opt-out");
  });

  test("a CMP that comes late is found, and one that replaces its stub is heard again", async () => {
    await h.world.page("https://cmp.example/late.js", COOKIEBOT.replace(/<\/?script>/g, ""), {
      headers: { "content-type": "text/javascript" },
    });
    const page = await h.open({ after: `<script>var Cookiebot = {}; </script>` });
    await page.evaluate(() =>
      new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = "https://cmp.example/late.js";
        script.onload = resolve;
        document.head.append(script);
      }).then(() => 1),
    );
    await assertHeld(page);
    await page.evaluate("choose(true, true)");
    await h.world.waitForEvents(1);
  });

  test("only the named sources are heard", async () => {
    const none = await h.open({ after: COOKIEBOT, config: { cmp: "none" } });
    await none.evaluate(`choose(true, true), ${KLARO.granted}`);
    await assertHeld(none);
    const page = await h.open({ after: COOKIEBOT, config: { cmp: "klaro" } });
    await page.evaluate("choose(true, true)");
    await page.evaluate(KLARO.denied);
    await page.until(DENIED);
  });

  test("the site's own words for categories count", async () => {
    const page = await h.open({
      config: { categories: { C0009: "analytics" } },
      after: `<script>
        var OnetrustActiveGroups = ",C0001,";
        var OneTrust = {
          IsAlertBoxClosed: () => OnetrustActiveGroups !== ",C0001,",
          GetDomainData: () => ({ ShowAlertNotice: true, ConsentModel: { Name: "opt-in" } }),
          OnConsentChanged() {},
        };
      </script>`,
    });
    await assertHeld(page);
    await page.evaluate(() => {
      /** @type {any} */ (window).OnetrustActiveGroups = ",C0001,C0009,";
      dispatchEvent(new CustomEvent("OneTrustGroupsUpdated"));
    });
    await page.until("segmentBlocker.getConsent().source === 'cmp'");
    assert.equal(await page.gate("getConsent().marketing"), "denied");
  });

  test("TCF: the choice counts, an open dialogue changes nothing, and where the GDPR does not apply nothing is asked", async () => {
    const page = await h.open({ after: TCF, config: { model: "opt-out" } });
    await page.evaluate("say('cmpuishown', [1, 8])");
    await page.until("segmentBlocker.getConsent().model === 'opt-in'");
    await page.evaluate("say('useractioncomplete', [1, 8])");
    await page.until(GRANTED);
    await page.evaluate("say('cmpuishown', [])");
    await page.settle();
    assert.equal(await page.gate("getConsent().analytics"), "granted");
    await page.evaluate("say('useractioncomplete', [1])");
    await page.until(DENIED);
    await page.evaluate("say('tcloaded', [], { gdprApplies: false })");
    await page.until("segmentBlocker.getConsent().model === 'opt-out'");
  });

  test("TCF: legitimate interest, a stub's answer and a CMP that is still loading grant nothing", async () => {
    const page = await h.open({ after: TCF });
    await page.evaluate("say('tcloaded', [1, 8], { cmpStatus: 'stub' })");
    await page.evaluate("say('tcloaded', [1, 8], { cmpStatus: 'loading' })");
    await assertHeld(page);
    await page.evaluate(() => {
      const all = { 1: true, 8: true };
      /** @type {any} */ (window).say("tcloaded", [], {
        purpose: { consents: {}, legitimateInterests: all },
      });
    });
    await page.until(DENIED);
  });

  test("TCF: a stub that was replaced after the subscription, with a queue or without", async () => {
    const page = await h.open({
      after: `<script>var queue = []; function __tcfapi() { queue.push([...arguments]); }</script>${TCF.replace(
        "var listeners = [];",
        "var listeners = queue.map((call) => call[2]);",
      )}`,
    });
    await page.evaluate("say('useractioncomplete', [1, 8])");
    await h.world.waitForEvents(1);
    await page.settle();
    assert.equal((await h.world.received()).length, 1);
  });

  test("GPP: decides when it is ready, holds while it is not, and an objection denies marketing alone", async () => {
    const page = await h.open({
      after: `<script>
        var listeners = [];
        function __gpp(command, callback) {
          listeners.push(callback);
          callback({ eventName: "listenerRegistered", pingData: { signalStatus: "not ready", applicableSections: [] } }, true);
        }
        function say(signalStatus, gppString) {
          for (const tell of listeners)
            tell({ eventName: "signalStatus", pingData: { signalStatus, gppString, applicableSections: [7] } }, true);
        }
      </script>`,
    });
    await assertHeld(page);
    await page.evaluate("say('ready', 'DBABLA~CEAgAAAAAABA.QA')");
    await h.world.waitForEvents(1);
    assert.equal(await page.gate("getConsent().model"), "opt-out");
    await page.evaluate("say('not ready', '')");
    await page.until("segmentBlocker.getConsent().model === 'opt-in'");
    await page.evaluate("say('ready', 'DBABLA~CAARAAAAAABA.YA')");
    await page.until("segmentBlocker.getConsent().marketing === 'denied'");
    assert.equal(await page.gate("getConsent().analytics"), "unset");
  });

  test("USP: an opt-out of sale denies marketing, and is asked for again when something changes", async () => {
    const page = await h.open({
      after: `<script>
        var uspString = "1YNN";
        function __uspapi(command, version, callback) { callback({ version: 1, uspString }, true); }
      </script>`,
    });
    await h.world.waitForEvents(1);
    assert.equal(await page.gate("getConsent().marketing"), "unset");
    await page.evaluate(`(uspString = "1YYN"), (document.cookie = "usprivacy=1YYN")`);
    await page.until("segmentBlocker.getConsent().marketing === 'denied'");
    assert.equal(await page.gate("getConsent().source"), "usp");
  });

  test("Consent Mode: a default is no choice, updates are, pushed before us, by gtag, or held by Google's tags", async () => {
    const gtag = "var dataLayer = dataLayer || []; function gtag() { dataLayer.push(arguments); }";
    const page = await h.open({
      after: `<script>${gtag} gtag("consent", "default", { analytics_storage: "granted" });</script>`,
    });
    await assertHeld(page);
    await page.evaluate(`gtag("consent", "update", { analytics_storage: "granted" })`);
    await h.world.waitForEvents(1);
    await page.evaluate(`gtag("consent", "update", { analytics_storage: "denied" })`);
    await page.until(DENIED);
    const before = `<script>${gtag} gtag("consent", "update", { analytics_storage: "denied" });</script>`;
    const second = await h.open({ before });
    assert.equal(await second.gate("getConsent().analytics"), "denied");
    await second.evaluate(() => {
      const entries = { analytics_storage: { default: false, update: true } };
      /** @type {any} */ (window).google_tag_data = {
        ics: { entries, addListener: (types, tell) => /** @type {any} */ (window.tell = tell) },
      };
      document.head.append(document.createElement("script"));
      document.dispatchEvent(new Event("load"));
      entries.analytics_storage.update = false;
      /** @type {any} */ (window).tell();
    });
    await second.until(DENIED);
  });

  test("a site without a CMP: attributes of the html element, and a DOM event", async () => {
    const page = await h.open({});
    await assertHeld(page);
    await page.evaluate(
      `document.documentElement.setAttribute("data-consent-analytics", "granted")`,
    );
    await h.world.waitForEvents(1);
    await page.evaluate(
      `document.documentElement.setAttribute("data-consent-analytics", "denied")`,
    );
    await page.until(DENIED);
    await page.evaluate(() =>
      document.dispatchEvent(
        new CustomEvent("segment-blocker:set-consent", { detail: { analytics: true } }),
      ),
    );
    await page.until(GRANTED);
    assert.equal(await page.gate("getConsent().source"), "api");
  });

  const WAYS = {
    dataset: `document.documentElement.dataset.consentAnalytics = STATE`,
    setAttributeNS: `document.documentElement.setAttributeNS(null, "data-consent-analytics", STATE)`,
    "an attribute node": `{ const a = document.createAttribute("data-consent-analytics"); a.value = STATE; document.documentElement.setAttributeNode(a); }`,
  };
  for (const [way, code] of Object.entries(WAYS)) {
    test(`the attributes of the html element are heard when they are given by ${way}`, async () => {
      const page = await h.open({});
      await assertHeld(page);
      await page.evaluate(`void (() => { ${code.replace("STATE", '"granted"')} })()`);
      await h.world.waitForEvents(1);
      await page.evaluate(`void (() => { ${code.replace("STATE", '"denied"')} })()`);
      await page.until(DENIED);
    });
  }

  test("in a frame the CMP of the page above is asked, and only its own answer counts", async () => {
    await h.world.page("https://inner.example/", shopPage({}), HTML);
    const page = await h.open({
      snippet: "",
      body: `<iframe name="__tcfapiLocator"></iframe><script>
        var asked;
        addEventListener("message", ({ data, source }) => {
          if (data.__tcfapiCall) asked = { source, callId: data.__tcfapiCall.callId };
        });
        function answer(callId, from) {
          const returnValue = { gdprApplies: true, eventStatus: "tcloaded", purpose: { consents: { 1: true, 8: true } } };
          const message = { __tcfapiReturn: { callId, success: true, returnValue } };
          if (from) from.eval("parent.frames[2].postMessage(" + JSON.stringify(message) + ", '*')");
          else asked.source.postMessage(JSON.stringify(message), "*");
        }
      </script><iframe srcdoc="other"></iframe><iframe src="https://inner.example/"></iframe>`,
    });
    await page.until("asked");
    assert.match(await page.evaluate("asked.callId"), /^(\d+,){15}\d+$/);
    await page.evaluate("answer('1'), answer(asked.callId, frames[1])");
    await page.settle();
    assert.deepEqual(await h.world.received(), []);
    await page.evaluate("answer(asked.callId)");
    await h.world.waitForEvents(1);
  });

  test("a hundred changes of mind in one task: the last word counts, and what was held is not lost", async () => {
    const page = await h.open({ after: TCF });
    await page.track("Held");
    await page.evaluate(() => {
      const { say } = /** @type {any} */ (window);
      for (let i = 0; i < 100; i++) say("useractioncomplete", i % 2 ? [1, 8] : []);
    });
    await h.world.waitForEvents(2);
    await page.evaluate(() => {
      const { say, analytics } = /** @type {any} */ (window);
      for (let i = 0; i < 1000; i++) say("useractioncomplete", i % 2 ? [] : [1, 8]);
      analytics.track("Late");
    });
    await page.settle();
    const names = (await h.world.received()).map(({ event }) => event.event ?? event.type);
    assert.deepEqual(names.sort(), ["Held", "page"]);
    assert.deepEqual(await page.stored(), []);
  });

  test("sources that throw or answer nonsense harm neither the page nor the others", async () => {
    const page = await h.open({
      after: `<script>
        var thrower = () => { throw new Error("from a CMP"); };
        var Cookiebot = { get consent() { thrower(); } }, Didomi = { on: thrower }, __uspapi = thrower, __gpp = thrower;
        var OneTrust = { OnConsentChanged: (tell) => { tell(7); tell(null); } }, UC_UI = 5, klaro = {}, dataLayer = "x";
        var Osano = { cm: new Proxy({}, { get: thrower }) }, airgap = null, Shopify = { get customerPrivacy() { thrower(); } };
      </script>${TCF}`,
    });
    await page.evaluate(() => {
      const { say } = /** @type {any} */ (window);
      for (const odd of [{ purpose: 7 }, { purpose: null }, { publisher: "x" }, { tcString: {} }])
        say("tcloaded", [], odd);
      dispatchEvent(new CustomEvent("UC_UI_CMP_EVENT", { detail: null }));
      say("useractioncomplete", [1, 8]);
    });
    await h.world.waitForEvents(1);
    assert.deepEqual(page.problems?.errors ?? [], []);
  });
}, ONE_PROCESS);
