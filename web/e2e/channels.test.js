/** Every way out that is not an attribute: it gets out without the gate, and does not with it. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { BEYOND, DOCUMENTS, NETWORK, REALMS, WORKERS } from "./lib/channels.js";
import { ATTRIBUTES, MARKUPS, SCRIPTS, STATIC, WRITTEN } from "./lib/elements.js";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";
import { COOKIES, STORAGES } from "./lib/stores.js";
import { inReadme } from "./lib/readme.js";
import { table } from "./lib/vectors.js";

/** @type {Record<string, (import("./lib/channels.js").Channel & { run?: boolean })[]>} */
const GROUPS = {
  static: STATIC,
  cookies: COOKIES,
  storage: STORAGES,
  scripts: SCRIPTS,
  attributes: ATTRIBUTES,
  markup: MARKUPS,
  written: WRITTEN,
  network: NETWORK,
  workers: WORKERS,
  realms: REALMS,
  documents: DOCUMENTS,
  beyond: BEYOND,
};
const FETCHES = "fetch(decodeURIComponent(location.hash.slice(1)), { mode: 'no-cors' })";
const SVG = `<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>`;
const XHTML = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body/></html>`;

/**
 * What a group's URLs and names have in common with the gate, or without it: nothing of the one is taken for the other's.
 * @param {string} group
 * @param {boolean} gate
 */
const sideOf = (group, gate) => `${gate ? "gated" : "open"}-${group}`;

/** The last path segment of a channel's URL. @param {string} side @param {number} i */
const mark = (side, i) => `${side}-${i}-`;

/** How often more a page is looked at. */
const PATIENCE = 20;
/** How long a page may take to try all of a group, in milliseconds: 140 frames one after the other are 10 to 20 seconds' work. */
const PATIENCE_FOR_ALL = 90_000;

/** What stands in every request that a channel makes. @param {string} side @param {number} i @param {boolean} [run] */
const signOf = (side, i, run) => mark(side, i) + (run ? "-ran" : "");

/** @param {string[]} urls @param {string} sign */
const gotOut = (urls, sign) => urls.filter((url) => url.includes(sign));

/**
 * A page that tries one channel after the other. One that fails or never ends does not keep the others back.
 * @param {string} group
 * @param {boolean} gate
 */
function runner(group, gate) {
  const [channels, side] = [GROUPS[group], sideOf(group, gate)];
  /** @param {string} code @param {number} i */
  const own = (code, i) => `
    const TRY = ${i}, NAME = "ajs_${mark(side, i)}", URL_ = "https://api.segment.io/v1/${mark(side, i)}", SCRIPT = "https://cdn.segment.com/${mark(side, i)}.js";
    ${code}`;
  if (group === "static") {
    const parts = channels.map(({ code }, i) =>
      code
        .replaceAll("SCRIPT", `https://cdn.segment.com/${mark(side, i)}.js`)
        .replaceAll("URL_", `https://api.segment.io/v1/${mark(side, i)}`),
    );
    return (
      parts.join("\n") + "<script>addEventListener('load', () => (window.tried = true));</script>"
    );
  }
  if (group === "written") {
    const scripts = channels.map(({ code }, i) => `<script>{ ${own(code, i)} }</script>`);
    return scripts.join("\n") + "<script>window.tried = true;</script>";
  }
  const tries = channels.map(({ code }, i) => `async () => { ${own(code, i)} }`);
  return `<script>
    const el = (name, attributes = {}) => {
      const made = document.createElement(name);
      for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
      return made;
    };
    const kept = [];
    const keep = (thing) => (kept.push(thing), thing);
    const put = (node) => (document.body || document.documentElement).append(node);
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    const loaded = (f) => new Promise((done) => f.addEventListener("load", done, { once: true }));
    (async () => {
      for (const attempt of [${tries.join(",\n")}]) {
        try { await Promise.race([attempt(), wait(1000)]); } catch {}
      }
      window.tried = true;
    })();
    addEventListener("unhandledrejection", (event) => event.preventDefault());
  </script>`;
}

/**
 * Tries all channels of a group; returns the URLs that got out.
 * @param {import("./lib/harness.js").Harness} h
 * @param {string} group
 * @param {boolean} gate
 */
async function attempt(h, group, gate) {
  const { world } = h;
  const side = sideOf(group, gate);
  await world.page(`${SHOP}/empty`, "<!doctype html><p>x");
  await world.page(`${SHOP}/fetches`, `<!doctype html><script>${FETCHES}</script>`);
  await world.page(`${SHOP}/empty.svg`, SVG, { headers: { "Content-Type": "image/svg+xml" } });
  await world.page(`${SHOP}/empty.xhtml`, XHTML, {
    headers: { "Content-Type": "application/xhtml+xml" },
  });
  await world.page(`${SHOP}/worker.js`, FETCHES, {
    headers: { "Content-Type": "text/javascript" },
  });
  for (const i of GROUPS[group].keys()) {
    const Location = `https://api.segment.io/v1/${mark(side, i)}`;
    await world.page(`${SHOP}/redirect-${mark(side, i)}`, "", {
      status: 302,
      headers: { Location },
    });
  }
  if (group === "static") {
    for (const i of GROUPS[group].keys()) {
      const code = `fetch("https://www.shop.example.co.uk/own/${mark(side, i)}-ran", { mode: "no-cors" });`;
      await world.page(`https://cdn.segment.com/${mark(side, i)}.js`, code, {
        headers: { "Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*" },
      });
    }
  }
  const page = await h.open({ gate, snippet: "", body: runner(group, gate) });
  await page.until("window.tried", PATIENCE_FOR_ALL);
  const look = async () => {
    await page.settle();
    const own = await world.requests(({ path }) => path.startsWith("/own/"));
    return [...(await h.leaks()), ...(await page.stored()), ...own.map(({ path }) => path)];
  };
  let found = await look();
  // What must come may come late: Firefox prefetches when it has nothing better to do.
  for (let i = 0; i < PATIENCE && !isComplete(h, group, gate, found); i++) found = await look();
  return [...found, ...(await keysBehind(h))];
}

/**
 * What is stored under keys, as a page without the gate sees it: where the gate runs it hides Segment's.
 * @param {import("./lib/harness.js").Harness} h
 */
async function keysBehind(h) {
  const bare = await h.visit(`${SHOP}/empty`);
  return bare.keys();
}

/**
 * Whether all that must get out did: what an engine has, or with the gate those of it that are known limits.
 * @param {import("./lib/harness.js").Harness} h
 * @param {string} group
 * @param {boolean} gate
 * @param {string[]} found
 */
function isComplete(h, group, gate, found) {
  return GROUPS[group].every(
    ({ run, absent = [], limits = {} }, i) =>
      absent.includes(h.engine) ||
      (gate && !limits[h.engine]) ||
      gotOut(found, signOf(sideOf(group, gate), i, run)).length > 0,
  );
}

inBrowsers((h) => {
  for (const [group, channels] of Object.entries(GROUPS)) {
    describe(`${group}`, () => {
      /** @type {string[]} */
      let without;
      /** @type {string[]} */
      let held;
      before(async () => {
        await h.begin();
        without = await attempt(h, group, false);
        await h.end();
        await h.begin();
        held = await attempt(h, group, true);
        await h.end();
      });
      channels.forEach(({ title, run, absent = [], limits = {} }, i) => {
        if (absent.includes(h.engine)) return;
        const out = (/** @type {string[]} */ urls, /** @type {boolean} */ gate) =>
          gotOut(urls, signOf(sideOf(group, gate), i, run));
        const limit = limits[h.engine];
        test(limit ? `cannot stop ${title}: ${limit}` : `stops ${title}`, () => {
          assert.notDeepEqual(out(without, false), [], "it gets out where there is no gate");
          if (limit)
            assert.notDeepEqual(out(held, true), [], "a known limit that is none any more");
          else assert.deepEqual(out(held, true), []);
        });
      });
    });
  }
});

test("web/README.md says what these tests say (UPDATE_README=1 writes it)", () => {
  assert.deepEqual(...inReadme("vectors", table(GROUPS)));
});
