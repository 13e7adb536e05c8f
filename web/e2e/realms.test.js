/** Frames of the page's origin: one gate, one consent and one log for all of them, at little cost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const EMPTY = { snippet: /** @type {const} */ ("") };
const API = "https://api.segment.io/v1/";

inBrowsers((h) => {
  test("what a frame holds is released by the page's consent, as an object of the frame", async () => {
    const page = await h.open(EMPTY);
    const pending = await page.evaluate((api) => {
      const w = /** @type {any} */ (window);
      const frame = (w.frame = document.createElement("iframe"));
      document.body.append(frame);
      const inner = /** @type {any} */ (frame.contentWindow);
      const promise = inner.fetch(api + "x");
      w.answer = promise.then((/** @type {any} */ response) => [
        response.status,
        response instanceof inner.Response,
      ]);
      inner.document.cookie = "ajs_user_id=1; path=/";
      inner.localStorage.ajs_user_id = "1";
      return [
        promise instanceof inner.Promise,
        inner.segmentBlocker === w.segmentBlocker,
        document.cookie,
      ];
    }, API);
    assert.deepEqual(pending, [true, true, ""]);
    assert.deepEqual(await h.leaks(), []);
    const kinds = (await page.gate("decisions()")).map(
      (/** @type {any} */ { kind, decision }) => `${kind} ${decision}`,
    );
    assert.deepEqual(kinds, ["fetch hold", "cookie hold", "storage hold"]);
    await page.grant();
    assert.deepEqual(await page.evaluate("answer"), [404, true]);
    assert.deepEqual(await page.stored(), ["ajs_user_id", "ajs_user_id"]);
  });

  test("requests of several realms are released in the order they were made", async () => {
    const page = await h.open(EMPTY);
    await page.evaluate((api) => {
      const w = /** @type {any} */ (window);
      w.order = [];
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const inner = /** @type {any} */ (frame.contentWindow);
      window.segmentBlocker.on("release", (/** @type {any} */ { target }) =>
        w.order.push(target.slice(-1)),
      );
      for (const [i, realm] of [window, inner, window, inner].entries()) realm.fetch(api + i);
    }, API);
    await page.grant();
    await page.until("order.length === 4");
    assert.equal(await page.evaluate("order.join('')"), "0123");
  });

  test("a frame's errors and functions are the frame's own", async () => {
    const page = await h.open(EMPTY);
    await page.deny();
    const told = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const inner = /** @type {any} */ (frame.contentWindow);
      const error = await inner
        .fetch("https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js")
        .catch((/** @type {any} */ reason) => reason);
      return [
        error instanceof inner.TypeError,
        inner.fetch instanceof inner.Function,
        inner.fetch === fetch,
        inner.Function.prototype.toString.call(inner.fetch) ===
          Function.prototype.toString.call(fetch),
      ];
    });
    assert.deepEqual(told, [true, true, false, true]);
  });

  test("a page in a frame that has a gate of its own keeps it", async () => {
    await h.write({ path: "/inner", snippet: "" });
    const page = await h.open(EMPTY);
    const own = await page.evaluate(
      (url) =>
        new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.src = url;
          frame.onload = () => {
            const inner = /** @type {any} */ (frame.contentWindow);
            done([
              inner.segmentBlocker !== window.segmentBlocker,
              inner.segmentBlocker.getConsent().analytics,
            ]);
          };
          document.body.append(frame);
          // Touching the empty document before it is replaced must not take the page's place.
          void (/** @type {any} */ (frame.contentWindow).name);
        }),
      `${SHOP}/inner`,
    );
    assert.deepEqual(own, [true, "unset"]);
  });

  test("a frame has one gate, whatever the page put on Object.prototype", async () => {
    const page = await h.open(EMPTY);
    const told = await page.evaluate((url) => {
      const words = ["get", "set", "value", "writable", "configurable"];
      const { prototype } = /** @type {any} */ (window).Object;
      for (const word of words) prototype[word] = () => {};
      try {
        return [url, ""].map((src) => {
          const frame = document.createElement("iframe");
          if (src) frame.src = src;
          document.body.append(frame);
          const inner = /** @type {any} */ (frame.contentWindow);
          const before = inner.fetch;
          void frame.contentWindow;
          return inner.segmentBlocker === window.segmentBlocker && inner.fetch === before;
        });
      } finally {
        for (const word of words) delete prototype[word];
      }
    }, `${SHOP}/empty`);
    assert.deepEqual(told, [true, true]);
  });

  test("such a page's events wait for the grant, with their time and page", async () => {
    await h.write({ path: "/inner?a=1", title: "Inner" });
    const page = await h.open({ ...EMPTY, body: `<iframe src="/inner?a=1"></iframe>` });
    await page.evaluate("void frames[0].name");
    await page.until("frames[0].document.readyState === 'complete' && frames[0].analytics");
    const called = await page.evaluate("(frames[0].analytics.track('Inside'), Date.now())");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.deepEqual(await page.stored(), []);
    await page.evaluate(
      "frames[0].segmentBlocker.setConsent({ functional: true, analytics: true, marketing: true })",
    );
    const sent = (await h.world.waitForEvents(2)).map(({ event }) => event);
    const event = sent.find(({ event }) => event === "Inside");
    assert.equal(event.context.page.url, `${SHOP}/inner?a=1`);
    assert.equal(event.context.page.title, "Inner");
    assert.ok(Math.abs(Date.parse(event.timestamp) - called) < 50, "the time of the call");
  });

  test("a gate that makes way for the page's own puts everything back", async () => {
    // What the page's own gate does first.
    const leave = `Object.getOwnPropertyDescriptor(window, "segmentBlocker").set.call(window, undefined);
      Object.defineProperty(window, "segmentBlocker", { value: "own" });`;
    await h.world.page(`${SHOP}/left`, `<!doctype html><script>${leave}</script>`);
    await h.world.page(`${SHOP}/kept`, "<!doctype html>");
    const page = await h.open(EMPTY);
    const [left, kept] = await page.evaluate(async () => {
      const open = async (/** @type {string} */ url) => {
        const frame = document.createElement("iframe");
        frame.src = url;
        document.body.append(frame);
        const { fetch } = /** @type {any} */ (frame.contentWindow);
        await new Promise((done) => frame.addEventListener("load", done));
        return [/** @type {any} */ (frame.contentWindow), fetch];
      };
      return [await open("/left"), await open("/kept")].map(([inner, fetch]) => {
        const { Node, HTMLScriptElement, Document } = inner;
        inner.document.cookie = "ajs_user_id=" + inner.location.pathname.slice(1);
        const script = inner.document.createElement("script");
        script.src = "https://cdn.segment.com/a.js";
        return [
          inner.fetch === fetch,
          inner.segmentBlocker === window.segmentBlocker,
          Node.prototype.appendChild.name + HTMLScriptElement.name + Document.prototype.write.name,
          script.matches("[type='text/plain']"),
        ];
      });
    });
    assert.deepEqual(left, [false, false, "appendChildHTMLScriptElementwrite", false]);
    assert.deepEqual(kept, [true, true, "appendChildHTMLScriptElementwrite", true]);
    assert.deepEqual(
      (await page.cookies()).map(({ value }) => value),
      ["left"],
    );
  });

  if (h.engine !== "webkit")
    test("a pop-up of the site's that has a gate of its own keeps it", async () => {
      await h.write({ path: "/inner" });
      const page = await h.open(EMPTY);
      await page.evaluate("void (window.opened = open('/inner'))");
      await page.until("opened.document.readyState === 'complete' && opened.analytics");
      assert.equal(await page.evaluate("opened.segmentBlocker !== segmentBlocker"), true);
      await page.evaluate("void opened.analytics.track('Inside')");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      await page.evaluate(
        "opened.segmentBlocker.setConsent({ functional: true, analytics: true, marketing: true })",
      );
      await h.world.waitForEvents(2);
    });

  test("a second copy of the gate leaves the first in place", async () => {
    const page = await h.open({
      ...EMPTY,
      before: `<script>window.first = segmentBlocker</script><script src="/gate.js"></script>`,
    });
    assert.equal(await page.evaluate("first === segmentBlocker"), true);
    await page.evaluate((api) => void fetch(api + "once"), API);
    await page.grant();
    await h.world.waitForRequests(({ path }) => path === "/v1/once");
    await page.settle();
    assert.equal((await h.leaks()).length, 1);
  });

  test("fifty frames are all guarded, and a taken-out frame holds nothing up", async () => {
    const page = await h.open(EMPTY);
    const guarded = await page.evaluate((api) => {
      for (let i = 0; i < 50; i++) {
        const frame = document.createElement("iframe");
        if (i % 2) frame.srcdoc = "<p>";
        document.body.append(frame);
      }
      let count = 0;
      for (let i = 0; i < frames.length; i++) {
        if (/** @type {any} */ (frames[i]).segmentBlocker === window.segmentBlocker) count++;
        /** @type {any} */ (frames[i]).fetch(api + "frame").catch(() => {});
      }
      document.querySelectorAll("iframe").forEach((frame) => frame.remove());
      fetch(api + "page");
      return count;
    }, API);
    assert.equal(guarded, 50);
    await page.grant();
    await h.world.waitForRequests(({ path }) => path === "/v1/page");
  });

  test("nothing is thrown for frames of another origin", async () => {
    await h.world.page("https://other.example/frame", "<!doctype html><p>other");
    const page = await h.open({
      ...EMPTY,
      body: `<iframe src="https://other.example/frame"></iframe><iframe sandbox srcdoc="<p>"></iframe>`,
    });
    const told = await page.evaluate(() => {
      const results = [];
      for (const frame of document.querySelectorAll("iframe"))
        results.push(frame.contentDocument === null, typeof frame.contentWindow?.postMessage);
      document.body.append(document.createElement("p"));
      return results;
    });
    assert.deepEqual(told, [true, "function", true, "function"]);
    assert.deepEqual(page.problems?.errors ?? [], []);
  });

  for (const [where, code] of Object.entries({
    "in an open shadow tree": `d.attachShadow({ mode: "open" }).append(x);`,
    "in a closed shadow tree": `d.attachShadow({ mode: "closed" }).append(x);`,
    "in a shadow tree whose host is inserted later": `const e = document.createElement("p"); e.attachShadow({ mode: "open" }).append(x); d.append(e);`,
    "in a shadow tree's markup": `const e = document.createElement("b"); e.append(x); d.attachShadow({ mode: "open" }).innerHTML = e.innerHTML;`,
    // WebKit runs no such code in a frame that comes by outerHTML, with the gate or without.
    "in place of an element of a shadow tree": `window.ran = navigator.vendor.startsWith("Apple"); const e = document.createElement("b"), p = document.createElement("p"); d.attachShadow({ mode: "open" }).append(p); e.append(x); p.outerHTML = e.innerHTML;`,
    "by a text beside an element of a shadow tree": `const e = document.createElement("b"), p = document.createElement("p"); d.attachShadow({ mode: "open" }).append(p); e.append(x); p.insertAdjacentHTML("afterend", e.innerHTML);`,
    "in another frame, by this window's function": `const f = document.createElement("iframe"); d.append(f); Node.prototype.appendChild.call(f.contentDocument.body, x);`,
    "by another window's function": `const f = document.createElement("iframe"); d.append(f); f.contentWindow.Element.prototype.append.call(d, x);`,
  }))
    test(`a frame ${where} is guarded before its code runs`, async () => {
      const page = await h.open({
        snippet: "",
        body: `<div id=d></div><script>
          const d = document.querySelector("#d"), x = document.createElement("iframe");
          x.src = "javascript:void (fetch('https://api.segment.io/v1/x', { mode: 'no-cors' }), top.ran = true)";
          ${code}
        </script>`,
      });
      await page.until("window.ran");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
    });
});
