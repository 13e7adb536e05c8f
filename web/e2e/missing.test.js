/** What a destination is loaded with that is granted while Analytics.js runs: the same as if it had been granted before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundled, SETTINGS, SETTINGS_URL, TOOLS } from "./lib/destinations.js";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { KEY } from "./lib/shop.js";

const NO_MARKETING = { functional: true, analytics: true, marketing: false };
const TYPES = { json: "application/json", code: "text/javascript" };
/** @param {string} type */
const headers = (type) => ({ "Content-Type": type, "Access-Control-Allow-Origin": "*" });
/** @param {string} name */
const toolOf = (name) => /** @type {typeof TOOLS[0]} */ (TOOLS.find((tool) => tool.name === name));
const TIKTOK = toolOf("TikTok Pixel");
const ACME = toolOf("Acme Survey");

/** Ways to switch TikTok off, while Facebook Pixel is on. */
const SWITCHED_OFF = {
  "by its name": `{ integrations: { "TikTok Pixel": false } }`,
  "by All": `{ integrations: { All: false, "Segment.io": true, Hotjar: true, "Facebook Pixel": true } }`,
  "by updateCDNSettings": `{ updateCDNSettings: (s) => {
      if (!s.integrations["Segment.io"].apiKey) throw new Error("not the source's settings");
      return { ...s, remotePlugins: s.remotePlugins.filter((one) => one.creationName !== "TikTok Pixel") };
    } }`,
};

inBrowsers((h) => {
  /** @param {string} options of load() @param {string} [more] code @param {string} [settings] @param {any} [granted] */
  const open = async (options, more = "", settings = SETTINGS, granted = NO_MARKETING) => {
    const page = await openBundled(
      h,
      `window.analytics = AnalyticsBrowser.load({ writeKey: "${KEY}" }, ${options});
       segmentBlocker.watch(analytics); ${more}; analytics.then(([one]) => { window.instance = one; });`,
    );
    await h.world.page(SETTINGS_URL, settings, { headers: headers(TYPES.json) });
    await page.choose(granted);
    await page.until("window.instance");
    return page;
  };

  /** The same when Hotjar runs, of which Facebook Pixel has its class. @param {Parameters<typeof open>} given */
  const running = async (...given) => {
    const page = await open(...given);
    await page.until(
      "instance.queue.plugins.some((one) => one.name === 'Hotjar' && one.integration)",
    );
    return page;
  };

  /** @param {RegExp} pattern */
  const asked = async (pattern) =>
    (await h.world.requests(({ url }) => pattern.test(url))).length > 0;

  for (const [title, options] of Object.entries(SWITCHED_OFF))
    test(`a destination that the site has switched off ${title} stays off when its category is granted later`, async () => {
      const page = await running(options);
      await page.choose({ marketing: true });
      await page.until("window.tools && window.tools['Facebook Pixel']");
      await page.settle();
      assert.ok(!(await asked(/tiktok/)));
    });

  test("a classic destination that the site has switched off stays off when its category is granted later", async () => {
    const page = await running(`{ integrations: { "Facebook Pixel": false } }`);
    await page.choose({ marketing: true });
    await page.until("window.tools && window.tools['TikTok Pixel']");
    await page.settle();
    assert.ok(!(await asked(/facebook/)));
  });

  test("where the site has disabled Analytics.js nothing is loaded when a category is granted later", async () => {
    const page = await open("{ disable: () => true }");
    await page.choose({ marketing: true });
    await page.settle();
    assert.ok(!(await asked(/next-integrations/)));
  });

  test("a destination with filters waits for the next page when its category is granted later, and is filtered there", async () => {
    const settings = JSON.parse(SETTINGS);
    settings.middlewareSettings.routingRules = [
      {
        matchers: [{ ir: '["=","event",{"value":"Secret"}]', type: "fql" }],
        scope: "destinations",
        target_type: "workspace::project::destination::config",
        transformers: [[{ type: "drop" }]],
        destinationName: "TikTok Pixel",
      },
    ];
    const page = await running("{}", "", JSON.stringify(settings));
    await page.choose({ marketing: true });
    await page.until("window.tools && window.tools['Facebook Pixel']");
    await page.settle();
    assert.ok(!(await asked(/tiktok/)));
    await page.reload();
    await page.grant();
    await page.until("window.tools && window.tools['TikTok Pixel']");
    await page.track("Secret");
    await page.track("Open");
    await page.until("window.heard.includes('TikTok Pixel: Open')");
    assert.ok(!(await page.evaluate("window.heard.includes('TikTok Pixel: Secret')")));
  });

  test("destinations' middlewares, given before the start and later, hold for those that are granted later", async () => {
    const mark = (/** @type {string} */ letter) =>
      `({ payload, next }) => { payload.obj.event += "${letter}"; next(payload); }`;
    const page = await running(
      "{}",
      `analytics.addDestinationMiddleware("tiktok pixel", ${mark("1")})`,
    );
    await page.evaluate(`void analytics.addDestinationMiddleware("*", ${mark("2")})`);
    await page.choose({ marketing: true });
    await page.until(
      "window.tools && window.tools['TikTok Pixel'] && window.tools['Facebook Pixel']",
    );
    await page.evaluate(`void analytics.addDestinationMiddleware("TikTok Pixel", ${mark("3")})`);
    await page.track("Later");
    await page.until("window.heard.includes('TikTok Pixel: Later123')");
    await page.until("window.heard.includes('Facebook Pixel: Later2')");
    await page.until("window.heard.includes('Actions Amplitude: Later2')");
  });

  test("without a destination whose class can be had, one with middlewares waits for the next page", async () => {
    const options = `{ integrations: { All: false, "Segment.io": true, Hotjar: true, "TikTok Pixel": true, "Facebook Pixel": true } }`;
    const page = await running(
      options,
      `analytics.addDestinationMiddleware("TikTok Pixel", ({ payload, next }) => next(payload))`,
    );
    await page.choose({ marketing: true });
    await page.until("window.tools && window.tools['Facebook Pixel']");
    await page.settle();
    assert.ok(!(await asked(/tiktok/)));
  });

  test("the site's options for destinations hold for those that are granted later", async () => {
    const page = await running(
      `{ integrations: { "TikTok Pixel": { pixelCode: "own" }, "Facebook Pixel": { pixelId: "own" } } }`,
    );
    const code = `window["tiktok-pixelDestination"] = (options) => {
      window.options = options;
      return { name: "own", type: "destination", version: "1", isLoaded: () => true, load: async () => {} };
    };`;
    await h.world.page(TIKTOK.code, code, { headers: headers(TYPES.code) });
    await page.choose({ marketing: true });
    await page.until("window.options && window.tools['Facebook Pixel']");
    assert.deepEqual(await page.evaluate("options"), {
      versionSettings: { componentTypes: [] },
      pixelCode: "own",
    });
    const classic = "instance.queue.plugins.find((one) => one.name === 'Facebook Pixel')";
    assert.equal(await page.evaluate(`${classic}.settings.pixelId`), "own");
    assert.equal(await page.evaluate(`${classic}.settings.bundlingStatus`), "bundled");
  });

  test("a destination that is granted later has the hidden name that the site wants, else its own", async () => {
    const page = await open("{ obfuscate: true }");
    await page.choose({ marketing: true });
    await page.until("window.tools && window.tools['TikTok Pixel']");
    const folder = /** @type {string} */ (TIKTOK.code.split("/").at(-2));
    const hidden = TIKTOK.code.replace(folder, btoa(folder).replace(/=/g, ""));
    const urls = (await h.world.requests()).map(({ url }) => url);
    assert.ok(urls.indexOf(hidden) >= 0 && urls.indexOf(hidden) < urls.indexOf(TIKTOK.code));
  });

  test("a destination whose code comes when its category is withdrawn again does not start", async () => {
    const page = await open("{}", "", SETTINGS, { ...NO_MARKETING, functional: false });
    await h.world.fault(/acme-survey/, { delay: 600, times: 1 });
    await page.choose({ functional: true });
    await page.pass(200);
    await page.choose({ functional: false });
    await page.pass(700);
    await page.settle();
    assert.deepEqual(await h.world.requests(({ url }) => url === ACME.loads), []);
    assert.ok(await asked(/acme-survey/));
  });
}, ONE_PROCESS);
