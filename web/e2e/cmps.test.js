/**
 * Every CMP through the same cases, with `cmp: "auto"` and no code of the site's: what leaves the browser is what its
 * visitor chose. Each case is a page of a site of its own, so that all of a CMP's run at once.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CMPS, EMITTER } from "./lib/cmps.js";
import { inBrowsers, ONE_PROCESS, OWN_VISITOR } from "./lib/harness.js";
import { inReadme } from "./lib/readme.js";
import { REAL, testedHow } from "./lib/real/index.js";
import { toSegment } from "./lib/world.js";

const FOLDER = new URL("../../testdata/consent/cmps/", import.meta.url);
/** The day that the samples are of. */
const NOW = Date.parse("2026-11-23T12:00:00Z");
/** The CMP's own script, where a page loads it late. */
const CMP_SCRIPT = "https://cmp.example/cmp.js";
const CLOCK = `<script>{ const now = Date.now, gap = ${NOW} - now(); Date.now = () => now() + gap; }</script>`;

/** @typedef {{ title: string, now?: string, words?: object, from?: string, cookies?: Record<string, string>,
 *   storage?: Record<string, string>, want: Record<string, string> | null }} Sample */

/** What a CMP stores: all, nothing, analytics alone. @param {string} name @returns {Record<string, Sample | undefined>} */
function storedForms(name) {
  const file = `${name}.json`;
  if (!readdirSync(FOLDER).includes(file)) return {};
  /** @type {Sample[]} */
  const all = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")).samples.filter(
    (/** @type {Sample} */ sample) => sample.want && !sample.now,
  );
  // The CMP's usual words before those that a site has to name.
  all.sort((a, b) => Number(!!a.words) - Number(!!b.words));
  const find = (/** @type {string} */ analytics, /** @type {RegExp} */ marketing) =>
    all.find(
      ({ want }) => want?.analytics === analytics && marketing.test(want.marketing ?? "unset"),
    );
  return {
    accept: find("granted", /granted/) ?? find("granted", /./),
    reject: find("denied", /./),
    part: find("granted", /denied/),
  };
}

/** Page code that stores a sample. @param {Sample} sample */
function storing({ cookies = {}, storage = {} }) {
  return [
    ...Object.entries(cookies).map(
      ([name, value]) => `document.cookie = ${JSON.stringify(`${name}=${value}; path=/`)};`,
    ),
    ...Object.entries(storage).map(
      ([key, value]) => `localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(value)});`,
    ),
  ].join("\n");
}

/** Page code that removes a sample. @param {Sample} sample */
function removing({ cookies = {}, storage = {} }) {
  return [
    ...Object.keys(cookies).map(
      (name) => `document.cookie = ${JSON.stringify(`${name}=; path=/; max-age=0`)};`,
    ),
    ...Object.keys(storage).map((key) => `localStorage.removeItem(${JSON.stringify(key)});`),
  ].join("\n");
}

/**
 * One CMP as the cases use it: page code that makes its interface, and what choosing comes to: its own call, or what it
 * writes. Words are those that a site has to name in its configuration.
 * @typedef {{ name: string, install: string, accept: string, reject: string, part: string, none: string,
 *   returning: string, refused: string, words?: object }} Cmp
 */

/** @param {string} name @returns {Cmp | undefined} */
function cmp(name) {
  const live = CMPS[name];
  const { accept, reject, part } = storedForms(name.split(" ")[0]);
  if (!live && !accept) return undefined;
  const forms = [accept, reject, part];
  // A CMP that writes a choice leaves nothing of the one before.
  const written = (/** @type {Sample | undefined} */ form) =>
    form
      ? `(() => { ${forms.map((one) => (one && one !== form ? removing(one) : "")).join("")} ${storing(form)} })()`
      : "";
  return {
    name,
    install: live ? `${EMITTER} ${live.install} function choose(yes) { ${live.choose} }` : "",
    accept: live ? "choose(true)" : written(accept),
    reject: live ? "choose(false)" : written(reject),
    part: written(part),
    none: live?.none ? `${EMITTER} ${live.none}` : "",
    returning: accept ? storing(accept) : "",
    refused: reject ? storing(reject) : "",
    words: { ...accept?.words, ...reject?.words, ...part?.words },
  };
}

/**
 * The cases, by title: what of a CMP each needs, and what it does with a way to open pages.
 * @type {Record<string, { needs: (keyof Cmp)[], run: (cmp: Cmp, open: Open) => Promise<void> }>}
 */
const CASES = {
  "first visit, then accept": {
    needs: ["accept"],
    async run({ install, accept }, open) {
      const { page, leaks, arrives } = await open(install);
      await page.settle();
      assert.deepEqual(await leaks(), []);
      await page.evaluate(accept);
      await arrives();
    },
  },
  withdrawal: {
    needs: ["accept", "reject"],
    async run({ install, accept, reject }, open) {
      const { page, arrives } = await open(install);
      await page.evaluate(accept);
      await arrives();
      await page.evaluate(reject);
      await state(page, "denied");
      await page.until("!/ajs_/.test(document.cookie + Object.keys(localStorage))");
    },
  },
  "reject, then accept": {
    needs: ["accept", "reject"],
    async run({ install, accept, reject }, open) {
      const { page, leaks, loads } = await open(install);
      await page.evaluate(reject);
      await state(page, "denied");
      await page.settle();
      assert.deepEqual(await leaks(), []);
      await page.evaluate(accept);
      await loads();
    },
  },
  "analytics alone": {
    needs: ["part"],
    async run({ part }, open) {
      const { page, loads } = await open("");
      await page.evaluate(part);
      await loads();
      assert.equal(await page.gate("getConsent().marketing"), "denied");
    },
  },
  "return visit, granted": {
    needs: ["returning"],
    // The CMP itself never comes: what it stored is enough.
    run: async ({ returning }, open) => void (await (await open("", returning)).loads()),
  },
  "return visit, denied": {
    needs: ["refused"],
    async run({ refused }, open) {
      const { page, leaks } = await open("", refused);
      await state(page, "denied");
      await page.settle();
      assert.deepEqual(await leaks(), []);
    },
  },
  "never loads, then late": {
    needs: ["accept"],
    async run({ accept }, open) {
      const { page, leaks, loads } = await open("");
      await page.settle();
      assert.deepEqual(await leaks(), []);
      await page.evaluate(
        `new Promise((done) => document.head.append(Object.assign(document.createElement("script"), { src: "${CMP_SCRIPT}", onload: () => done(1) })))`,
      );
      await page.evaluate(accept);
      await loads();
    },
  },
  "no banner needed": {
    needs: ["none"],
    run: async ({ none }, open) => void (await (await open(none)).loads()),
  },
};

/** @param {import("./lib/page.js").Page} page @param {string} value */
const state = (page, value) => page.until(`segmentBlocker.getConsent().analytics === "${value}"`);

/** Standards have tests of their own (sources.test.js). */
const STANDARDS = ["tcf.json", "gpp.json", "usp.json"];
const ALL = [
  ...Object.keys(CMPS),
  ...readdirSync(FOLDER)
    .filter((file) => !STANDARDS.includes(file) && !(file.replace(".json", "") in CMPS))
    .map((file) => file.replace(".json", "")),
]
  .sort()
  .map(cmp)
  .filter((each) => each !== undefined);

/** @param {Cmp} each @param {string} title */
const applies = (each, title) => CASES[title].needs.every((part) => each[part]);

/**
 * Opens a page of a site of its own, behind an earlier one that stored something.
 * @typedef {(script: string, before?: string) => Promise<{ page: import("./lib/page.js").Page, leaks: () => Promise<string[]>,
 *   arrives: () => Promise<unknown>, loads: () => Promise<unknown> }>} Open
 */

/** Hearing and reading are tried in all engines by adapters.test.js and stored.test.js; here it is what follows from them. */
const OPTIONS = {
  engines: /** @type {import("./lib/harness.js").Engine[]} */ (["chromium"]),
  ...ONE_PROCESS,
  ...OWN_VISITOR,
};

inBrowsers((h) => {
  for (const each of ALL) {
    test(`${each.name}: what leaves is what was chosen`, async () => {
      await h.world.page(CMP_SCRIPT, each.install, {
        headers: { "Content-Type": "text/javascript" },
      });
      let pages = 0;
      /** @type {Open} */
      const open = async (script, before = "") => {
        // Of a domain of its own: Segment's cookies are for all hosts of one.
        const origin = `https://case-${++pages}.example`;
        const url = await h.write({
          origin,
          first: CLOCK,
          config: each.words && { categories: each.words },
          after: `<script>${script}</script>`,
        });
        const first = `${origin}/first`;
        if (before) await h.world.page(first, `<!doctype html>${CLOCK}<script>${before}</script>`);
        const page = await h.visit(before ? first : url);
        if (before) await page.tab.goto(url);
        const mine = (/** @type {import("./lib/world.js").LogRecord} */ record) =>
          toSegment(record) && (record.headers.referer ?? "").startsWith(origin);
        return {
          page,
          leaks: async () => (await h.world.requests(mine)).map(({ url }) => url),
          arrives: () =>
            h.world.waitForRequests((record) => mine(record) && record.method === "POST"),
          loads: () => h.world.waitForRequests(mine),
        };
      };
      const titles = Object.keys(CASES).filter((title) => applies(each, title));
      const told = await Promise.allSettled(titles.map((title) => CASES[title].run(each, open)));
      const failed = told.flatMap((one, i) =>
        one.status === "rejected" ? [`${titles[i]}: ${one.reason?.message ?? one.reason}`] : [],
      );
      assert.deepEqual(failed, []);
    });
  }
}, OPTIONS);

test("web/README.md says which cases each platform goes through (UPDATE_README=1 writes it)", () => {
  const head = ["platform", "played by", "and the real one", ...Object.keys(CASES)];
  const rows = ALL.map((each) => [
    each.name,
    each.install
      ? each.returning
        ? "its interface; what it stores"
        : "its interface"
      : "what it stores",
    ...REAL.filter(({ platform }) => platform === each.name)
      .map(testedHow)
      .concat("–")
      .slice(0, 1),
    ...Object.keys(CASES).map((title) => (applies(each, title) ? "yes" : "–")),
  ]);
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  assert.deepEqual(...inReadme("cases", lines.join("\n")));
});
