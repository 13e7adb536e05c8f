/** What pages do to their own environment, before the gate and after it: Segment stays held, the rest works, nothing throws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

/** Code of the page before the gate and after it. @type {Record<string, [string, string]>} */
const PAGES = {
  "a frozen Document.prototype": [`Object.freeze(Document.prototype);`, ""],
  "frozen prototypes of the language": [
    `for (const it of [Object, Function, Array, String, Promise]) Object.freeze(it.prototype);`,
    "",
  ],
  "a replaced Array.prototype.push": [
    `Array.prototype.push = () => { throw new Error("push"); };`,
    "",
  ],
  "replaced call, apply and bind": [
    "",
    `for (const name of ["call", "apply", "bind"]) Function.prototype[name] = () => { throw new Error(name); };`,
  ],
  "replaced methods of the language": [
    "",
    `const names = ["push", "pop", "shift", "filter", "map", "includes", "every", "some", "join", "reduce", "indexOf"];
     const { getOwnPropertyNames: all, getOwnPropertyDescriptor: get } = Object;
     for (const it of [Array.prototype, String.prototype, Map.prototype, WeakMap.prototype, Reflect, Object, Math, Number])
       for (const name of it === Array.prototype ? names : all(it))
         if (typeof get(it, name).value === "function" && name !== "constructor")
           it[name] = () => { throw new Error(name); };`,
  ],
  "getters on Object.prototype": [
    "",
    `for (const name of ["n", "host", "path", "refusal", "real", "kind", "then", "done", "0", "value", "writable", "set", "get"])
       Object.defineProperty(Object.prototype, name, { __proto__: null, configurable: true, get: () => undefined, set() {} });`,
  ],
  "a monitor that wrapped fetch and XMLHttpRequest before": [
    `const native = window.fetch; window.fetch = function (...args) { return native.apply(this, args); };
     const send = XMLHttpRequest.prototype.send;
     XMLHttpRequest.prototype.send = function (...args) { return send.apply(this, args); };`,
    "",
  ],
  "a monitor that wraps fetch and XMLHttpRequest after": [
    "",
    `const native = window.fetch; window.fetch = function (...args) { return native.apply(this, args); };
     const send = XMLHttpRequest.prototype.send;
     XMLHttpRequest.prototype.send = function (...args) { return send.apply(this, args); };`,
  ],
  "a Promise and an addEventListener of its own": [
    `window.Promise = class extends Promise {};
     const native = EventTarget.prototype.addEventListener;
     EventTarget.prototype.addEventListener = function (...args) { return native.apply(this, args); };`,
    "",
  ],
  "a localStorage that is null": [
    `Object.defineProperty(window, "localStorage", { get: () => null, configurable: true });`,
    "",
  ],
  "a localStorage that throws": [
    `Object.defineProperty(window, "localStorage", { get() { throw new Error("no storage"); }, configurable: true });`,
    "",
  ],
  "no optional interface at all": [
    `for (const name of ["cookieStore", "CookieStore", "navigation", "fetchLater", "FontFace", "SharedWorker", "WebSocketStream",
       "WebTransport", "BroadcastChannel", "StorageEvent", "IDBFactory", "Worklet", "ServiceWorkerContainer"]) delete window[name];`,
    "",
  ],
  "no interface at all any more, elements and clicks": [
    "",
    `for (const name of Object.getOwnPropertyNames(window)) if (/^[A-Z]/.test(name) && name !== "XMLHttpRequest") delete window[name];
     addEventListener("DOMContentLoaded", () => {
       const holder = document.createElement("div");
       holder.innerHTML = "<template><script>1<" + "/script><img src=/a.png></template><div><template shadowrootmode=open><p>x</template></div>";
       document.body.append(holder);
       holder.append(holder.firstChild.content.cloneNode(true));
       const script = document.createElement("script"); script.setAttribute("href", "/b"); script.async = false; script.text = "1"; holder.append(script);
       const frame = document.createElement("iframe"); frame.srcdoc = "<p>x"; holder.append(frame);
       new XMLHttpRequest().open("GET", "https://api.segment.io/v1/gone");
       holder.remove();
     });
     addEventListener("DOMContentLoaded", () => {
       document.body.click();
       const form = document.createElement("form"); form.onsubmit = () => false; document.body.append(form); form.requestSubmit(); form.remove();
     });`,
  ],
  "elements before the gate that have its names": [
    `document.write('<div id=segmentBlocker></div><iframe name=segmentBlockerConfig></iframe>');`,
    "",
  ],
  "an object before the gate that has its name": [`window.segmentBlocker = {};`, ""],
  "frames and images with the names of globals": [
    "",
    `document.write('<iframe name=segmentBlocker></iframe><img name=currentScript><form><input name=action></form>');`,
  ],
};

/** What a page does that must work, and what must not leave. */
const USE = `
  let errors = "";
  addEventListener("error", (event) => { errors += event.message + ";"; });
  fetch("https://api.segment.io/v1/fetch");
  const x = new XMLHttpRequest(); x.open("GET", "https://api.segment.io/v1/xhr"); x.send();
  navigator.sendBeacon("https://api.segment.io/v1/beacon", "x");
  const s = document.createElement("script"); s.src = "https://cdn.segment.com/script.js"; document.head.append(s);
  document.cookie = "ajs_user_id=1"; document.cookie = "own=1";
  const f = document.createElement("iframe"); (document.body || document.documentElement).append(f);
  f.contentWindow.fetch("https://api.segment.io/v1/frame");
  addEventListener("load", () => { const z = new XMLHttpRequest(); z.open("POST", "/errors"); z.send(errors); });
  fetch("/own-fetch"); const y = new XMLHttpRequest(); y.open("GET", "/own-xhr"); y.send();`;

/**
 * Opens a page with code before and after the gate.
 * @param {import("./lib/harness.js").Harness} h
 * @param {string} before
 * @param {string} after
 */
async function open(h, before, after) {
  await h.world.page(
    `${SHOP}/`,
    `<!doctype html><html><head><meta charset=utf-8><script>{ ${before} }</script><script src="/gate.js"></script>
     <script>{ ${after} }</script><script>${USE}</script></head><body></body></html>`,
  );
  return h.visit(`${SHOP}/`);
}

/**
 * Waits for what the page asks of its own site. Returns the errors that it saw.
 * @param {import("./lib/harness.js").Harness} h
 */
async function ownArrived(h) {
  await h.world.waitForRequests(({ path }) => path === "/own-fetch");
  await h.world.waitForRequests(({ path }) => path === "/own-xhr");
  const [{ body }] = await h.world.waitForRequests(({ path }) => path === "/errors");
  return body ?? "";
}

inBrowsers((h) => {
  for (const [title, [before, after]] of Object.entries(PAGES)) {
    test(`Segment is held and the page works with ${title}`, async () => {
      const page = await open(h, before, after);
      assert.equal(await ownArrived(h), "");
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.cookieNames(), ["own"]);
    });
  }

  test("everything held is released on a page with frozen prototypes and a wrapped Promise", async () => {
    const page = await open(
      h,
      PAGES["a frozen Document.prototype"][0],
      PAGES["a Promise and an addEventListener of its own"][0],
    );
    await page.grant();
    for (const name of ["fetch", "xhr", "beacon", "frame"])
      await h.world.waitForRequests(({ path }) => path === `/v1/${name}`);
    assert.deepEqual(await page.cookieNames(), ["ajs_user_id", "own"]);
  });

  test("a configuration that is declared by const counts", async () => {
    await h.world.page(
      `${SHOP}/`,
      `<!doctype html><html><head><meta charset=utf-8><script>const segmentBlockerConfig = { hosts: ["px.shop.example"] };</script>
       <script src="/gate.js"></script><script>fetch("https://px.shop.example/x"); fetch("/own-fetch");</script></head></html>`,
    );
    const page = await h.visit(`${SHOP}/`);
    await h.world.waitForRequests(({ path }) => path === "/own-fetch");
    const [{ target }] = await page.evaluate("segmentBlocker.decisions()");
    assert.equal(target, "https://px.shop.example/x");
  });

  test("a gate whose own element has its name takes the configuration from it", async () => {
    await h.world.page(
      `${SHOP}/`,
      `<!doctype html><html><head><meta charset=utf-8>
       <script id=segmentBlockerConfig data-config='{"hosts":["px.shop.example"]}' src="/gate.js"></script>
       <script id=segmentBlocker>fetch("https://px.shop.example/x"); fetch("/own-fetch");</script></head></html>`,
    );
    const page = await h.visit(`${SHOP}/`);
    await h.world.waitForRequests(({ path }) => path === "/own-fetch");
    const [{ target }] = await page.evaluate("segmentBlocker.decisions()");
    assert.equal(target, "https://px.shop.example/x");
    assert.deepEqual(await h.world.requests(({ host }) => host === "px.shop.example"), []);
  });

  test("a frame's page that sets what the gate lent it is guarded all the same", async () => {
    const own = `<script>window.segmentBlocker = window.segmentBlocker || {}; fetch("https://api.segment.io/v1/lent"); fetch("/own-lent");</script>`;
    await h.world.page(`${SHOP}/inner`, `<!doctype html>${own}`);
    await h.open({ snippet: "", body: `<iframe src="/inner"></iframe>` });
    await h.world.waitForRequests(({ path }) => path === "/own-lent");
    assert.deepEqual(await h.leaks(), []);
  });

  for (const calls of [0, 3, 5]) {
    test(`an engine that dies after ${calls} decisions leaves Segment held and the page alone`, async () => {
      const dying = `
        let left = ${calls};
        const Native = WebAssembly.Instance;
        WebAssembly.Instance = function (...args) {
          const exports = { ...new Native(...args).exports };
          const decide = exports.decide;
          exports.decide = (...given) => {
            if (left-- <= 0) throw new WebAssembly.RuntimeError("unreachable");
            return decide(...given);
          };
          return { exports };
        };`;
      const page = await open(h, dying, "");
      assert.equal(await ownArrived(h), "");
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.cookieNames(), ["own"]);
      assert.equal(await page.gate("engine"), "none");
    });
  }

  test("a hook that is entered again from a toString answers both", async () => {
    const page = await h.open({ snippet: "" });
    await page.evaluate(() => {
      const nested = {
        toString() {
          fetch("https://api.segment.io/v1/inner").catch(() => {});
          document.cookie = "ajs_inner=1";
          localStorage.setItem("own", "1");
          return "https://api.segment.io/v1/outer";
        },
      };
      fetch(/** @type {any} */ (nested)).catch(() => {});
    });
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    for (const name of ["inner", "outer"])
      await h.world.waitForRequests(({ path }) => path === `/v1/${name}`);
    assert.deepEqual(await page.keys(), ["own"]);
  });

  test("in a sandboxed frame cookies and storage fail as the browser lets them, and nothing else does", async () => {
    const probe = `
      const told = [];
      for (const use of [
        () => document.cookie, () => { document.cookie = "ajs_user_id=1"; }, () => { document.cookie = "own=1"; },
        () => localStorage, () => sessionStorage, () => indexedDB.open("own"), () => indexedDB.open("Segment Signals Buffer"),
      ]) {
        try { use(); told.push("none"); } catch (error) { told.push(error.name + ": " + error.message); }
      }
      parent.postMessage(told, "*");`;
    const ask = async (/** @type {boolean} */ gate) => {
      const script = gate ? `<script src="${SHOP}/gate.js"></script>` : "";
      const page = await h.open({ gate, snippet: "" });
      return page.evaluate(
        (html) =>
          new Promise((done) => {
            addEventListener("message", (event) => done(event.data), { once: true });
            const frame = document.createElement("iframe");
            frame.sandbox.add("allow-scripts");
            frame.srcdoc = html;
            document.body.append(frame);
          }),
        `${script}<script>${probe}</script>`,
      );
    };
    assert.deepEqual(await ask(true), await ask(false));
  });

  if (h.engine === "chromium") {
    test("a page that is prerendered is gated before anybody sees it", async () => {
      const use = `fetch("/own?" + document.prerendering); fetch("https://api.segment.io/v1/t"); document.cookie = "ajs_user_id=1";`;
      await h.write({ path: "/next", snippet: "", after: `<script>${use}</script>` });
      const rules = JSON.stringify({ prerender: [{ urls: ["/next"], eagerness: "immediate" }] });
      const page = await h.open({
        snippet: "",
        body: `<script type="speculationrules">${rules}</script>`,
      });
      await h.world.waitForRequests(({ url }) => url.endsWith("/own?true"));
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.cookieNames(), []);
    });
  }
});
