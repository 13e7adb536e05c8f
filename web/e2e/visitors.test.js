/** Tests share a visitor (lib/visitors.js): none finds anything of the one before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const STORE = `(async () => {
  document.cookie = "a=1; domain=shop.example.co.uk; max-age=1000";
  document.cookie = "b=1; path=/elsewhere";
  localStorage.c = sessionStorage.d = 1;
  await (await caches.open("e")).put("/e", new Response(""));
  await new Promise((done) => (indexedDB.open("f").onsuccess = done));
  await navigator.serviceWorker.register("/worker.js");
})()`;

const FOUND = `(async () => [document.cookie, localStorage.c, sessionStorage.d, ...(await caches.keys()),
  ...(await indexedDB.databases()).map(({ name }) => name), ...(await navigator.serviceWorker.getRegistrations())]
  .filter(Boolean).map(String))()`;

const ELSEWHERE = "/elsewhere/page";

inBrowsers((h) => {
  /** @type {import("./lib/page.js").Page} */
  let earlier;

  test("a test stores what a page can store, and its page is another's afterwards", async () => {
    await h.world.page(`${SHOP}/worker.js`, "", { headers: { "Content-Type": "text/javascript" } });
    earlier = await h.open({ gate: false, snippet: "", path: ELSEWHERE });
    await earlier.evaluate(STORE);
    assert.equal((await earlier.evaluate(FOUND)).length, 6);
    await h.open({ gate: false, snippet: "" });
    assert.throws(() => earlier.evaluate("1"), /the tab has gone on to/);
  });

  test("the next finds nothing of it", async () => {
    const page = await h.open({ gate: false, snippet: "", path: ELSEWHERE });
    assert.deepEqual(await page.evaluate(FOUND), []);
    assert.deepEqual(await page.stored(), []);
    assert.throws(() => earlier.evaluate("1"), /the tab has gone on to/);
  });
});
