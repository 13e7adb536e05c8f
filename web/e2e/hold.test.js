/** Before a choice: nothing leaves, nothing is stored, everything is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { KEY } from "./lib/shop.js";
import { SHOP } from "./lib/shop.js";
import { VERSIONS } from "./lib/snippets.js";

/** Fails when anything of Segment's has left the browser or is stored. */
async function assertUntouched(h, page) {
  assert.deepEqual(await h.leaks(), []);
  assert.deepEqual(await page.stored(), []);
  assert.deepEqual(await h.world.received(), []);
}

inBrowsers((h) => {
  for (const version of VERSIONS) {
    for (const form of ["min", "max"]) {
      test(`nothing leaves and nothing is stored before a choice with snippet ${version}, ${form}`, async () => {
        const page = await h.open({ snippet: version, snippetOptions: { form } });
        await page.track("Early");
        await page.identify("user-1", { plan: "pro" });
        await page.settle();
        await assertUntouched(h, page);
        assert.equal(await page.gate("queue.length"), 3);
        assert.equal(await page.gate("queue.dropped"), 0);
        assert.equal(await page.gate("engine"), "wasm");
        assert.deepEqual(page.problems?.errors ?? [], []);
      });
    }
  }

  test("the gate keeps out of everything that is not Segment's", async () => {
    const page = await h.open({
      after: `<script src="https://widgets.example/own.js"></script><script>
        document.cookie = "cart=1"; localStorage.setItem("theme", "dark");
        fetch("/api/cart", { method: "POST", body: "{}" }); new Image().src = "https://img.example/a.png";
      </script>`,
    });
    await h.world.waitForRequests(({ url }) => url === `${SHOP}/api/cart`);
    await h.world.waitForRequests(({ url }) => url === "https://img.example/a.png");
    assert.equal((await h.world.requests(({ host }) => host === "widgets.example")).length, 1);
    assert.deepEqual(await page.stored(), ["cart", "theme"]);
  });

  test("every way to ask Segment something is held: fetch, XHR, beacon, image, script", async () => {
    const page = await h.open({
      snippet: "",
      after: `<script>
        const api = "https://api.segment.io/v1/";
        fetch(api + "t", { method: "POST", body: "{}" }).catch(() => {});
        const xhr = new XMLHttpRequest(); xhr.open("POST", api + "p"); xhr.send("{}");
        navigator.sendBeacon(api + "b", "{}");
        new Image().src = api + "pixel/track?data=e30=";
        const script = document.createElement("script");
        script.src = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js";
        document.head.append(script);
        document.cookie = "ajs_anonymous_id=x"; localStorage.setItem("ajs_user_id", "y");
      </script>`,
    });
    await page.settle();
    await assertUntouched(h, page);
    const kinds = (await page.gate("decisions()")).map(
      ({ kind, decision }) => `${kind} ${decision}`,
    );
    for (const kind of ["fetch", "xhr", "beacon", "image", "script", "cookie", "storage"])
      assert.ok(kinds.includes(`${kind} hold`), `${kind} hold among ${kinds}`);
  });

  test("a choice that never comes costs bounded memory: calls past the limit are dropped and counted", async () => {
    const page = await h.open();
    await page.evaluate(() => {
      for (let i = 0; i < 1500; i++) window.analytics.track(`Event ${i}`);
    });
    await page.settle();
    await assertUntouched(h, page);
    assert.equal(await page.gate("queue.length"), 1000);
    assert.equal(await page.gate("queue.dropped"), 501);
  });

  test("the queue's limit is the site's to set", async () => {
    const page = await h.open({ config: { queue: { limit: 3 } } });
    for (const name of ["A", "B", "C"]) await page.track(name);
    assert.equal(await page.gate("queue.length"), 3);
    assert.equal(await page.gate("queue.dropped"), 1);
    await page.grant();
    const names = (await h.world.waitForEvents(3)).map(({ event }) => event.event ?? event.type);
    assert.deepEqual(names.sort(), ["A", "B", "page"]);
  });

  test("a first-party proxy named in the configuration is held like Segment", async () => {
    const prefix = "www.shop.example.co.uk/seg";
    await h.world.proxies([{ prefix, apiHost: `${prefix}/v1` }]);
    const proxied = ({ url }) => url.includes("/seg/");
    const page = await h.open({
      config: { hosts: [prefix] },
      snippetOptions: { host: prefix, useHostForBundles: true },
    });
    await page.settle();
    assert.deepEqual(await h.world.requests(proxied), []);
    assert.deepEqual(await page.stored(), []);
    await page.grant();
    const [{ host }] = await h.world.waitForEvents(1);
    assert.equal(host, "www.shop.example.co.uk");
    assert.deepEqual(await h.leaks(), []);
  });

  for (const [what, options] of Object.entries({
    "on a custom domain": { host: "t.shop.example.co.uk" },
    "under a name of its own": { host: "www.shop.example.co.uk", ajsPath: "/js/a1b2.js" },
  })) {
    test(`a proxy that nobody configured is known by the page's snippet, ${what}`, async () => {
      const loader = options.ajsPath ?? `/analytics.js/v1/${KEY}/analytics.min.js`;
      const proxied = (/** @type {{ url: string }} */ { url }) =>
        url === `https://${options.host}${loader}`;
      const page = await h.open({ snippetOptions: options });
      await page.settle();
      assert.deepEqual(await h.world.requests(proxied), []);
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await h.world.waitForRequests(proxied);
      // The rest of that host is the site's.
      await page.evaluate(
        `fetch("https://${options.host}/logo.png", { mode: "no-cors" }).then(() => {})`,
      );
      await page.withdraw();
      await page.evaluate(
        `fetch("https://${options.host}/own.png", { mode: "no-cors" }).then(() => {})`,
      );
      await h.world.waitForRequests(({ path }) => path === "/own.png");
    });
  }
});
