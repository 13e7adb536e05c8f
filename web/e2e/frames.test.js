/** Segment in frames whose pages have no gate of their own: their calls are held, sent and dropped as those of the page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { assertArrived, label, sharedParts } from "./lib/sent.js";
import { KEY, SHOP } from "./lib/shop.js";
import { snippet } from "./lib/snippets.js";

/** How far a timestamp may be from the call, in milliseconds. */
const TOLERANCE = 50;

const WIDGET = `<!doctype html><title>Widget</title>
  <script>${snippet("5.2.1", { apiKey: KEY, page: false })}</script>
  <script>window.at = Date.now(); analytics.track("Seen");</script>`;

/** In this one the gate is when it has loaded: what was called before has the time of then. */
const LATER = "a page that it goes to";

/** How a page has such a frame, by what brings its document. @type {Record<string, string>} */
const WAYS = {
  "a page of the site": `frame.src = "/widget?size=1"; document.body.append(frame);`,
  [LATER]: `document.body.append(frame);
    frame.contentWindow.location = "/widget?size=1";`,
  "a frame in a shadow tree": `frame.src = "/widget?size=1";
    document.body.attachShadow({ mode: "closed" }).append(frame);`,
  srcdoc: `frame.srcdoc = WIDGET; document.body.append(frame);`,
  "document.write": `document.body.append(frame);
    frame.contentDocument.write(WIDGET); frame.contentDocument.close();`,
};

/** What a page needs for them. */
const SETUP = `<script>
  const WIDGET = ${JSON.stringify(WIDGET).replaceAll("</", "<\\/")};
  var frame = document.createElement("iframe");
  function inside() { return frame.contentWindow.analytics; }
  function has(loaded) {
    const analytics = frame.contentWindow && inside();
    return !!analytics && (loaded ? analytics.initialized : frame.contentWindow.at > 0);
  }
</script>`;

/**
 * A page with such a frame, whose first call has been made.
 * @param {import("./lib/harness.js").Harness} h
 * @param {string} way
 * @param {import("./lib/shop.js").ShopOptions} [options]
 */
async function open(h, way = WAYS["a page of the site"], options) {
  await h.world.page(`${SHOP}/widget`, WIDGET);
  const page = await h.open({ snippet: "", body: "<h1>Shop</h1>" + SETUP, ...options });
  await page.evaluate(`void (() => { ${way} })()`);
  await page.until("has(false)");
  return page;
}

inBrowsers((h) => {
  for (const [name, way] of Object.entries(WAYS))
    test(`calls that wait in a frame arrive once, with their time and page: ${name}`, async () => {
      const page = await open(h, way);
      const at = await page.evaluate("frame.contentWindow.at");
      const url = await page.evaluate("frame.contentWindow.location.href");
      await page.until("segmentBlocker.queue.length === 1");
      const seenBy = await page.evaluate("Date.now()");
      await page.settle();
      assert.deepEqual(await page.stored(), []);
      await page.pass(100);
      await page.evaluate(`void inside().identify("u1"), void inside().track("Again")`);
      await page.grant();
      const events = await assertArrived(h, ["Seen", "identify", "Again"]);
      await page.settle();
      assert.equal((await h.world.received()).length, 3, "each once");
      const seen = events.find((event) => label(event) === "Seen");
      const late = Date.parse(seen.timestamp) - at;
      assert.ok(late >= -1 && late <= (name === LATER ? seenBy - at : TOLERANCE), `${late} ms`);
      assert.equal(seen.context.page.url, url);
      assert.equal(seen.context.page.title, "Widget");
      assert.equal(seen.userId ?? null, null);
      assert.equal(await page.gate("queue.length"), 0);
    });

  if (h.engine !== "webkit")
    test("calls that wait in a pop-up arrive once, with their time and page", async () => {
      const page = await open(h, `frame = { contentWindow: window.open("/widget?size=1") };`);
      const at = await page.evaluate("frame.contentWindow.at");
      assert.equal(await page.gate("queue.length"), 1);
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      const [{ event }] = await h.world.waitForEvents(1);
      assert.equal(label(event), "Seen");
      assert.ok(Math.abs(Date.parse(event.timestamp) - at) <= TOLERANCE, event.timestamp);
      assert.equal(event.context.page.url, `${SHOP}/widget?size=1`);
      await page.until("has(true)");
      await page.withdraw();
      await page.evaluate(`void inside().track("Denied")`);
      await page.settle();
      assert.equal((await h.world.received()).length, 1);
      await page.evaluate("frame.contentWindow.close()");
    });

  test("a denial drops what waits in a frame, and what is called there then", async () => {
    const page = await open(h);
    await page.deny();
    await page.evaluate(`void inside().track("Denied")`);
    assert.equal(await page.gate("queue.length"), 0);
    await page.grant();
    await page.until("has(true)");
    await page.evaluate(`void inside().track("Later")`);
    await h.world.waitForEvents(1);
    await page.settle();
    await assertArrived(h, ["Later"]);
  });

  for (const [how, options] of /** @type {[string, import("./lib/shop.js").ShopOptions?][]} */ ([
    ["after a grant"],
    ["where nobody had to ask", { config: { model: "opt-out" } }],
  ]))
    test(`a withdrawal ends Segment in a frame, and a later grant shares nothing with before, ${how}`, async () => {
      const page = await open(h, undefined, options);
      if (!options) await page.grant();
      await page.until("has(true)");
      await page.evaluate(`void inside().identify("u1", { plan: "pro" })`);
      await h.world.waitForEvents(2);
      await page.until("document.cookie.includes('ajs_user_id')");
      const before = await page.anonymousId();
      await page.withdraw();
      await page.evaluate(`void inside().track("Denied")`);
      await page.settle();
      assert.deepEqual(await page.stored(), []);
      await page.grant();
      await page.evaluate(`void inside().track("Later")`);
      const { event } = (await h.world.waitForEvents(3))[2];
      assert.equal(label(event), "Later");
      assert.equal(event.userId ?? null, null);
      assert.ok(sharedParts(before ?? "", event.anonymousId) <= 1, event.anonymousId);
      assert.equal(event.anonymousId, await page.anonymousId());
      await page.settle();
      assert.equal((await h.world.received()).length, 3);
    });

  test("a page and its frame have one id after a withdrawal, and tell Segment once of a change", async () => {
    const page = await open(h, undefined, {
      snippet: "5.2.1",
      snippetOptions: { page: false },
    });
    await page.grant({ analytics: true });
    await page.started();
    await page.until("has(true)");
    await h.world.waitForEvents(1);
    await page.withdraw();
    await page.grant({ analytics: true });
    await page.evaluate(`void inside().track("Inside"), void analytics.track("Outside")`);
    const [, one, other] = await h.world.waitForEvents(3);
    assert.equal(one.event.anonymousId, other.event.anonymousId);
    await page.choose({ marketing: true });
    await h.world.waitForEvents(4);
    await page.settle();
    assert.equal((await h.world.received()).length, 4);
  });

  test("a frame that goes takes its calls along", async () => {
    const page = await open(h);
    assert.equal(await page.gate("queue.length"), 1);
    await page.evaluate("frame.remove()");
    assert.equal(await page.gate("queue.length"), 0);
    await page.grant();
    await page.settle();
    assert.deepEqual(await h.world.received(), []);
    assert.deepEqual(page.problems?.errors ?? [], []);
  });

  test(
    "what a frame may send and has not sent when it goes arrives from the site's next page",
    OWN_VISITOR,
    async () => {
      await h.world.fault(/analytics\.min\.js$/, { delay: 5000, times: 1 });
      const page = await open(h);
      await page.grant();
      await page.evaluate("frame.remove()");
      assert.equal(await page.gate("queue.length"), 0);
      await page.tab.goto(
        await h.write({
          path: "/next",
          before: `<script>
        segmentBlocker.setConsent({ analytics: true })</script>`,
        }),
      );
      await page.started();
      await assertArrived(h, ["Seen", "page"]);
    },
  );

  test("a page with a gate of its own keeps its calls, and the page around it does not", async () => {
    const url = await h.write({ path: "/own", snippetOptions: { page: false } });
    const page = await h.open({ snippet: "", body: SETUP });
    await page.evaluate(`void (frame.src = ${JSON.stringify(url)}, document.body.append(frame))`);
    await page.until(
      "frame.contentWindow.analytics && frame.contentDocument.readyState === 'complete'",
    );
    await page.evaluate(`void inside().track("Seen")`);
    assert.equal(await page.gate("queue.length"), 0);
    assert.equal(await page.evaluate("frame.contentWindow.segmentBlocker.queue.length"), 1);
    await page.evaluate("void frame.contentWindow.segmentBlocker.setConsent({ analytics: true })");
    await assertArrived(h, ["Seen"]);
  });
});
