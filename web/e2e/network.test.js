/** Network calls that wait or fail: what the page's code sees of it is what a slow or blocked network shows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const EMPTY = { snippet: /** @type {const} */ ("") };
const API = "https://api.segment.io/v1/";
const CDN = "https://cdn.segment.com/";

/** The bodies that were posted to Segment, in the order they came. @param {import("./lib/harness.js").Harness} h */
async function posted(h) {
  const found = await h.world.requests(
    ({ method, host }) => method === "POST" && host === "api.segment.io",
  );
  return found.map(({ path, body }) => `${path} ${body}`);
}

/** What was decided, of what kind of thing. @param {{ gate(code: string): Promise<any> }} page @returns {Promise<string[]>} */
const decided = async (page) =>
  (await page.gate("decisions()")).map(
    (/** @type {any} */ { decision, kind }) => `${decision} ${kind}`,
  );

inBrowsers((h) => {
  test("a held fetch is sent on grant with the body, headers and options of the call", async () => {
    const page = await h.open(EMPTY);
    await page.evaluate((api) => {
      const w = /** @type {any} */ (window);
      const body = new Uint8Array([65, 66]);
      const headers = { "content-type": "text/plain" };
      const request = new Request(api + "two", { method: "POST", body: "two" });
      w.done = Promise.all([
        fetch(api + "one", { method: "POST", body, headers }).then((response) => response.status),
        fetch(request).then((response) => response.status),
      ]);
      body[0] = 90;
      w.used = request.bodyUsed;
    }, API);
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    assert.deepEqual(await page.evaluate("done"), [404, 404], "the answers of the server");
    assert.equal(await page.evaluate("used"), true, "a body is taken when fetch is called");
    // WebKit's Request copies the bytes of a body only when it is sent.
    const bytes = h.engine === "webkit" ? "ZB" : "AB";
    assert.deepEqual((await posted(h)).sort(), [`/v1/one ${bytes}`, "/v1/two two"]);
  });

  test("options with getters are read once, as fetch does", async () => {
    const page = await h.open(EMPTY);
    const reads = await page.evaluate((api) => {
      let count = 0;
      const options = {
        get method() {
          count++;
          return "POST";
        },
      };
      fetch(api + "read", options).catch(() => {});
      return count;
    }, API);
    assert.equal(reads, 1);
  });

  test("a held fetch can be aborted, and then never leaves", async () => {
    const page = await h.open(EMPTY);
    const names = await page.evaluate(async (api) => {
      const stop = new AbortController();
      const failures = [
        fetch(api + "a", { signal: stop.signal }),
        fetch(api + "b", { signal: AbortSignal.timeout(20) }),
        fetch(api + "c", { signal: AbortSignal.abort() }),
      ].map((held) => held.then(String, (error) => error.name));
      stop.abort();
      return Promise.all(failures);
    }, API);
    assert.deepEqual(names, ["AbortError", "TimeoutError", "AbortError"]);
    await page.grant();
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  test("a denied fetch fails in the words of this browser; an event post succeeds with nothing", async () => {
    const page = await h.open(EMPTY);
    await page.deny();
    await h.world.fault(/other\.example/, { abort: true });
    const told = await page.evaluate(
      async (api, cdn) => {
        const say = (/** @type {any} */ error) => [
          error.name,
          error.message,
          error instanceof TypeError,
        ];
        const real = await fetch("https://other.example/", { mode: "no-cors" }).then(String, say);
        const ours = await fetch(cdn + "analytics.js/v1/KEY/analytics.min.js").then(String, say);
        const post = await fetch(api + "t", { method: "POST", body: "{}" });
        return { real, ours, post: [post.ok, post.status, await post.json()] };
      },
      API,
      CDN,
    );
    assert.deepEqual(told.ours, told.real);
    assert.deepEqual(told.post, [true, 200, { success: true }]);
    assert.deepEqual(await h.leaks(), []);
  });

  test("a held XMLHttpRequest goes through every state after the grant", async () => {
    const page = await h.open(EMPTY);
    const before = await page.evaluate(async (api) => {
      const w = /** @type {any} */ (window);
      const x = (w.x = new XMLHttpRequest());
      w.events = [];
      for (const type of ["readystatechange", "load", "error", "loadend"])
        x.addEventListener(type, () => w.events.push(type + x.readyState));
      x.open("POST", api + "x");
      x.send("body");
      const errors = [];
      for (const call of [() => x.send(), () => x.setRequestHeader("a", "b")]) {
        try {
          call();
        } catch (/** @type {any} */ error) {
          errors.push(error.name);
        }
      }
      return { errors, state: x.readyState, own: Object.getOwnPropertyNames(x) };
    }, API);
    assert.deepEqual(before, {
      errors: ["InvalidStateError", "InvalidStateError"],
      state: 1,
      own: [],
    });
    await page.grant();
    await page.until("events.includes('loadend4')");
    const events = await page.evaluate("events");
    assert.deepEqual(events.at(0), "readystatechange1");
    assert.deepEqual(events.slice(-3), ["readystatechange4", "load4", "loadend4"]);
    assert.deepEqual(await posted(h), ["/v1/x body"]);
  });

  test("a denied XMLHttpRequest ends as one that the network refused, event by event", async () => {
    const page = await h.open(EMPTY);
    await page.deny();
    await h.world.fault(/other\.example/, { abort: true });
    const run = (
      /** @type {string} */ url,
      /** @type {string} */ type,
      /** @type {string | null} */ body,
    ) =>
      page.evaluate(
        (to, responseType, data) =>
          new Promise((done) => {
            const x = new XMLHttpRequest();
            const events = [];
            for (const name of [
              "loadstart",
              "readystatechange",
              "progress",
              "load",
              "error",
              "abort",
              "timeout",
              "loadend",
            ]) {
              x.addEventListener(name, (event) =>
                events.push(`${name} ${x.readyState} ${event instanceof ProgressEvent}`),
              );
              x.upload.addEventListener(name, () => events.push(`upload ${name}`));
            }
            x.open("POST", to);
            x.responseType = /** @type {any} */ (responseType);
            x.onloadend = () =>
              done([
                events,
                x.status,
                x.statusText,
                x.response,
                x.responseURL,
                x.getAllResponseHeaders(),
              ]);
            x.send(data);
          }),
        url,
        type,
        body,
      );
    for (const type of ["", "json", "blob"]) {
      for (const body of [null, "body"]) {
        const ours = await run(`${CDN}x`, type, body);
        assert.deepEqual(ours, await run("https://other.example/x", type, body), `${type} ${body}`);
      }
    }
    const post = await run(`${API}t`, "json", "{}");
    assert.deepEqual(post.slice(1, 4), [200, "OK", { success: true }]);
    assert.equal(post[0].at(-2), "load 4 true");
    assert.deepEqual(await h.leaks(), []);
  });

  test("a denied XMLHttpRequest ends as one, made by a function that the page has in its place", async () => {
    const page = await h.open(EMPTY);
    await page.deny();
    const ended = await page.evaluate(
      (url) =>
        new Promise((done) => {
          const Native = XMLHttpRequest;
          /** @type {any} */ (window).XMLHttpRequest = function () {
            return new Native();
          };
          const x = new XMLHttpRequest();
          x.onloadend = () => done([x.readyState, x.status]);
          x.open("GET", url);
          x.send();
        }),
      `${CDN}x`,
    );
    assert.deepEqual(ended, [4, 0]);
  });

  test("a held XMLHttpRequest can be aborted, opened anew, and runs into its timeout", async () => {
    const page = await h.open(EMPTY);
    const seen = await page.evaluate(async (api) => {
      const events = /** @type {string[]} */ ([]);
      const x = new XMLHttpRequest();
      for (const type of ["abort", "load"]) x.addEventListener(type, () => events.push(type));
      x.open("GET", api + "x");
      x.send();
      x.abort();
      events.push(`state ${x.readyState}`);
      x.open("GET", "/own");
      x.send();
      await new Promise((done) => x.addEventListener("loadend", done));
      const y = new XMLHttpRequest();
      y.timeout = 30;
      y.open("GET", api + "y");
      y.send();
      await new Promise((done) => y.addEventListener("timeout", done));
      return [...events, `timeout ${y.readyState} ${y.status}`];
    }, API);
    assert.deepEqual(seen, ["abort", "state 0", "load", "timeout 4 0"]);
    await page.grant();
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  test("a synchronous XMLHttpRequest cannot wait: it fails as one without network", async () => {
    const page = await h.open(EMPTY);
    const name = await page.evaluate((cdn) => {
      const x = new XMLHttpRequest();
      x.open("GET", cdn + "x", false);
      try {
        x.send();
        return "none";
      } catch (/** @type {any} */ error) {
        return error.name;
      }
    }, CDN);
    assert.equal(name, "NetworkError");
  });

  test("a held beacon counts as accepted and carries what it was given; a denied one is false", async () => {
    const page = await h.open(EMPTY);
    const accepted = await page.evaluate((api) => {
      const bytes = new Uint8Array([65, 66, 67]);
      const form = new URLSearchParams("a=1");
      const results = [
        navigator.sendBeacon(api + "bytes", bytes),
        navigator.sendBeacon(api + "form", form),
      ];
      bytes[0] = 90;
      form.set("a", "2");
      return new Promise((done) => setTimeout(() => done(results), 50));
    }, API);
    assert.deepEqual(accepted, [true, true]);
    await page.grant();
    await h.world.waitForRequests(({ path }) => path === "/v1/bytes" || path === "/v1/form", 2);
    assert.deepEqual((await posted(h)).sort(), ["/v1/bytes ABC", "/v1/form a=1"]);
    await page.deny();
    assert.equal(await page.evaluate((api) => navigator.sendBeacon(api + "late", "x"), API), false);
  });

  test("a stream that may not be connected is a stream that nobody answers", async () => {
    const page = await h.open(EMPTY);
    const found = await page.evaluate(async () => {
      const { WebTransport, WebSocketStream } = /** @type {any} */ (window);
      const name = (/** @type {Promise<any>} */ promise) =>
        promise.then(String, ({ name }) => name);
      /** @type {any[]} */
      const seen = [];
      if (WebTransport) {
        const stream = new WebTransport("https://api.segment.io:443/x");
        const parts = [stream.datagrams.writable, stream.incomingBidirectionalStreams];
        seen.push(stream instanceof WebTransport, ...parts.map(String));
        seen.push(await name(stream.ready), await name(stream.closed));
      }
      if (WebSocketStream) {
        const stream = new WebSocketStream("wss://api.segment.io/x");
        seen.push(stream.url, await name(stream.opened), await name(stream.closed));
      }
      return seen;
    });
    const transport = ["[object WritableStream]", "[object ReadableStream]"];
    const failures = ["WebTransportError", "WebTransportError"];
    const sockets = ["wss://api.segment.io/x", "WebSocketError", "WebSocketError"];
    const there = {
      chromium: [true, ...transport, ...failures, ...sockets],
      firefox: [true, ...transport, ...failures],
      webkit: [],
    };
    assert.deepEqual(found, there[h.engine]);
    const streams = { chromium: 2, firefox: 1, webkit: 0 }[h.engine];
    assert.deepEqual(await decided(page), Array(streams).fill("hold websocket"));
  });

  // One for each page: for the next one Chromium would ask the visitor.
  for (const [how, input] of Object.entries({
    "of one URL": `API`,
    "of several": `["/own/many", new Request(API)]`,
    "of the site's own": `"/own/alone"`,
  }))
    test(`a background fetch ${how} waits if it may not go, and comes with the grant`, async () => {
      const hasIt = h.engine === "chromium";
      const isOwn = input.includes("alone");
      await h.world.page(`${SHOP}/own-worker.js`, "self.onfetch = () => {};", {
        headers: { "Content-Type": "text/javascript" },
      });
      const page = await h.open(EMPTY);
      const has = await page.evaluate(`(async () => {
        await navigator.serviceWorker.register("/own-worker.js");
        const { backgroundFetch } = await navigator.serviceWorker.ready;
        if (!backgroundFetch) return false;
        const API = "https://api.segment.io/v1/background";
        const wrong = await backgroundFetch.fetch("wrong").catch((error) => error.name);
        window.ended = [wrong];
        backgroundFetch.fetch("id", ${input}).then(
          (made) => ended.push(made.constructor.name), (error) => ended.push(error.message));
        return true;
      })()`);
      assert.equal(has, hasIt);
      if (!has) return;
      if (!isOwn) {
        await page.settle();
        assert.deepEqual(await h.leaks(), []);
        assert.deepEqual(await page.evaluate("ended"), ["TypeError"]);
        await page.grant();
      }
      await h.world.waitForRequests(({ url }) =>
        url.endsWith(isOwn ? "/own/alone" : "/v1/background"),
      );
      await page.until("ended.length === 2");
      assert.deepEqual(await page.evaluate("ended"), ["TypeError", "BackgroundFetchRegistration"]);
    });

  test("what leaves no request to see is held too: connecting links, a service worker", async () => {
    const RELS = ["preconnect", "dns-prefetch", "prerender"];
    const page = await h.open(EMPTY);
    const held = await page.evaluate(async (rels) => {
      const link = (/** @type {string} */ rel, /** @type {string} */ url) => {
        const made = document.createElement("link");
        made.rel = rel;
        made.href = url;
        document.head.append(made);
        return {
          shown: made.href === url,
          real: made.matches("[href]"),
        };
      };
      const own = rels.map((rel) => link(rel, `${location.origin}/own`));
      const links = rels.map((rel) => link(rel, "https://api.segment.io/v1/x"));
      await navigator.serviceWorker.register("https://api.segment.io/v1/x").catch(() => {});
      return { own, links };
    }, RELS);
    assert.deepEqual(
      held.own,
      RELS.map(() => ({ shown: true, real: true })),
    );
    assert.deepEqual(
      held.links,
      RELS.map(() => ({ shown: true, real: false })),
    );
    assert.deepEqual(await decided(page), [...RELS.map(() => "hold link"), "hold worker"]);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });
});
