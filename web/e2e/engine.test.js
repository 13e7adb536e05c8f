/** When the engine cannot run: Segment stays held for good, the rest of the page works, and the page is told why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";

/** What a browser may do to the engine, as code that runs before the gate, and the code of the error that is told. */
const FAULTS = {
  "there is no WebAssembly": { code: "delete window.WebAssembly;", told: "engine-start" },
  "the module is refused": {
    code: "WebAssembly.Module = function () { throw new RangeError('out of memory'); };",
    told: "engine-start",
  },
  "the module speaks another version": {
    code: `const { Instance } = WebAssembly;
      WebAssembly.Instance = function (...args) {
        return { exports: { ...new Instance(...args).exports, version: () => 99 } };
      };`,
    told: "engine-abi",
  },
  "the engine traps in the middle of the page": {
    code: `const { Instance } = WebAssembly;
      WebAssembly.Instance = function (...args) {
        const { exports } = new Instance(...args);
        let calls = 0;
        const decide = (...all) => {
          if (++calls > 2) throw new WebAssembly.RuntimeError("unreachable");
          return exports.decide(...all);
        };
        return { exports: { ...exports, decide } };
      };`,
    told: "engine-trap",
  },
};

/** A page whose own scripts and storage must go on working, and which asks Segment in every way of the main path. */
const WORKS = `<script>
  window.told = [];
  document.addEventListener("segment-blocker:error", (event) => told.push(event.detail.code));
  document.cookie = "mine=1";
  localStorage.setItem("mine", "1");
  document.cookie = "ajs_user_id=1";
  localStorage.setItem("ajs_user_traits", "{}");
  fetch("https://api.segment.io/v1/t", { method: "POST", body: "{}" });
  navigator.sendBeacon("https://events.eu1.segmentapis.com/v1/t", "{}");
  new Image().src = "https://api.segment.io/v1/pixel/track";
  fetch("/own").then((response) => (window.own = response.ok));
</script>`;

inBrowsers((h) => {
  for (const [name, { code, told }] of Object.entries(FAULTS)) {
    test(`Segment stays held and the page works when ${name}`, async () => {
      const url = "https://www.shop.example.co.uk/fault";
      const snippet = `<script>
        var a = (window.analytics = []); a.invoked = true; a.track = function () { a.push(["track"]); }; a.load = function () {
          var s = document.createElement("script"); s.src = "https://cdn.segment.com/analytics.js/v1/K/analytics.min.js";
          document.head.appendChild(s); }; a.load();</script>`;
      await h.world.page("https://www.shop.example.co.uk/own", "fine");
      await h.world.page(
        url,
        `<!doctype html><head><script>${code}</script><script src=/gate.js></script>${WORKS}${snippet}</head><body><h1>Shop</h1>`,
      );
      const page = await h.visit(url);
      await page.until("window.own === true");
      await page.until("window.told.length > 0");
      assert.deepEqual(await page.evaluate("told"), [told]);
      assert.equal(await page.gate("engine"), "none");
      await page.grant();
      await page.settle();
      assert.deepEqual(await h.leaks(), [], "nothing is ever released");
      assert.deepEqual(await page.stored(), ["mine", "mine"]);
      assert.deepEqual(page.problems?.errors ?? [], []);
    });
  }
});
