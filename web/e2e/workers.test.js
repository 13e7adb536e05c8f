/** Workers made from text while Segment may not run: what is Segment's fails in them, and nothing else is touched. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const EMPTY = { snippet: /** @type {const} */ ("") };
const CONFIG = {
  hosts: ["analytics.shop.example", "https://Proxy.Example:443/a.b/", "www.shop.example.co.uk"],
};

const REFUSED = [
  "https://cdn.segment.com/",
  "https://CDN.Segment.COM/",
  "https://cdn.segment.com:8443/",
  "https://user:word@cdn.segment.com/",
  "https://eu.api.segment.io/",
  " https:\\\\api.segment.io\\",
  "https:api.segment.io/",
  "https://api.seg\tment.io/",
  "https://api.segm%65nt.io/",
  "https://api.\uff53egment.io/",
  "https://cdn.jsdelivr.net/npm/@segment/",
  "https://analytics.shop.example/",
  "https://proxy.example/a.b/",
  "https://proxy.example:8443/a.b?",
  `${SHOP}/analytics.js/v1/`,
];
const FREE = [
  "https://notcdn.segment.com/",
  "https://cdn-segment.com/",
  "https://cdn.segment.com.shop.example/",
  "https://shop.example/cdn.segment.com/",
  "https://shop.example/?https://cdn.segment.com/",
  "https://shop.example/#https://cdn.segment.com/",
  "https://cdn.segment.com@shop.example/",
  "https://cdn.jsdelivr.net/npm/jquery/",
  "https://eu.analytics.shop.example/",
  "https://proxy.example/",
  "https://proxy.example/a.bc/",
  "https://proxy.example/aXb/",
  `${SHOP}/own/`,
];

/** Hosts with a dot at their end; the proxy of the tests has no certificate for these. */
const DOTTED = ["cdn.segment.com.", "cdn.segment.com.:8443", "analytics.shop.example."];

/** What a page runs: a function of a worker, its answer is the page's. @param {string} work @param {string} kind */
function inWorker(work, kind) {
  const text = `(${work})().then(postMessage, (error) => postMessage("failed: " + error));`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Promise((done, fail) => {
    const worker =
      kind === "data:"
        ? new Worker(`data:text/javascript,${encodeURIComponent(text)}`)
        : new Worker(`${url}#place`, { type: kind === "module" ? "module" : "classic" });
    worker.onmessage = (event) => done(event.data);
    worker.onerror = (event) => fail(new Error(event.message || "the worker failed"));
  });
}

/** How the worker's functions look and answer. Runs in a worker. */
async function looks() {
  const w = /** @type {any} */ (self);
  /** @type {Record<string, any>} */
  const seen = {};
  /** @param {string} name @param {() => any} act */
  const note = async (name, act) => {
    try {
      seen[name] = `${await act()}`;
    } catch (error) {
      seen[name] = `${/** @type {any} */ (error).name}: ${/** @type {any} */ (error).message}`;
    }
  };
  const names = ["fetch", "importScripts", "EventSource", "WebSocket", "WebTransport", "Worker"];
  for (const name of [...names, "FontFace", "XMLHttpRequest", "Cache", "URL", "Request"]) {
    let owner = w;
    for (; owner && !Object.getOwnPropertyDescriptor(owner, name);) {
      owner = Object.getPrototypeOf(owner);
    }
    if (!owner) continue;
    const found = /** @type {any} */ (Object.getOwnPropertyDescriptor(owner, name));
    const { value, ...attributes } = found;
    const { prototype } = value;
    seen[name] = [
      owner === w,
      JSON.stringify(attributes),
      value.name,
      value.length,
      Object.getOwnPropertyNames(value).sort().join(),
      prototype && prototype.constructor === value,
      prototype &&
        JSON.stringify(Object.getOwnPropertyDescriptor(prototype, "constructor")) +
          Object.prototype.toString.call(prototype),
    ].join(" ");
  }
  await note("new without arguments", () => new w.WebSocket());
  await note("called without new", () => w.WebSocket("wss://x.example/"));
  await note("a protocol twice", () => new w.WebSocket("wss://x.example/", ["a", "a"]));
  await note("not a URL", () => new w.WebSocket("wss://["));
  await note("fetch()", () => w.fetch().then(() => "?"));
  await note("fetch of no window's", () => w.fetch.call({}, "https://x.example/"));
  await note("fetch of a symbol", () => {
    const answer = w.fetch(Symbol("x"));
    return answer.then(
      () => "?",
      (/** @type {Error} */ error) => `rejects ${error.name}`,
    );
  });
  await note("fetch of what throws", () => {
    const answer = w.fetch({
      toString() {
        throw new RangeError("own");
      },
    });
    return answer.then(
      () => "?",
      (/** @type {Error} */ error) => `rejects ${error.message}`,
    );
  });
  await note("addAll of no list", async () => {
    const cache = await w.caches.open("x");
    const answer = cache.addAll(1);
    return answer.then(
      () => "?",
      (/** @type {Error} */ error) => `rejects ${error.name}`,
    );
  });
  await note("addAll", async () => {
    const cache = await w.caches.open("x");
    await cache.addAll([`${w.origin}/empty?1`, new Request(`${w.origin}/empty?2`)]);
    await cache.add(`${w.origin}/empty?3`);
    const all = await cache.keys();
    await w.caches.delete("x");
    return all.map((/** @type {Request} */ { url }) => url).sort();
  });
  await note("a class of requests", () => {
    class Own extends w.XMLHttpRequest {}
    const x = new Own();
    x.open("GET", `${w.origin}/empty`, false);
    x.send();
    return [x instanceof Own, x instanceof w.XMLHttpRequest, x.status, x.responseURL];
  });
  await note("open with a URL as method", () =>
    new w.XMLHttpRequest().open("https://api.segment.io/", `${w.origin}/empty`),
  );
  await note("a class of sockets", () => {
    class Own extends w.WebSocket {}
    const own = new Own("wss://x.example/", "chat");
    own.close();
    return [own instanceof Own, own instanceof w.WebSocket, own.url, own.constructor === Own];
  });
  await note("a font's bytes", () => w.FontFace && new w.FontFace("x", new ArrayBuffer(8)).family);
  await note(
    "a font",
    () => w.FontFace && new w.FontFace("x", "url(/\\66 ont) format('woff')").family,
  );
  await note("importScripts of several", () => {
    const url = (/** @type {string} */ text) => URL.createObjectURL(new Blob([text]));
    w.importScripts(url("self.one = 1"), new URL(url("self.two = one + 1")));
    return w.two;
  });
  await note("a blob's URL", async () => {
    const url = URL.createObjectURL(new Blob(["text"]));
    const text = await (await w.fetch(url)).text();
    URL.revokeObjectURL(url);
    return [
      text,
      await w.fetch(url).then(
        () => "there",
        () => "gone",
      ),
    ];
  });
  await note("no blob", () => URL.createObjectURL(/** @type {any} */ ({})));
  await note("a worker", async () => {
    if (!w.Worker) return "none";
    const url = URL.createObjectURL(new Blob(["postMessage('x' + location.hash)"]));
    class Own extends w.Worker {}
    const own = new Own(`${url}#own`, { name: "own" });
    return new Promise((done) => (own.onmessage = (/** @type {any} */ event) => done(event.data)));
  });
  await note("a worker that is not there", async () => {
    const own = w.Worker ? new w.Worker(`blob:${w.origin}/x`) : undefined;
    return own && new Promise((done) => (own.onerror = () => done("error")));
  });
  await note("texts of functions", () =>
    [
      w.fetch,
      w.WebSocket,
      w.FontFace,
      w.importScripts,
      XMLHttpRequest.prototype.open,
      URL.createObjectURL,
      Function.prototype.toString,
      Blob,
      () => 1,
    ].map((f) => f && Function.prototype.toString.call(f)),
  );
  await note("the text of none", () => Function.prototype.toString.call({}));
  await note("where", () => w.location.hash);
  return seen;
}

/** How what is refused ends. Runs in a worker. */
async function refusals() {
  const w = /** @type {any} */ (self);
  const url = "https://api.segment.io/v1/worker";
  /** @param {any} target @param {string[]} types */
  const first = (target, ...types) =>
    new Promise((done) => {
      for (const type of types) target.addEventListener(type, () => done(type));
    });
  /** @param {() => any} act */
  const failure = async (act) => {
    try {
      return `${await act()}`;
    } catch (error) {
      return /** @type {any} */ (error).name;
    }
  };
  const x = new XMLHttpRequest();
  x.open("POST", url);
  const sync = new XMLHttpRequest();
  sync.open("GET", url, false);
  return {
    fetch: await failure(() => fetch(url)),
    opaque: await failure(() => fetch(new Request(url, { mode: "no-cors" }))),
    scripts: await failure(() => w.importScripts(url)),
    xhr: await failure(() => (x.send(), first(x, "error", "load"))),
    sync: await failure(() => sync.send()),
    events: await failure(() => first(new EventSource(url), "error", "open")),
    socket: await failure(() => first(new WebSocket("wss://api.segment.io/"), "error", "open")),
    cache: await failure(() => caches.open("x").then((cache) => cache.add(url))),
    font: await failure(() => (w.FontFace ? new w.FontFace("x", `url(${url})`).load() : 0)),
  };
}

/** Asks for URLs. Runs in a worker. @param {string[]} urls */
async function ask(urls) {
  for (const url of urls) {
    const x = new XMLHttpRequest();
    x.open("GET", url);
    x.send();
    await new Promise((done) => (x.onloadend = done));
  }
}

/** A mark in each URL; what comes behind a "#" is not sent. @param {string} name @param {string[]} urls */
const mark = (name, urls) =>
  urls.map((url, i) =>
    url.includes("#") ? url.replace("#", `${name}-${i}-#`) : `${url}${name}-${i}-`,
  );

/** The URLs whose mark is not in the log. @param {string} name @param {string[]} urls @param {string[]} log */
const missing = (name, urls, log) =>
  urls.filter((_, i) => !log.some((url) => url.includes(`${name}-${i}-`)));

/** How long a worker may be silent, in milliseconds, before another is asked. */
const SILENCE = 15_000;

/**
 * What looks() finds. In Firefox 153, with a gate or without one, one worker in twenty to a hundred never returns from the
 * `new Worker` that makes a worker of its own (30 of 480 that made theirs at once, without a gate), and a Firefox with such a worker may not
 * open a tab any more; then another Firefox asks again. A worker that is silent three times fails the test.
 * @param {import("./lib/harness.js").Harness} h
 * @param {import("./lib/harness.js").ShopOptions} options
 * @param {string} kind
 */
async function unstuck(h, options, kind) {
  for (let tries = 0; tries < 3; tries++) {
    const page = await h.open(options);
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const silence = new Promise((done) => (timer = setTimeout(done, SILENCE)));
    const found = await Promise.race([page.evaluate(inWorker, `${looks}`, kind), silence]);
    clearTimeout(timer);
    if (found) return found;
    if (h.engine === "firefox") await h.replaceBrowser();
  }
  throw new Error("three workers answered nothing");
}

/** Runs in the page: what a worker of a text tells, or its error. @param {string} text */
function answerOf(text) {
  return new Promise((done) => {
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
    worker.onmessage = (event) => done(event.data);
    worker.onerror = (event) => done("failed: " + event.message);
  });
}

inBrowsers((h) => {
  for (const kind of ["blob:", "data:"]) {
    for (const [title, text] of Object.entries({
      "a directive": `/* x */ "use strict"; postMessage([(function () { return typeof this; })(), self.onmessage])`,
      "no directive": `postMessage([(function () { return typeof this; })(), "use strict"])`,
      "the mark of a shell's script": "#!/usr/bin/env x\npostMessage('begun')",
    }))
      test(`a worker's text that begins with ${title} is read as without the gate`, async () => {
        const answers = [];
        for (const gate of [false, true]) {
          const page = await h.open({ ...EMPTY, gate });
          answers.push(await page.evaluate(answerOf, text));
        }
        assert.doesNotMatch(`${answers[0]}`, /failed/);
        assert.deepEqual(answers[1], answers[0]);
      });

    test(`a worker from a ${kind} URL reaches what is not Segment's, and nothing that is, however it is written`, async () => {
      const urls = [...mark("refused", REFUSED), ...mark("free", FREE)];
      const work = `() => (${ask})(${JSON.stringify(urls)})`;
      for (const gate of [false, true]) {
        const since = (await h.world.requests(() => true)).length;
        const page = await h.open({ ...EMPTY, config: CONFIG, gate });
        await page.evaluate(inWorker, work, kind);
        await page.settle();
        const log = (await h.world.requests(() => true)).slice(since).map(({ url }) => url);
        assert.deepEqual(missing("free", FREE, log), []);
        assert.deepEqual(missing("refused", REFUSED, log), gate ? REFUSED : []);
      }
    });
  }

  test("a dot at a host's end hides nothing from a worker's guard", async () => {
    const page = await h.open({ ...EMPTY, config: CONFIG });
    const work = `async () => ${JSON.stringify(DOTTED)}.map((host) => new WebSocket("wss://" + host).url)`;
    const urls = await page.evaluate(inWorker, work, "classic");
    assert.deepEqual(
      urls,
      DOTTED.map(() => "wss://0.0.0.0:1/"),
    );
  });

  for (const kind of ["classic", "module"]) {
    test(`a ${kind} worker made from text finds everything as it is without the gate`, async () => {
      const found = [];
      for (const gate of [false, true]) {
        await h.world.page(`${SHOP}/empty`, "<!doctype html><p>x");
        found.push(await unstuck(h, { ...EMPTY, gate }, kind));
      }
      assert.deepEqual(found[1], found[0]);
    });
  }

  test("a shared worker is found by its URL when that is revoked, as without the gate", async () => {
    const found = [];
    for (const gate of [false, true]) {
      const page = await h.open({ ...EMPTY, gate });
      found.push(
        await page.evaluate(async () => {
          const w = /** @type {any} */ (window);
          const text = "let n = 0; onconnect = ({ ports: [port] }) => port.postMessage(++n);";
          const url = URL.createObjectURL(new Blob([text]));
          const connect = () =>
            new Promise((done) => {
              const worker = new SharedWorker(url);
              worker.port.onmessage = (event) => done(event.data);
              worker.onerror = () => done("none");
              (w.keptWorkers ??= []).push(worker);
            });
          const first = await connect();
          URL.revokeObjectURL(url);
          return [first, await connect()];
        }),
      );
    }
    assert.deepEqual(found[1], found[0]);
    assert.deepEqual(found[1], [1, 2]);
  });

  test("what a worker made from text is refused fails as a host that nobody answers for", async () => {
    const page = await h.open(EMPTY);
    assert.deepEqual(await page.evaluate(inWorker, `${refusals}`, "classic"), {
      fetch: "TypeError",
      opaque: "TypeError",
      scripts: "NetworkError",
      xhr: "error",
      sync: "NetworkError",
      events: "error",
      socket: "error",
      cache: "TypeError",
      font: "NetworkError",
    });
    assert.deepEqual(await h.leaks(), []);
  });
}, OWN_VISITOR);
