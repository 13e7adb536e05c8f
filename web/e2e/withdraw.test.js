/** After a withdrawal: silence, nothing left behind, and a new start that shares nothing with the old. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { sharedParts } from "./lib/sent.js";
import { toSegment } from "./lib/world.js";
import { VERSIONS } from "./lib/snippets.js";

/** @import {LogRecord} from "./lib/world.js" */

/** Opens a page that has been tracked for a while. */
async function tracked(h, version = "5.2.1", options = {}) {
  const page = await h.open({ snippet: version, ...options });
  await page.grant();
  await page.started();
  await page.identify("user-1", { plan: "pro" });
  await page.call("group", "team-1", { size: 3 });
  await h.world.waitForEvents(3);
  await page.settle();
  assert.ok((await page.stored()).includes("ajs_user_id"));
  return page;
}

inBrowsers((h) => {
  for (const version of VERSIONS) {
    test(`a withdrawal erases every cookie and key of Segment's and ends all requests, with snippet ${version}`, async () => {
      const page = await tracked(h, version);
      const mark = await h.world.mark();
      await page.withdraw();
      assert.deepEqual(await page.stored(), []);
      await page.track("After");
      await page.identify("user-2");
      await page.call("page");
      await page.evaluate(() => {
        const { analytics } = /** @type {any} */ (window);
        analytics.user().id();
        analytics.user().anonymousId();
        analytics.setAnonymousId("mine");
        analytics.reset();
      });
      await page.settle();
      assert.deepEqual(await h.leaks(mark), []);
      assert.deepEqual(await page.stored(), []);
      assert.deepEqual(page.problems?.errors ?? [], []);
    });

    if (version === VERSIONS[0])
      test("what the browser asks whether it may send is not sent after a withdrawal, and ends as delivered", async () => {
        await h.world.fault(/^OPTIONS https:\/\/api\.segment\.io/, { delay: 600 });
        const page = await tracked(h, version);
        const mark = await h.world.mark();
        await page.evaluate(() => {
          const w = /** @type {any} */ (window);
          w.answers = [];
          const headers = { "Content-Type": "application/json" };
          const init = { method: "POST", headers, body: '{"event":"Late"}' };
          const own = new AbortController();
          const send = (/** @type {RequestInfo} */ input, /** @type {RequestInit} */ more) =>
            fetch(input, more)
              .then(
                (answer) => answer.text(),
                (error) => error.name,
              )
              .then((text) => w.answers.push(text));
          send("https://api.segment.io/v1/t", init);
          send(new Request("https://api.segment.io/v1/t", init), {});
          send("https://api.segment.io/v1/t", { ...init, signal: own.signal });
          own.abort();
          const request = new XMLHttpRequest();
          request.open("POST", "https://api.segment.io/v1/t");
          request.setRequestHeader("Content-Type", "application/json");
          request.onabort = () => w.answers.push("aborted");
          request.send(init.body);
        });
        await page.until("answers.length === 1");
        await page.withdraw();
        await page.until("answers.length === 4");
        assert.deepEqual(await page.evaluate("answers.sort()"), [
          "AbortError",
          "aborted",
          '{"success":true}',
          '{"success":true}',
        ]);
        await page.settle(900);
        const sent = (await h.leaks(mark)).filter((request) => request.startsWith("POST"));
        assert.deepEqual(sent, []);
      });

    if (version === VERSIONS[0])
      test("what is still read for its consent when that ends is not sent", async () => {
        const page = await tracked(h, version);
        const mark = await h.world.mark();
        await page.evaluate(() => {
          const w = /** @type {any} */ (window);
          w.answers = [];
          const url = "https://api.segment.io/v1/t";
          const body = new Blob(['{"event":"Late"}'], { type: "text/plain" });
          const answered = (/** @type {Response} */ answer) =>
            answer.text().then((text) => w.answers.push(text));
          fetch(url, { method: "POST", body }).then(answered);
          fetch(new Request(url, { method: "POST", body })).then(answered);
          navigator.sendBeacon(url, body);
          const request = new XMLHttpRequest();
          request.open("POST", url);
          request.onload = () => w.answers.push(request.responseText);
          request.send(body);
          w.segmentBlocker.withdraw();
        });
        await page.until("answers.length === 3");
        assert.deepEqual(await page.evaluate("answers"), Array(3).fill('{"success":true}'));
        await page.settle();
        const sent = (await h.leaks(mark)).filter((request) => request.startsWith("POST"));
        assert.deepEqual(sent, []);
      });

    test(`a later grant works in the same page, with an id that shares nothing with the old, with snippet ${version}`, async () => {
      const page = await tracked(h, version);
      const before = await page.anonymousId();
      const count = (await h.world.received()).length;
      await page.withdraw();
      await page.track("While withdrawn");
      await page.settle();
      await page.grant();
      await page.track("Again");
      const received = await h.world.waitForEvents(count + 1);
      await page.settle();
      assert.deepEqual((await h.world.received()).length, count + 1);
      const { event } = received[count];
      assert.equal(event.event, "Again");
      assert.equal(event.userId ?? null, null);
      assert.equal(event.context.groupId ?? event.groupId ?? null, null);
      assert.equal(event.anonymousId, await page.anonymousId());
      assert.ok(before);
      assert.ok(sharedParts(before, event.anonymousId) <= 1, `${before} and ${event.anonymousId}`);
    });
  }

  for (const [how, deliveryStrategy, status] of /** @type {[string, object?, number?][]} */ ([
    ["with others", { strategy: "batching", config: { size: 9, timeout: 1000 } }],
    ["again", undefined, 500],
  ]))
    test(`what Analytics.js keeps to send it ${how} does not outlive a withdrawal`, async () => {
      const load = { integrations: { "Segment.io": { deliveryStrategy } } };
      const page = await tracked(h, "5.2.1", { snippetOptions: { load } });
      const sent = (/** @type {string} */ name) => (/** @type {LogRecord} */ r) =>
        r.method === "POST" && !!r.body?.includes(name);
      if (status) await h.world.fault(/^POST https:\/\/api\.segment\.io/, { status, times: 1 });
      await page.evaluate("void analytics.track('Before')");
      if (status) await h.world.waitForRequests(sent("Before"));
      else await page.until("analytics.queue.queue.length === 0");
      const mark = await h.world.mark();
      await page.withdraw();
      await page.grant();
      await page.track("Again");
      await h.world.waitForRequests(sent("Again"));
      await page.pass(2500);
      assert.deepEqual(await h.world.requests(sent("Before"), mark), []);
    });

  test("an event from before a withdrawal is answered as delivered, whatever would send it", async () => {
    const page = await tracked(h);
    await page.withdraw();
    await page.grant();
    const mark = await h.world.mark();
    const answers = await page.evaluate(async () => {
      const url = "https://api.segment.io/v1/t";
      const body = '{"event":"Before","messageId":"ajs-next-1600000000000-a","context":{}}';
      const blob = new Blob([body], { type: "text/plain" });
      const post = (/** @type {BodyInit} */ data) => ({ method: "POST", body: data });
      const text = async (/** @type {Promise<Response>} */ answer) => (await answer).text();
      const request = (/** @type {any} */ data, later = true) =>
        new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.open("POST", url, later);
          xhr.onload = () => resolve(xhr.responseText);
          xhr.send(data);
          if (!later) resolve(xhr.responseText);
        });
      return Promise.all([
        text(fetch(url, post(body))),
        text(fetch(url, post(new TextEncoder().encode(body)))),
        text(fetch(url, post(blob))),
        text(fetch(new Request(url, post(body)))),
        request(body),
        request(blob),
        request(body, false),
        navigator.sendBeacon(url, body),
      ]);
    });
    assert.deepEqual(answers, [...Array(7).fill('{"success":true}'), true]);
    await page.track("Again");
    await h.world.waitForRequests((r) => !!r.body?.includes("Again"));
    const sent = await h.world.requests((r) => !!r.body?.includes("Before"), mark);
    assert.deepEqual(sent, []);
  });

  test("cookies of other domains and paths, and the queue of unsent events, go too", async () => {
    const page = await tracked(h, "5.2.1", { path: "/shop/cart" });
    await page.evaluate(() => {
      for (const domain of [
        "",
        "; domain=www.shop.example.co.uk",
        "; domain=shop.example.co.uk",
        "; domain=example.co.uk",
      ])
        for (const path of ["/", "/shop", "/shop/cart"])
          document.cookie = `ajs_user_id=x; path=${path}${domain}`;
      localStorage.setItem("persisted-queue:v1:wk0Shop:dest-Segment.io:items", "[]");
      sessionStorage.setItem("ajs_user_id", "x");
      document.cookie = "cart=1; path=/";
      localStorage.setItem("theme", "dark");
    });
    await page.withdraw();
    assert.deepEqual(await page.stored(), ["cart", "theme"]);
  });

  test("requests on their way when consent ends are not tried again", async () => {
    const page = await tracked(h);
    await h.world.fault(/POST https:\/\/api\.segment\.io/, { status: 500 });
    await page.track("Unlucky");
    await h.world.waitForRequests((r) => r.method === "POST" && !!r.body?.includes("Unlucky"));
    await page.withdraw();
    const mark = await h.world.mark();
    await page.pass(1500);
    await page.settle();
    assert.deepEqual(await h.leaks(mark), []);
    assert.deepEqual(await page.stored(), []);
  });

  test("leaving the page after a withdrawal writes and sends nothing", async () => {
    const page = await tracked(h);
    await page.withdraw();
    const mark = await h.world.mark();
    await page.track("Too late");
    await page.reload();
    await page.settle();
    assert.deepEqual(await h.world.requests(toSegment, mark), []);
    assert.deepEqual(await page.stored(), []);
  });

  test("the withdrawal is told to the page: what was erased, and what could not be", async () => {
    const page = await tracked(h);
    await page.evaluate(() => {
      window.told = [];
      window.segmentBlocker.on("erase", (detail) => window.told.push(detail));
      document.addEventListener("segment-blocker:erase", (event) => window.told.push(event.detail));
    });
    await page.withdraw();
    await page.until("told.length === 2");
    const [own, dispatched] = JSON.parse(await page.evaluate("JSON.stringify(told)"));
    assert.deepEqual(own, dispatched);
    assert.ok(own.cookies.includes("ajs_anonymous_id"));
    assert.ok(own.keys.includes("ajs_user_traits"));
    assert.deepEqual(own.left, []);
  });
});
