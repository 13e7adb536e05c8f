/** Objects that would send something by being made: another stands in for them until they may exist. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";

const EMPTY = { snippet: /** @type {const} */ ("") };
const STREAM = "https://api.segment.io/v1/stream";
const SIGNALS = "Segment Signals Buffer";

inBrowsers((h) => {
  test("a held WebSocket connects on grant and is the same object", async () => {
    const page = await h.open(EMPTY);
    const before = await page.evaluate(() => {
      const w = /** @type {any} */ (window);
      const socket = (w.socket = new WebSocket("wss://api.segment.io/v1/socket"));
      socket.binaryType = "arraybuffer";
      w.events = [];
      socket.onopen = (event) =>
        w.events.push(`onopen ${socket.readyState} ${event.target === socket}`);
      socket.addEventListener("open", () => w.events.push("open"));
      return [socket instanceof WebSocket, String(socket), socket.readyState, socket.binaryType];
    });
    assert.deepEqual(before, [true, "[object WebSocket]", 0, "arraybuffer"]);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await page.until("events.length === 2");
    assert.deepEqual(await page.evaluate("events"), ["onopen 1 true", "open"]);
    assert.deepEqual(await page.evaluate("[socket.readyState, socket.binaryType]"), [
      1,
      "arraybuffer",
    ]);
  });

  test("a denied WebSocket ends as one that could not connect, also for a class that extends it", async () => {
    const page = await h.open(EMPTY);
    await page.deny();
    const told = await page.evaluate(
      () =>
        new Promise((done) => {
          class Own extends WebSocket {
            /** @type {any[]} */ log = [];
            hello() {
              return "hello";
            }
          }
          const socket = new Own("wss://api.segment.io/v1/socket");
          socket.log.push(socket.readyState, socket.hello(), socket instanceof Own);
          socket.onerror = () => socket.log.push(`error ${socket.readyState}`);
          socket.onclose = (event) => {
            socket.send("nobody hears it");
            socket.close();
            done([
              ...socket.log,
              `close ${event.code} ${event.wasClean} ${event instanceof CloseEvent}`,
            ]);
          };
        }),
    );
    assert.deepEqual(told, [0, "hello", true, "error 3", "close 1006 false true"]);
  });

  test("a held EventSource delivers messages and named events after the grant", async () => {
    await h.world.page(STREAM, "data: one\n\nevent: named\ndata: two\n\n", {
      headers: { "Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*" },
    });
    const page = await h.open(EMPTY);
    await page.evaluate((url) => {
      const w = /** @type {any} */ (window);
      const source = (w.source = new EventSource(url));
      w.events = [source.readyState];
      source.onmessage = (event) => w.events.push(event.data);
      source.addEventListener("named", (event) => w.events.push(event.data));
    }, STREAM);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await page.until("events.length >= 3");
    assert.deepEqual((await page.evaluate("source.close(), events")).slice(0, 3), [
      0,
      "one",
      "two",
    ]);
    assert.equal(await page.evaluate("source.readyState"), 2);
  });

  test("a denied EventSource is closed with an error", async () => {
    const page = await h.open(EMPTY);
    await page.deny();
    const told = await page.evaluate(
      (url) =>
        new Promise((done) => {
          const source = new EventSource(url);
          source.onerror = () => done([source.readyState, source.url]);
        }),
      STREAM,
    );
    assert.deepEqual(told, [2, STREAM]);
  });

  test("a held database opens on grant, with its upgrade in the page's hands", async () => {
    const page = await h.open(EMPTY);
    const before = await page.evaluate(async (name) => {
      const w = /** @type {any} */ (window);
      const request = (w.request = indexedDB.open(name, 2));
      w.events = [];
      request.onupgradeneeded = (event) => {
        request.result.createObjectStore("store");
        w.events.push(
          `upgrade ${event.oldVersion} ${event.newVersion} ${request.transaction?.mode}`,
        );
      };
      request.onsuccess = () => w.events.push(`success ${request.result.version}`);
      const names = (await indexedDB.databases()).map((one) => one.name);
      return [request instanceof IDBOpenDBRequest, request.readyState, names];
    }, SIGNALS);
    assert.deepEqual(before, [true, "pending", []]);
    await page.grant();
    await page.until("events.length === 2");
    assert.deepEqual(await page.evaluate("events"), ["upgrade 0 2 versionchange", "success 2"]);
  });

  test("a denied database fails to open, and what it held is deleted", async () => {
    const page = await h.open(EMPTY);
    await page.grant();
    await page.evaluate(
      (name) =>
        new Promise((done) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => done(request.result.close());
        }),
      SIGNALS,
    );
    const erased = await page.evaluate(
      () =>
        new Promise((done) => {
          window.segmentBlocker.on("erase", (/** @type {any} */ { keys }) => done(keys));
          window.segmentBlocker.withdraw();
        }),
    );
    assert.deepEqual(erased, [SIGNALS]);
    const failed = await page.evaluate(
      (name) =>
        new Promise((done) => {
          const request = indexedDB.open(name);
          request.onerror = () => done([request.readyState, request.error?.name]);
        }),
      SIGNALS,
    );
    assert.deepEqual(failed, ["done", "UnknownError"]);
    await page.grant();
    assert.deepEqual(await page.evaluate("indexedDB.databases()"), []);
  });

  test("databases of the page's own open as ever", async () => {
    const page = await h.open(EMPTY);
    const name = await page.evaluate(
      () =>
        new Promise((done) => {
          const request = indexedDB.open("own");
          request.onsuccess = () => done(request.result.name);
        }),
    );
    assert.equal(name, "own");
  });

  test("a font of Segment's cannot be loaded; the page's own sources stay as they are", async () => {
    const page = await h.open(EMPTY);
    const told = await page.evaluate(async () => {
      const font = new FontFace("x", "url('https://cdn.segment.com/x.woff2') format('woff2')");
      const failure = await font.load().then(String, (error) => error.name);
      return [failure, font.status, font.family];
    });
    assert.deepEqual(told, ["NetworkError", "error", "x"]);
    const others = await page.evaluate(async () => {
      /a/.exec("page's");
      const sources = [
        "local(none), URL( https://cdn.segment.com/x.woff2 )",
        "url(https://cdn.segment.com/x.woff2",
        { toString: () => 'url("https://cdn.segment.com/x.woff2")' },
      ];
      const fonts = sources.map((source) => new FontFace("x", /** @type {string} */ (source)));
      const failures = fonts.map((font) => font.load().then(String, (error) => error.name));
      const bytes = new FontFace("x", new ArrayBuffer(8));
      await bytes.loaded.catch(() => {});
      return [await Promise.all(failures), bytes.status, RegExp["$\u0026"]];
    });
    assert.deepEqual(others, [Array(3).fill("NetworkError"), "error", "a"]);
    await page.evaluate(() => {
      for (const source of ["url(/own.woff2)", "local(none), url('/o(2)')"])
        new FontFace("y", source).load().catch(() => {});
    });
    for (const path of ["/own.woff2", "/o(2)"])
      await h.world.waitForRequests((request) => request.path === path);
  });

  test("a worker made from text keeps its own network and mode; Segment fails in it as a blocked host does", async () => {
    const page = await h.open(EMPTY);
    const told = await page.evaluate(
      () =>
        new Promise((done) => {
          const text = `
            const told = [];
            fetch(origin + "/own").then((response) => told.push(response.status))
              .then(() => fetch("https://api.segment.io/v1/t")).catch((error) => told.push(error.name))
              .then(() => { try { importScripts("https://cdn.segment.com/x.js"); } catch (error) { told.push(error.name); } })
              .then(() => postMessage(told));`;
          const worker = new Worker(URL.createObjectURL(new Blob([text])));
          worker.onmessage = (event) => done(event.data);
        }),
    );
    assert.deepEqual(told, [200, "TypeError", "NetworkError"]);
    assert.deepEqual(await h.leaks(), []);
  });

  test("workers are the browser's own once Segment may run", async () => {
    const page = await h.open(EMPTY);
    await page.grant();
    await page.evaluate(() => {
      const text = `fetch("https://api.segment.io/v1/worker")`;
      new Worker(URL.createObjectURL(new Blob([text])));
    });
    await h.world.waitForRequests(({ path }) => path === "/v1/worker");
  });
});
