/**
 * Real CMPs from npm, with their own dialogues clicked: what leaves the browser is what the visitor clicked. The IAB's
 * libraries have no dialogue; the page's own buttons call them.
 */
import assert from "node:assert/strict";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { inBrowsers } from "./lib/harness.js";

/** A package's file. @param {string} path */
const inPackage = (path) => new URL(`../node_modules/${path}`, import.meta.url);
/** @param {string} name of a package */
const versionOf = (name) =>
  JSON.parse(readFileSync(inPackage(`${name}/package.json`), "utf8")).version;
const CMP = "https://cmp.example";

/**
 * A CMP on a page. files: from packages, by path. head: what a site writes. accept, reject, part: what is clicked, in
 * order; an entry that starts with "js:" is what a site's own link does. again: how the dialogue is opened once more.
 * @typedef {{ version: string, files?: Record<string, string>, bundle?: string, head: string, accept: string[], reject: string[],
 *   part?: string[], again?: string[], marketing?: boolean }} Real
 */

/** @type {Record<string, Real>} */
const REAL = {
  klaro: {
    version: versionOf("klaro"),
    files: { "/klaro.js": "klaro/dist/klaro.js" },
    head: `<script>window.klaroConfig = { elementID: "klaro", storageMethod: "cookie", acceptAll: true, privacyPolicy: "/p",
        translations: { en: { privacyPolicyUrl: "/p" } }, lang: "en",
        services: [{ name: "segment", title: "S", purposes: ["analytics"] }, { name: "ads", title: "A", purposes: ["marketing"] }] };</script>
      <script defer src="${CMP}/klaro.js"></script>`,
    accept: [".klaro .cookie-notice .cm-btn-success"],
    reject: [".klaro .cookie-notice .cn-decline"],
    part: [
      "js:klaro.show(undefined, true)",
      ".klaro label[for=purpose-item-analytics]",
      ".klaro .cm-btn-accept",
    ],
    again: [
      "js:klaro.show(undefined, true)",
      ".klaro label[for=purpose-item-disableAll]",
      ".klaro .cm-btn-accept",
    ],
  },
  "vanilla-cookieconsent": {
    version: versionOf("vanilla-cookieconsent"),
    files: {
      "/cc.js": "vanilla-cookieconsent/dist/cookieconsent.umd.js",
      "/cc.css": "vanilla-cookieconsent/dist/cookieconsent.css",
    },
    head: `<link rel=stylesheet href="${CMP}/cc.css"><script src="${CMP}/cc.js"></script><script>addEventListener("load", () => CookieConsent.run({ hideFromBots: false,
        categories: { necessary: { enabled: true, readOnly: true }, analytics: {}, marketing: {} },
        language: { default: "en", translations: { en: {
          consentModal: { title: "t", acceptAllBtn: "a", acceptNecessaryBtn: "n", showPreferencesBtn: "p" },
          preferencesModal: { title: "t", acceptAllBtn: "a", acceptNecessaryBtn: "n", savePreferencesBtn: "s",
            sections: [{ title: "A", linkedCategory: "analytics" }, { title: "M", linkedCategory: "marketing" }] } } } } }));</script>`,
    accept: ["#cc-main .cm [data-role=all]"],
    reject: ["#cc-main .cm [data-role=necessary]"],
    part: [
      "js:CookieConsent.showPreferences()",
      "#cc-main .section__toggle[value=analytics]",
      "#cc-main .pm [data-role=save]",
    ],
    again: ["js:CookieConsent.showPreferences()", "#cc-main .pm [data-role=necessary]"],
  },
  tarteaucitron: {
    version: versionOf("tarteaucitronjs"),
    files: {
      "/tac/tarteaucitron.min.js": "tarteaucitronjs/tarteaucitron.min.js",
      "/tac/tarteaucitron.services.min.js": "tarteaucitronjs/tarteaucitron.services.min.js",
      "/tac/lang/tarteaucitron.en.min.js": "tarteaucitronjs/lang/tarteaucitron.en.min.js",
      "/tac/css/tarteaucitron.min.css": "tarteaucitronjs/css/tarteaucitron.min.css",
    },
    head: `<script>Object.defineProperty(navigator, "webdriver", { value: false });</script><script src="${CMP}/tac/tarteaucitron.min.js"></script>
      <script>window.tarteaucitronForceLanguage = "en";
        tarteaucitron.init({ highPrivacy: true, cookieslist: false, handleBrowserDNTRequest: false, orientation: "bottom", DenyAllCta: true, AcceptAllCta: true });
        tarteaucitron.services.segment = { key: "segment", type: "analytic", name: "Segment", uri: "", needConsent: true, cookies: [], js() {}, fallback() {} };
        (tarteaucitron.job = tarteaucitron.job || []).push("segment");</script>`,
    // The functions that its buttons call: they did not hear of clicks made by script.
    accept: ["js:tarteaucitron.userInterface.respondAll(true)"],
    reject: ["js:tarteaucitron.userInterface.respondAll(false)"],
    again: ["js:tarteaucitron.userInterface.respondAll(false)"],
    marketing: false,
  },
  orejime: {
    version: versionOf("orejime"),
    files: { "/orejime.js": "orejime/dist/orejime-standard-en.js" },
    head: `<script>window.orejimeConfig = { privacyPolicyUrl: "/p", purposes: [{ id: "analytics", title: "A", cookies: [] }, { id: "marketing", title: "M", cookies: [] }] };</script>
      <script defer src="${CMP}/orejime.js"></script>`,
    accept: [".orejime-Banner-actionItem:nth-child(1) button"],
    reject: [".orejime-Banner-actionItem:nth-child(2) button"],
    part: ["js:orejime.prompt()", "#orejime-purpose-analytics", ".orejime-Modal-saveButton"],
    again: [
      "js:orejime.prompt()",
      ".orejime-PurposeToggles-disableAll",
      ".orejime-Modal-saveButton",
    ],
  },
  cookieconsent: {
    version: versionOf("cookieconsent"),
    files: { "/cc3.js": "cookieconsent/build/cookieconsent.min.js" },
    head: `<script src="${CMP}/cc3.js"></script><script>addEventListener("load", () => cookieconsent.initialise({ type: "opt-in", revokable: true }, (popup) => { window.popup = popup; }));</script>`,
    accept: [".cc-allow"],
    reject: [".cc-deny"],
    again: ["js:popup.revokeChoice()", ".cc-deny"],
  },
  "the IAB's TCF libraries": {
    version: versionOf("@iabtcf/cmpapi"),
    bundle: `import { CmpApi } from "@iabtcf/cmpapi"; import { TCModel, TCString, GVL } from "@iabtcf/core";
      const api = new CmpApi(10, 1, true), purposes = {};
      for (let id = 1; id < 12; id++) purposes[id] = { id, name: "p", description: "", illustrations: [] };
      const model = new TCModel(new GVL({ gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 4, lastUpdated: new Date().toISOString(),
        purposes, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {}, vendors: {} }));
      Object.assign(model, { cmpId: 10, cmpVersion: 1, isServiceSpecific: true });
      window.say = (list, shown) => { model.unsetAllPurposeConsents(); for (const id of list) model.purposeConsents.set(id);
        const text = TCString.encode(model, { isForVendors: true }); if (!shown) document.cookie = "euconsent-v2=" + text + "; path=/"; api.update(text, shown); };
      const kept = /euconsent-v2=([^;]*)/.exec(document.cookie);
      if (kept) api.update(kept[1], false); else say([], true);`,
    files: { "/stub.js": "@iabtcf/stub/lib/stub.js" },
    head: `<script src="${CMP}/stub.js"></script><script defer src="${CMP}/bundle.js"></script>`,
    accept: ["js:say([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], false)"],
    reject: ["js:say([], false)"],
    part: ["js:say([1, 8], false)"],
    again: ["js:say([1, 8], true)", "js:say([], false)"],
  },
};

inBrowsers(
  (h) => {
    for (const [name, cmp] of Object.entries(REAL)) {
      /** @type {Record<string, string>} */
      const files = {};
      before(async () => {
        for (const [path, file] of Object.entries(cmp.files ?? {}))
          files[path] = readFileSync(inPackage(file), "utf8");
        if (cmp.bundle) {
          const { outputFiles } = await build({
            stdin: { contents: cmp.bundle, resolveDir: import.meta.dirname },
            bundle: true,
            write: false,
            format: "iife",
          });
          files["/bundle.js"] = outputFiles[0].text;
        }
      });

      const serve = async () => {
        for (const [path, text] of Object.entries(files)) {
          const type = path.endsWith(".css") ? "text/css" : "text/javascript";
          await h.world.page(CMP + path, text, { headers: { "Content-Type": type } });
        }
      };
      const open = async (options = {}) => {
        await serve();
        return h.open({ after: cmp.head, ...options });
      };
      /** @param {import("./lib/page.js").Page} page @param {string[]} steps */
      const click = async (page, steps) => {
        for (const step of steps) {
          if (step.startsWith("js:")) {
            await page.until(
              `(() => { try { ${step.slice(3)}; return true; } catch { return false; } })()`,
            );
          } else {
            await page.until(
              `document.querySelector(${JSON.stringify(step)})?.getClientRects().length > 0`,
            );
            await page.evaluate(`document.querySelector(${JSON.stringify(step)}).click()`);
          }
        }
      };
      const analytics = (page, state) =>
        page.until(`segmentBlocker.getConsent().analytics === "${state}"`);

      test(`${name} ${cmp.version}: nothing leaves before a click; accept, change of mind, return`, async () => {
        const page = await open();
        await page.track("Early");
        await page.settle();
        assert.deepEqual(await h.leaks(), []);
        await click(page, cmp.accept);
        const events = await h.world.waitForEvents(2);
        assert.ok(events.some(({ event }) => event.event === "Early"));
        if (cmp.marketing !== false)
          assert.equal(await page.gate("getConsent().marketing"), "granted");
        // A visitor who returns is not asked again, and Segment does not wait for the CMP.
        const mark = await h.world.mark();
        await page.reload();
        await h.world.waitForRequests(
          ({ host }) => host === "cdn.segment.com" || host === "api.segment.io",
          1,
          mark,
        );
        await click(page, cmp.again ?? cmp.reject);
        await analytics(page, "denied");
        await page.until("!/ajs_/.test(document.cookie + Object.keys(localStorage))");
      });

      test(`${name} ${cmp.version}: reject, return, analytics alone`, async () => {
        const page = await open();
        await click(page, cmp.reject);
        await analytics(page, "denied");
        await page.reload();
        await analytics(page, "denied");
        await page.settle();
        assert.deepEqual(await h.leaks(), []);
        if (!cmp.part) return;
        await click(page, cmp.part);
        await analytics(page, "granted");
        assert.notEqual(await page.gate("getConsent().marketing"), "granted");
        await h.world.waitForRequests(({ host }) => host === "cdn.segment.com");
      });
    }
  },
  { engines: ["chromium"] },
);
