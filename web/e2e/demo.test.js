/** The demo page, used by its buttons: it shows what is true. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDemo } from "./lib/tool.js";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { BARRIER } from "./lib/page.js";

inBrowsers((h) => {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(async () => {
    assert.equal(await demo.stop(), 0, "the demo stops in peace when it is told to");
  });

  const text = (page, id) => page.evaluate(`document.getElementById("${id}").innerText`);
  const shown = (page, id, wanted) =>
    page.until(`document.getElementById("${id}").innerText.includes(${JSON.stringify(wanted)})`);
  const toSegment = ({ path }) => path.startsWith("/segment/");
  const choose = (page, name) => page.click(`[data-choice=${name}]`);

  test("before a choice the demo shows waiting calls, and nothing has reached Segment", async () => {
    const page = await h.visit(demo.url);
    await page.click("[data-call=track]");
    await page.click("nav a[href='/teapot']");
    await shown(page, "waiting", "3");
    await page.settle();
    assert.deepEqual(await h.world.requests(toSegment), []);
    assert.equal(await text(page, "analytics"), "no choice yet");
    await shown(page, "requests", "0 requests");
    assert.equal(await text(page, "arrived-count"), "0");
    assert.equal(await text(page, "stored-count"), "0");
    assert.match(await text(page, "engine"), /^wasm/);
    assert.ok((await text(page, "log")).includes("hold"));
    assert.deepEqual(page.problems?.errors ?? [], []);
    assert.deepEqual(page.problems?.console ?? [], []);
  });

  test("the choice releases what waited with its own page, a withdrawal erases it, and both are shown", async () => {
    const page = await h.visit(demo.url);
    await page.click("[data-call=track]");
    await page.click("nav a[href='/teapot']");
    await page.click("[data-call=identify]");
    await choose(page, "all");
    await shown(page, "analytics", "granted");
    await shown(page, "arrived-count", "4");
    const arrived = await text(page, "arrived");
    assert.match(arrived, /track\s+Product Added/);
    assert.match(arrived, /on \/ “Home/);
    assert.match(arrived, /on \/teapot “Teapot/);
    await shown(page, "stored", "ajs_anonymous_id");
    assert.equal(await text(page, "waiting"), "0");

    await page.click("#withdraw");
    await shown(page, "analytics", "denied");
    await page.until(`!document.getElementById("stored").innerText.includes("ajs_")`);
    const mark = await h.world.mark();
    await page.click("[data-call=track]");
    await page.settle();
    assert.deepEqual(await h.world.requests(toSegment, mark), []);
    assert.deepEqual(await page.stored(), ["shop-consent"]);

    await page.click("#change");
    await choose(page, "analytics");
    await page.click("[data-call=track]");
    await shown(page, "arrived-count", "5");
  });

  test("a choice is remembered over a reload, and a rejection keeps Segment away", async () => {
    const page = await h.visit(demo.url);
    await choose(page, "none");
    await page.reload();
    await page.click("[data-call=track]");
    await page.settle();
    assert.equal(await text(page, "analytics"), "denied");
    assert.deepEqual(await h.world.requests(toSegment), []);
    assert.equal(await page.evaluate("document.getElementById('banner').hidden"), true);
  });

  test("the demo asks nothing of any other host", async () => {
    const page = await h.visit(demo.url);
    await choose(page, "all");
    await page.until("document.getElementById('arrived-count').innerText !== '0'");
    await page.settle();
    const own = new URL(demo.url).host;
    const foreign = await h.world.requests(
      ({ url }) => new URL(url).host !== own && !url.startsWith(BARRIER),
    );
    const asked = foreign.filter(({ headers }) =>
      (headers.referer ?? headers.origin ?? "").includes(own),
    );
    assert.deepEqual(
      asked.map(({ url }) => url),
      [],
    );
    assert.deepEqual(await h.leaks(), []);
  });
}, OWN_VISITOR);
