/**
 * Real CMPs from npm, each through the same cases, with their own dialogues clicked: what leaves the browser is what the
 * visitor clicked.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inBrowsers, ONE_PROCESS, OWN_VISITOR } from "./lib/harness.js";
import { inReadme } from "./lib/readme.js";
import { filesOf, pathOf, REAL, scriptOf, testedHow, versions } from "./lib/real/index.js";
import { SHOP } from "./lib/shop.js";
import { toSegment } from "./lib/world.js";

/** @typedef {import("./lib/page.js").Page} Page */

/**
 * A CMP on a site of its own, for one case. open: with its script there ("now"), held back until it is released ("held")
 * or never there ("lost").
 * @typedef {object} Site
 * @property {(script?: "now" | "held" | "lost") => Promise<Page>} open
 * @property {() => Promise<Page>} another one more tab of the same visitor
 * @property {(page: Page, script: "now" | "held") => Promise<void>} reopen the same visitor comes back
 * @property {() => Promise<unknown>} release
 * @property {() => Promise<string[]>} leaks
 * @property {(event: string) => Promise<unknown>} arrives until an event has come to Segment
 * @property {() => Promise<string[]>} received
 * @property {() => Promise<unknown>} loads until Analytics.js has been asked for
 */

/** @param {Page} page @param {string} value */
const analyticsIs = (page, value) =>
  page.until(`segmentBlocker.getConsent().analytics === "${value}"`);

/** Nothing leaves, whatever the site calls. @param {Page} page @param {Site} site */
async function assertHeld(page, site) {
  await page.track("Held");
  await page.settle();
  assert.deepEqual(await site.leaks(), []);
}

/** Clicks as the visitor, or as the site's own link does. @param {Page} page @param {string[]} steps */
async function click(page, steps) {
  for (const step of steps) {
    if (step.startsWith("js:")) {
      await page.until(`((${step.slice(3)}), true)`);
    } else {
      // Where nothing moves, hides or covers it any more: a dialogue may slide in.
      await page.until(`(() => {
        const target = document.querySelector(${JSON.stringify(step)});
        target.scrollIntoView({ block: "nearest", behavior: "instant" });
        const { left, top, width, height } = target.getBoundingClientRect();
        const at = [left, top, width, height].join(), seen = window.seenAt;
        window.seenAt = at;
        const hit = document.elementFromPoint(left + width / 2, top + height / 2);
        return width > 0 && seen === at && (target.contains(hit) || hit.closest("label")?.contains(target));
      })()`);
      await page.click(step);
    }
  }
}

/** @type {Record<string, { needs?: "part", tabs?: boolean, run: (cmp: import("./lib/real/index.js").Real, site: Site) => Promise<void> }>} */
const CASES = {
  "accept all": {
    async run({ accept }, site) {
      const page = await site.open();
      await assertHeld(page, site);
      await click(page, accept);
      await site.arrives("Held");
      assert.equal(await page.gate("getConsent().analytics"), "granted");
      assert.equal(await page.gate("getConsent().marketing"), "granted");
    },
  },
  "reject all": {
    async run({ reject }, site) {
      const page = await site.open();
      await click(page, reject);
      await analyticsIs(page, "denied");
      await assertHeld(page, site);
      await page.reload();
      await analyticsIs(page, "denied");
      await assertHeld(page, site);
      assert.deepEqual(await page.evaluate("document.cookie.match(/ajs_\\w+/g) ?? []"), []);
    },
  },
  "analytics alone": {
    needs: "part",
    async run({ part = [] }, site) {
      const page = await site.open();
      await click(page, part);
      await analyticsIs(page, "granted");
      assert.notEqual(await page.gate("getConsent().marketing"), "granted");
      await site.loads();
    },
  },
  "change of mind": {
    async run({ accept, again }, site) {
      const page = await site.open();
      await page.track("Agreed");
      await click(page, accept);
      await site.arrives("Agreed");
      await click(page, again);
      await analyticsIs(page, "denied");
      await page.until("!/ajs_/.test(document.cookie + Object.keys(localStorage))");
      await page.track("Denied");
      await page.settle();
      assert.ok(!(await site.received()).includes("Denied"));
    },
  },
  "another tab": {
    tabs: true,
    async run({ accept, again }, site) {
      const one = await site.open();
      await click(one, accept);
      await one.started();
      // It is in front now, and can be clicked.
      const two = await site.another();
      await analyticsIs(two, "granted");
      await click(two, again);
      await analyticsIs(two, "denied");
      await analyticsIs(one, "denied");
      await one.track("Denied");
      await one.settle();
      assert.ok(!(await site.received()).includes("Denied"));
      assert.deepEqual(await one.evaluate("document.cookie.match(/ajs_\\w+/g) ?? []"), []);
      await two.close();
    },
  },
  "return visit": {
    async run({ accept }, site) {
      const page = await site.open();
      await click(page, accept);
      await site.loads();
      // The choice is known before the CMP is there.
      await site.reopen(page, "held");
      await page.track("Returned");
      await site.arrives("Returned");
      await site.release();
      await page.settle();
      await analyticsIs(page, "granted");
    },
  },
  "script comes late": {
    async run({ accept }, site) {
      const page = await site.open("held");
      await assertHeld(page, site);
      await site.release();
      await click(page, accept);
      await site.arrives("Held");
    },
  },
  "script never comes": {
    async run(_, site) {
      const page = await site.open("lost");
      await assertHeld(page, site);
      assert.equal(await page.gate("getConsent().analytics"), "unset");
      await page.reload();
      await assertHeld(page, site);
    },
  },
};

/** @param {import("./lib/real/index.js").Real} cmp */
const casesOf = (cmp) => Object.entries(CASES).filter(([, { needs }]) => !needs || cmp[needs]);

/**
 * The cases of all platforms in one browser.
 * @param {import("./lib/harness.js").Harness} h
 * @param {boolean} several those that need several tabs, or the others
 */
function platforms(h, several) {
  /** @type {Map<import("./lib/real/index.js").Real, string>} */
  const scripts = new Map();
  before(async () => {
    for (const cmp of REAL) scripts.set(cmp, await scriptOf(cmp));
  });

  /** @param {import("./lib/real/index.js").Real} cmp @returns {Promise<Site>} */
  async function siteOf(cmp) {
    const base = "https://cmp.example";
    const at = base + pathOf(cmp);
    const text = scripts.get(cmp) ?? "";
    const headers = { "Cache-Control": "no-store" };
    for (const [path, body] of filesOf(cmp)) {
      const type = path.endsWith(".css") ? "text/css" : "text/javascript";
      await h.world.page(base + path, body, { headers: { ...headers, "Content-Type": type } });
    }
    const serve = (/** @type {"now" | "held"} */ script) => {
      const late = script === "held" && { chunks: [{ body: text, after: at }] };
      return h.world.page(at, late ? "" : text, {
        headers: { ...headers, "Content-Type": "text/javascript" },
        ...late,
      });
    };
    const write = () => h.write({ after: cmp.head(at, base) });
    const asked = (/** @type {number} */ since) =>
      h.world.waitForRequests(({ url }) => url === at, 1, since);
    /** Without waiting for the load event, which waits for the script. @param {Page} page @param {string} url */
    const go = async (page, url) => {
      const mark = await h.world.mark();
      await page.evaluate(`void setTimeout(() => location.assign(${JSON.stringify(url)}))`);
      await asked(mark);
      await page.until("window.analytics && window.segmentBlocker");
    };
    return {
      async open(script = "now") {
        const url = await write();
        if (script === "lost") await h.world.fault(new RegExp(`GET ${at}`), { abort: true });
        else await serve(script);
        if (script !== "held") return h.visit(url);
        await h.world.page(`${SHOP}/before`, "<!doctype html>");
        const page = await h.visit(`${SHOP}/before`);
        await go(page, url);
        return page;
      },
      another: () => h.visit(`${SHOP}/`),
      async reopen(page, script) {
        await serve(script);
        await go(page, `${SHOP}/`);
      },
      release: () => h.world.openDoor(at),
      leaks: () => h.leaks(),
      loads: () => h.world.waitForRequests(toSegment),
      async arrives(name) {
        await h.world.waitForRequests(
          (record) => toSegment(record) && !!record.body?.includes(`"${name}"`),
        );
      },
      received: async () =>
        (await h.world.received()).map(({ event }) => event.event ?? event.type),
    };
  }

  for (const cmp of REAL) {
    // One after the other: a tab in the background draws nothing, and so cannot be clicked.
    for (const [title, { run, tabs }] of casesOf(cmp)) {
      if (!!tabs === several)
        test(`${cmp.title} (${versions(cmp)}): ${title}`, async () => run(cmp, await siteOf(cmp)));
    }
  }
}

const IN = { engines: /** @type {const} */ (["chromium"]), ...ONE_PROCESS };
inBrowsers((h) => platforms(h, false), IN);
inBrowsers((h) => platforms(h, true), { ...IN, ...OWN_VISITOR });

test("web/README.md says which versions go through which cases (UPDATE_README=1 writes it)", () => {
  const titles = Object.keys(CASES);
  const head = ["real package", "tested with", ...titles];
  const rows = REAL.map((cmp) => {
    const has = casesOf(cmp).map(([title]) => title);
    return [
      cmp.title,
      testedHow(cmp),
      ...titles.map((title) => (has.includes(title) ? "yes" : "–")),
    ];
  });
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  assert.deepEqual(...inReadme("real", lines.join("\n")));
});
