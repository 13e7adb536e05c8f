/** Settings of several sources on a page, and settings that a site brings along: each source keeps its own, and what is closed stays out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundled, SETTINGS, SETTINGS_URL } from "./lib/destinations.js";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { KEY } from "./lib/shop.js";

const NO_MARKETING = { functional: true, analytics: true, marketing: false };
const JSON_TYPE = { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" };
const CODE = /tiktok-pixel/;

/** The second source: a widget's, of another workspace with words of its own. */
const OTHER = "wkWidget";
const OTHER_SETTINGS = {
  integrations: {
    "Segment.io": { apiKey: OTHER, unbundledIntegrations: ["Mixpanel"] },
    "Google Ads": {
      consentSettings: { categories: ["C0004"] },
      versionSettings: { componentTypes: [] },
    },
  },
  remotePlugins: [],
  consentSettings: { allCategories: ["C0002", "targeting"] },
};

/** Loads a source as a bundle does. @param {string} name @param {string} key @param {string} [more] */
const load = (name, key, more = "") =>
  `window.${name} = AnalyticsBrowser.load({ writeKey: "${key}"${more} }); segmentBlocker.watch(${name});`;
/** What a destination's code asks for that a site has in its own bundle. */
const BUNDLED = "https://pixel.example/bundled.gif";
/** @param {string} name */
const bundled = (name) =>
  `Object.assign(() => [{ name: "own", type: "destination", version: "1", isLoaded: () => true,
    load: async () => { new Image().src = "${BUNDLED}"; } }], { pluginName: "${name}" })`;
const FIRST = load("shop", KEY);
const SECOND = load("widget", OTHER);

inBrowsers((h) => {
  /** @param {string} code @param {any} [settings] of the first source */
  const open = async (code, settings = SETTINGS) => {
    const page = await openBundled(h, code);
    await h.world.page(SETTINGS_URL, settings, { headers: JSON_TYPE });
    const other = SETTINGS_URL.replace(KEY, OTHER);
    await h.world.page(other, JSON.stringify(OTHER_SETTINGS), { headers: JSON_TYPE });
    return page;
  };

  /** Whether TikTok's code was asked for. */
  const asked = async () => (await h.world.requests(({ url }) => CODE.test(url))).length > 0;

  /** @param {string} name */
  const sent = async (name) => {
    const [{ event }] = await h.world.waitForEvents(1, ({ event }) => event.event === name);
    return event;
  };

  /** @param {any} event */
  const refused = ({ integrations }) =>
    Object.keys(integrations)
      .filter((name) => integrations[name] === false)
      .sort();

  for (const [title, code] of Object.entries({
    "the shop's first": `${FIRST} setTimeout(() => { ${SECOND} }, 300);`,
    "the widget's first": `${SECOND} setTimeout(() => { ${FIRST} }, 300);`,
  })) {
    test(`each source's events say what its own workspace and destinations are about, ${title}`, async () => {
      // The workspace says so, where the catalog would say analytics.
      const settings = JSON.parse(SETTINGS);
      settings.integrations["Actions Amplitude"].consentSettings = { categories: ["C0004"] };
      const page = await open(code, JSON.stringify(settings));
      await page.pass(400);
      await page.choose(NO_MARKETING);
      await page.evaluate(`void (shop.track("Of shop"), widget.track("Of widget"))`);
      const [ofShop, ofWidget] = [await sent("Of shop"), await sent("Of widget")];
      assert.deepEqual(ofShop.context.consent.categoryPreferences, {
        C0002: true,
        C0003: true,
        C0004: false,
      });
      assert.deepEqual(refused(ofShop), [
        "Actions Amplitude",
        "Amplitude (Actions)",
        "Facebook Conversions API (Actions)",
        "Facebook Pixel",
        "Iterable",
        "Nobody Knows",
        "TikTok Pixel",
      ]);
      assert.deepEqual(ofWidget.context.consent.categoryPreferences, {
        C0002: true,
        targeting: false,
      });
      assert.deepEqual(refused(ofWidget), ["Google Ads"]);
    });

    test(`of two sources, the one that has a destination gets it when it is granted later, ${title}`, async () => {
      const page = await open(code);
      await page.pass(400);
      await page.choose(NO_MARKETING);
      await h.world.waitForRequests(({ url }) => url.includes("amplitude-plugins"));
      await page.settle();
      assert.ok(!(await asked()));
      await page.choose({ marketing: true });
      await page.until("window.tools && window.tools['TikTok Pixel']");
      await page.evaluate(`void (shop.track("Of shop"), widget.track("Of widget"))`);
      await page.until("window.heard.includes('TikTok Pixel: Of shop')");
      await page.settle();
      const heard = await page.evaluate(() =>
        window.heard.filter((event) => /TikTok.*widget/.test(event)),
      );
      assert.deepEqual(heard, []);
    });
  }

  test("settings that a site brings along are narrowed, whoever has fetched others before", async () => {
    const brought = load(
      "shop",
      KEY,
      `, cdnSettings: ${SETTINGS}, plugins: [${bundled("TikTok Pixel")}]`,
    );
    const page = await open(
      `fetch("${SETTINGS_URL}").then(() => { ${brought} shop.track("Seen"); });`,
    );
    await page.choose(NO_MARKETING);
    const event = await sent("Seen");
    assert.ok(refused(event).includes("TikTok Pixel"));
    await page.settle();
    assert.deepEqual(await h.world.requests(({ url }) => url === BUNDLED), []);
    await page.choose({ marketing: true });
    await page.until("window.tools && window.tools['TikTok Pixel']");
  });

  test("settings that a site brings along before a choice keep their source, and destinations come with the grant", async () => {
    const page = await open(
      `${load("shop", KEY, `, cdnSettings: ${SETTINGS}`)} shop.track("Seen");`,
    );
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.choose(NO_MARKETING);
    const event = await sent("Seen");
    assert.equal(event.writeKey, KEY);
    await h.world.waitForRequests(({ url }) => url.includes("amplitude-plugins"));
    await page.settle();
    assert.ok(!(await asked()));
  });

  test("settings that the site changes keep what it has changed, and lose what is closed", async () => {
    const plugin = `{ name: "Snap", creationName: "Snapchat Pixel", libraryName: "none", settings: {}, url: "https://cdn.segment.com/next-integrations/actions/snap/1.js" }`;
    const change = `(s) => ({ ...s, own: 1, remotePlugins: [...s.remotePlugins, ${plugin}] })`;
    const page = await open(
      `window.shop = AnalyticsBrowser.load({ writeKey: "${KEY}", plugins: [${bundled("Snap")}] }, { updateCDNSettings: ${change} });
       segmentBlocker.watch(shop); shop.track("Seen"); shop.then(([one]) => { window.instance = one; });`,
    );
    await page.choose(NO_MARKETING);
    await sent("Seen");
    await page.settle();
    assert.deepEqual(await h.world.requests(({ url }) => url === BUNDLED), []);
    assert.equal(await page.evaluate("instance.settings.cdnSettings.own"), 1);
    await page.choose({ marketing: true });
    await h.world.waitForRequests(({ url }) => /\/snap\//.test(url));
    await page.until("window.tools && window.tools['TikTok Pixel']");
  });
}, ONE_PROCESS);
