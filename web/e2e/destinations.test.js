/** Partial consent: what each destination gets, in every combination of categories, and when the visitor changes his mind. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NEEDS, openBundled, serveSource, SETTINGS, TOOLS } from "./lib/destinations.js";
import { KEY } from "./lib/shop.js";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { ROOT } from "./lib/paths.js";
import { assertOrder, label } from "./lib/sent.js";

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
          refused: Object.keys(NEEDS)
            .filter((name) => !open(granted, name))
            .sort(),
          preferences: {
            C0002: granted.analytics,
            C0003: granted.functional,
            C0004: granted.marketing,
          },
        }))
      : [],
    cookies: [...own, ...stored].sort(),
    keys: [...own, ...(granted.analytics ? ["ajs_user_id"] : []), ...stored].sort(),
  };
}

/** @param {{ event: any }} received */
function bodyOf({ event }) {
  const refused = Object.keys(event.integrations).filter(
    (name) => event.integrations[name] === false,
  );
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

/** Where the table of what was seen stands. */
const README = join(ROOT, "web/README.md");
const PLACE = /(<!-- destinations -->\n)[^]*?(<!-- \/destinations -->)/;

/** @param {Map<Granted, Awaited<ReturnType<typeof observed>>>} seen */
function table(seen) {
  const code = (/** @type {string[]} */ list) => list.map((name) => `\`${name}\``).join(" ") || "—";
  const rows = [...seen].map(([granted, { tools, bodies, cookies, keys }]) => {
    const ran = TOOLS.filter(({ sends }) => tools.includes(sends)).map(({ name }) => name);
    const sent = bodies.length
      ? `${bodies.length}, refused: ${bodies[0].refused.join(", ") || "none"}`
      : "none";
    const stored = [...new Set([...cookies, ...keys])].sort();
    return [titleOf(granted), ran.join(", ") || "—", sent, code(stored)];
  });
  const head = ["granted", "runs in the page", "events at Segment of 2 called", "cookies and keys"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

/** Tables are told apart by their cells alone. @param {string} text */
const cells = (text) =>
  text
    .replace(/ *\| */g, "|")
    .replace(/-+/g, "-")
    .trim();

inBrowsers((h) => {
  /** @type {Map<Granted, Awaited<ReturnType<typeof observed>>>} */
  const seen = new Map();

  for (const granted of COMBINATIONS) {
    test(`with ${titleOf(granted)} granted, just that runs, is sent and is stored`, async () => {
      await serveSource(h.world);
      const page = await h.open();
      await page.track("Bought");
      await page.choose(granted);
      await settled(h, page, granted);
      const was = await observed(h, page);
      seen.set(granted, was);
      assert.deepEqual(was, expected(granted));
      assert.deepEqual(page.problems?.errors ?? [], []);
    });
  }

  test("web/README.md says what was seen (UPDATE_README=1 writes it)", () => {
    const text = readFileSync(README, "utf8");
    const now = text.replace(PLACE, (_, start, end) => `${start}\n${table(seen)}\n${end}`);
    if (process.env.UPDATE_README) writeFileSync(README, now);
    else assert.equal(cells(text), cells(now));
  });

  /** A shop that runs with everything granted but the given. */
  async function running(granted, options = {}, settings = SETTINGS) {
    await serveSource(h.world, settings);
    const page = await h.open(options);
    await page.track("Bought");
    await page.choose(granted);
    await settled(h, page, granted);
    return page;
  }

  const ALL = { functional: true, analytics: true, marketing: true };
  const NO_MARKETING = { functional: true, analytics: true, marketing: false };

  test("the log names for each destination why it was let in or kept out", async () => {
    const page = await running({ functional: false, analytics: true, marketing: false });
    const log = (await page.gate("decisions()")).filter(({ kind }) => kind === "destination");
    const told = Object.fromEntries(
      log.map(({ target, decision, rule, reason }) => [target, `${decision}: ${rule}, ${reason}`]),
    );
    assert.deepEqual(told, {
      Zendesk: "allow: destination catalog, consent granted",
      Hotjar: "allow: destination catalog, consent granted",
      "Facebook Pixel": "drop: destination catalog, consent denied",
      Intercom: "drop: destination catalog, consent denied",
      "Actions Amplitude": "allow: destination catalog, consent granted",
      "TikTok Pixel": "drop: destination catalog, consent denied",
      "Acme Survey": "drop: settings of the source, consent denied",
      "Actions Google Analytic 4": "allow: destination catalog, consent granted",
      "Facebook Conversions API (Actions)": "drop: destination catalog, consent denied",
      "Nobody Knows": "drop: unknown destination, consent denied",
      Iterable: "drop: settings of the source, consent denied",
    });
    const explained = await page.gate("explain('TikTok Pixel', 'destination')");
    assert.equal(explained.decision, "drop");
  });

  test("marketing withdrawn: its tools send nothing more, what they stored is erased, the rest stays", async () => {
    const page = await running(ALL);
    await page.choose({ marketing: false });
    await h.world.waitForEvents(3);
    const mark = await h.world.mark();
    await page.evaluate(() => Object.values(window.tools).forEach((send) => send()));
    await page.track("Later");
    const last = (await h.world.waitForEvents(4)).at(-1);
    await page.settle();
    assert.deepEqual(bodyOf(last).refused, expected(NO_MARKETING).bodies[0].refused);
    const urls = (await h.world.requests(undefined, mark)).map(({ url }) => url.split("?")[0]);
    const sent = TOOLS.filter(({ sends }) => urls.includes(sends)).map(({ name }) => name);
    assert.deepEqual(sent, ["Hotjar", "Intercom", "Actions Amplitude", "Acme Survey"]);
    const now = await observed(h, page);
    assert.deepEqual(now.cookies, expected(NO_MARKETING).cookies);
    assert.deepEqual(now.keys, expected(NO_MARKETING).keys);
    const heard = await page.evaluate(() =>
      window.heard.filter((event) => event.endsWith("Later")).sort(),
    );
    assert.deepEqual(heard, ["Acme Survey: Later", "Actions Amplitude: Later", "Intercom: Later"]);
  });

  test("marketing granted later: what was left out is loaded without a reload and hears of what comes", async () => {
    const page = await running(NO_MARKETING);
    await page.choose({ marketing: true });
    for (const { sends } of TOOLS)
      await h.world.waitForRequests(({ url }) => url.startsWith(sends));
    await page.until("window.tools['TikTok Pixel'] && window.tools['Facebook Pixel']");
    await page.settle();
    await page.track("Later");
    await page.until("window.heard.filter((event) => event.endsWith('Later')).length === 5");
    const last = (await h.world.waitForEvents(4)).find(({ event }) => event.event === "Later");
    assert.deepEqual(bodyOf(last).refused, []);
    assert.deepEqual((await observed(h, page)).cookies, expected(ALL).cookies);
  });

  test("taken back and given again, a destination hears of events again and keeps what the site had said of it", async () => {
    const page = await running(ALL);
    await page.evaluate(() => {
      window.analytics.integrations = {
        ...window.analytics.integrations,
        "TikTok Pixel": { own: 1 },
      };
    });
    await page.choose({ marketing: false });
    assert.equal(await page.evaluate(() => window.analytics.integrations["TikTok Pixel"]), false);
    await page.choose({ marketing: true });
    assert.deepEqual(await page.evaluate(() => window.analytics.integrations["TikTok Pixel"]), {
      own: 1,
    });
    await page.track("Again");
    await page.until("window.heard.includes('TikTok Pixel: Again')");
  });

  test("Segment is told of a change, in its own words, and not of the first choice", async () => {
    const page = await running(ALL);
    await page.choose({ marketing: false });
    const events = await h.world.waitForEvents(3);
    const told = events.filter(({ event }) => event.event === "Segment Consent Preference Updated");
    assert.equal(told.length, 1);
    assert.deepEqual(told[0].event.context.consent, {
      categoryPreferences: { C0002: true, C0003: true, C0004: false },
    });
  });

  test("a tool that the site loads itself is not touched", async () => {
    await serveSource(h.world);
    const own = TOOLS.find(({ name }) => name === "Facebook Pixel");
    const page = await h.open({ before: `<script src="${own.loads}"></script>` });
    await page.choose(NO_MARKETING);
    await page.started();
    await page.settle();
    assert.ok(
      (await page.cookieNames()).includes("_fbp"),
      "kept out of Segment, loaded by the site",
    );
    await page.choose({ marketing: true });
    await page.choose({ marketing: false });
    const mark = await h.world.mark();
    await page.evaluate(() => window.tools["Facebook Pixel"]());
    await h.world.waitForRequests(({ url }) => url.startsWith(own.sends), 1, mark);
    assert.ok((await page.cookieNames()).includes("_fbp"));
  });

  for (const [title, settings] of Object.entries({
    "no JSON": "<html>",
    "cut off": SETTINGS.slice(0, 2000),
    "without integrations": "{}",
    "with plugins that have no name": SETTINGS.replace('"creationName": "TikTok Pixel", ', ""),
  })) {
    test(`settings that are ${title} are not used: Segment stays held, and an error says so`, async () => {
      await serveSource(h.world, settings);
      const page = await h.open({
        after: `<script>segmentBlocker.on("error", (error) => { window.told = error; });</script>`,
      });
      await page.choose(ALL);
      await page.until("window.told");
      assert.equal((await page.evaluate(() => window.told)).code, "settings");
      await page.settle();
      assert.deepEqual(await h.world.received(), []);
      assert.deepEqual(await page.stored(), []);
    });
  }

  test("what leaves by any transport is stamped; a site's false stays, a site's true for what is refused does not", async () => {
    const page = await running(NO_MARKETING);
    await page.evaluate(async () => {
      const api = "https://api.segment.io/v1/";
      const body = (event) =>
        JSON.stringify({
          type: "track",
          event,
          integrations: { Hotjar: false, "TikTok Pixel": true, All: true },
        });
      const post = { method: "POST", keepalive: true };
      await fetch(api + "t", { ...post, body: body("string") });
      await fetch(api + "t", { method: "POST", body: new TextEncoder().encode(body("bytes")) });
      await fetch(api + "t", { method: "POST", body: new Blob([body("blob")]) });
      await fetch(new Request(api + "t", { method: "POST", body: body("request") }));
      await fetch(api + "b", { ...post, body: `{"batch":[${body("batch")}]}` });
      navigator.sendBeacon(api + "t", body("beacon"));
      navigator.sendBeacon(api + "t", new Blob([body("beacon blob")], { type: "text/plain" }));
      for (const data of [body("xhr"), new Blob([body("xhr blob")])]) {
        await new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.open("POST", api + "t");
          xhr.onload = resolve;
          xhr.send(data);
        });
      }
    });
    const events = await h.world.waitForEvents(2 + 9);
    for (const name of [
      "string",
      "bytes",
      "blob",
      "request",
      "batch",
      "beacon",
      "beacon blob",
      "xhr",
      "xhr blob",
    ]) {
      const received = events.find(({ event }) => event.event === name);
      assert.ok(received, name);
      const { refused, preferences } = bodyOf(received);
      assert.deepEqual(
        refused,
        [
          "Facebook Conversions API (Actions)",
          "Facebook Pixel",
          "Hotjar",
          "Iterable",
          "Nobody Knows",
          "TikTok Pixel",
        ],
        name,
      );
      assert.deepEqual(preferences, { C0002: true, C0003: true, C0004: false }, name);
      assert.equal(received.event.integrations.All, true);
    }
  });

  test("Analytics.js that sends in batches is stamped", async () => {
    const load = {
      integrations: {
        "Segment.io": {
          deliveryStrategy: { strategy: "batching", config: { size: 2, timeout: 100 } },
        },
      },
    };
    await running(NO_MARKETING, { snippetOptions: { load } });
    const events = await h.world.received();
    assert.equal(events.length, 2);
    for (const event of events) {
      assert.equal(event.path, "/v1/b");
      assert.deepEqual(bodyOf(event).refused, expected(NO_MARKETING).bodies[0].refused);
    }
  });

  test("opt-out: Segment starts at once, an objection to marketing ends marketing alone", async () => {
    await serveSource(h.world);
    const page = await h.open({ config: { model: "opt-out" } });
    await page.started();
    await page.track("Bought");
    await h.world.waitForEvents(2);
    await page.until(
      "window.tools && window.tools['TikTok Pixel'] && window.tools['Facebook Pixel']",
    );
    await page.choose({ marketing: false });
    await page.track("Later");
    const last = (await h.world.waitForEvents(4)).find(({ event }) => event.event === "Later");
    assert.deepEqual(bodyOf(last).refused, expected(NO_MARKETING).bodies[0].refused);
    assert.deepEqual(bodyOf(last).preferences, { C0002: true, C0003: true, C0004: false });
    await page.until("document.cookie.includes('_hjSessionUser_7')");
    const names = await page.cookieNames();
    assert.ok(names.includes("ajs_anonymous_id"));
    assert.ok(!names.includes("_fbp") && !names.includes("_ttp"));
  });

  test("requires auto: Segment waits for what a destination needs that cannot be left out", async () => {
    const settings = SETTINGS.replace('"Nobody Knows"', '"AWS S3"');
    await serveSource(h.world, settings);
    const page = await h.open({ config: { requires: "auto" } });
    await page.choose(NO_MARKETING);
    await h.world.waitForRequests(({ url }) => url.endsWith("/settings"));
    await page.settle();
    assert.deepEqual(await page.stored(), []);
    assert.deepEqual(await h.world.received(), []);
    await page.choose({ marketing: true });
    await h.world.waitForEvents(1);
  });

  test("requires auto: where everything can be left out, analytics is enough", async () => {
    await serveSource(h.world);
    const page = await h.open({ config: { requires: "auto" } });
    await page.choose(NO_MARKETING);
    const [page1] = await h.world.waitForEvents(1);
    assert.deepEqual(bodyOf(page1).refused, expected(NO_MARKETING).bodies[0].refused);
  });

  test("with obfuscated folders, too, only granted destinations are asked for", async () => {
    await serveSource(h.world);
    const page = await h.open({ snippetOptions: { load: { obfuscate: true } } });
    await page.choose(NO_MARKETING);
    await page.started();
    await page.settle();
    const urls = (await h.world.requests()).map(({ url }) => url).join("\n");
    for (const { category, code } of TOOLS) {
      const folder = code.split("/").at(code.includes("/actions/") ? -2 : -3) ?? "";
      const hidden = `/${btoa(folder).replace(/=/g, "")}/`;
      assert.equal(urls.includes(hidden), category !== "marketing", folder);
    }
  });

  test("a destination's code is decided by its path, whoever asks for it", async () => {
    const page = await running(NO_MARKETING);
    const mark = await h.world.mark();
    const outcome = await page.evaluate(async () => {
      const told = [];
      for (const path of [
        "next-integrations/integrations/facebook-pixel/2.0.0/facebook-pixel.dynamic.js.gz",
        "next-integrations/actions/tiktok-pixel/1.js",
        "integrations/facebook-pixel/1.0.0/facebook-pixel.js",
        "integrations/hotjar/1.0.0/hotjar.js",
      ]) {
        const script = document.createElement("script");
        script.src = "https://cdn.segment.com/" + path;
        const ended = new Promise((resolve) => (script.onload = script.onerror = resolve));
        document.head.append(script);
        await ended;
        told.push(path);
      }
      return told.length;
    });
    assert.equal(outcome, 4);
    const asked = (await h.world.requests(undefined, mark)).map(({ path }) => path);
    assert.deepEqual(asked, ["/integrations/hotjar/1.0.0/hotjar.js"]);
  });

  /** @param {string} code @param {any} [options] */
  const npmShop = (code, options) => openBundled(h, code, options);
  const LOAD = `window.analytics = AnalyticsBrowser.load({ writeKey: "${KEY}" });`;

  test("npm: nothing leaves or is stored before a choice, then the same holds as with the snippet", async () => {
    const page = await npmShop(`${LOAD} analytics.page();`);
    await page.track("Bought");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.deepEqual(await page.stored(), []);
    await page.choose(NO_MARKETING);
    await h.world.waitForEvents(2);
    await page.until("Object.keys(window.tools).length === 4");
    await page.settle();
    assert.deepEqual(await observed(h, page), expected(NO_MARKETING));
  });

  test("npm: with watch, calls keep their own times", async () => {
    const page = await npmShop(`${LOAD} segmentBlocker.watch(analytics); analytics.page();`);
    await page.pass(50);
    const first = await page.track("First");
    await page.pass(50);
    await page.identify("user-1");
    await page.pass(50);
    await page.track("Second");
    await page.pass(50);
    const viewed = await page.call("pageView", "/virtual");
    assert.equal(await page.gate("queue.length"), 5);
    await page.pass(300);
    await page.choose(ALL);
    await h.world.waitForEvents(5);
    const sent = (await h.world.received()).map(({ event }) => event);
    sent.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
    assert.deepEqual(sent.map(label), ["page", "First", "identify", "Second", "page"]);
    assert.equal(sent[4].properties.path, "/virtual");
    assert.ok(Math.abs(Date.parse(sent[4].timestamp) - viewed.time) < 40, sent[4].timestamp);
    assert.ok(Math.abs(Date.parse(sent[1].timestamp) - first.time) < 40, sent[1].timestamp);
    assert.deepEqual(page.problems?.errors ?? [], []);
  });

  for (const watch of ["", "segmentBlocker.watch(analytics);"])
    test(`npm: what load() itself does has the time and page of it${watch && ", and comes first with watch"}`, async () => {
      const load = LOAD.replace("})", "}, { initialPageview: true })");
      const path = "/?ajs_uid=u-1&ajs_event=From%20mail";
      const page = await npmShop(`${load} ${watch}`, { path, title: "Home" });
      await page.pass(50);
      const { time, url } = await page.track("On home");
      await page.pass(200);
      await page.navigate("/later", "Later");
      await page.call("page", "Own");
      await page.choose(ALL);
      await h.world.waitForEvents(5);
      const sent = (await h.world.received()).map(({ event }) => event);
      const order = ["identify", "From mail", "page", "On home", "Own"];
      if (watch) assertOrder(sent, order);
      else assert.deepEqual(sent.map(label).sort(), order.sort());
      for (const event of sent.filter(({ event, name }) => event !== "On home" && !name)) {
        assert.equal(event.context.page.url, url);
        assert.equal(event.context.page.title, "Home");
        assert.ok(Date.parse(event.timestamp) <= time, event.timestamp);
      }
    });

  test("npm: a withdrawal ends events and erases what is stored", async () => {
    const page = await npmShop(`${LOAD} analytics.page();`);
    await page.choose(ALL);
    await h.world.waitForEvents(1);
    await page.until("window.tools && Object.keys(window.tools).length === 6");
    await page.withdraw();
    await page.track("Late");
    await page.settle();
    assert.equal((await h.world.received()).length, 1);
    assert.deepEqual(await page.stored(), ["acme", "acme"]);
  });

  test("npm: settings that the site brings along are narrowed too", async () => {
    const page = await npmShop(
      `window.analytics = AnalyticsBrowser.load({ writeKey: "${KEY}", cdnSettings: ${SETTINGS} });
        segmentBlocker.watch(analytics); analytics.page();`,
    );
    await page.choose(NO_MARKETING);
    const [event] = await h.world.waitForEvents(1);
    await page.settle();
    assert.deepEqual(bodyOf(event).refused, expected(NO_MARKETING).bodies[0].refused);
    const asked = (await h.world.requests()).map(({ url }) => url);
    for (const { category, code } of TOOLS)
      if (category === "marketing") assert.ok(!asked.includes(code), code);
  });
}, ONE_PROCESS);
