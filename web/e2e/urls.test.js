/** URLs as browsers read them: whatever a URL looks like, what counts is the host that the browser would ask. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { ROOT } from "./lib/paths.js";

/** @typedef {{ input: string, base: string | null }} Entry */
/** @type {Entry[]} */
const CORPUS = JSON.parse(readFileSync(`${ROOT}/testdata/url/urltestdata.json`, "utf8")).filter(
  (/** @type {unknown} */ entry) => typeof entry !== "string",
);

/** Hosts of the corpus that are names or addresses; every second one is gated. @param {number} first 0 or 1 */
function gatedHosts(first) {
  const hosts = new Set();
  for (const entry of /** @type {any[]} */ (CORPUS)) {
    if (/^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])$/.test(entry.hostname ?? ""))
      hosts.add(entry.hostname);
  }
  return [...hosts].sort().filter((_, i) => i % 2 === first);
}

const H = "cdn.segment.com";
/** Spellings of a Segment host, and what only looks like one; @ stands for the path. */
const SPELLINGS = [
  ...[`https://${H}@`, `HTTPS://${H}@`, `https://CDN.Segment.COM@`, `//${H}@`, `http://${H}@`],
  ...[`https://${H}.@`, `https://${H}:443@`, `https://${H}:8443@`, `https://a.b.${H}@`],
  ...[
    `https:/${H}@`,
    `https:${H}@`,
    `https:\\\\${H}@`,
    `\\\\${H}@`,
    `/\\${H}@`,
    `\\/${H}@`,
    `https:///${H}@`,
  ],
  ...[
    ` https://${H}@ `,
    `\thttps://${H}@`,
    `https://cdn.seg\tment.com@`,
    `https://cdn.seg\nment.com@`,
  ],
  ...[`ht\ntps://${H}@`, `\u0000 https://${H}@`, `https://${H}\r\n@`, `/\t/${H}@`],
  ...[`https://cdn%2esegment%2Ecom@`, `https://%63dn.segment.com@`, `https://cdn.%73egment.com@`],
  ...[
    `https://ｃｄｎ.ｓｅｇｍｅｎｔ.ｃｏｍ@`,
    `https://cdn。segment。com@`,
    `https://cdn．segment．com@`,
  ],
  ...[
    `https://cdn.seg\u00adment.com@`,
    `https://cdn.seg\u200bment.com@`,
    `https://cdn.ⓢegment.com@`,
  ],
  ...[`https://cdn.ſegment.com@`, `https://𝐜𝐝𝐧.segment.com@`, `https://cdn.segment.com\ufe0f@`],
  ...[
    `https://user:password@${H}:443@`,
    `https://shop.example@${H}@`,
    `https://shop.example\\@${H}@`,
  ],
  // What follows is not Segment's.
  ...[`https://not${H}@`, `https://${H}.shop.example@`, `https://${H}@shop.example@`],
  ...[`https://shop.example/${H}@`, `https://shop.example/?${H}@`, `https://shop.example/#${H}@`],
  ...[
    `/${H}@`,
    `${H}@`,
    `https://cdn-segment.com@`,
    `https://segment.com.example@`,
    `https://xn--cdn.segment.example@`,
  ],
  ...[
    `https://ⅽdn.segment.com.example@`,
    `blob:https://${H}@`,
    `data:text/plain,https://${H}@`,
    `javascript:void "//${H}@"`,
  ],
];

/** The spellings with a path in each. @param {(i: number) => string} path */
const urlsTo = (path) =>
  SPELLINGS.map((spelling, i) => spelling.replace(/@$|@(?= $|"$)/, `/${path(i)}`));

/** So many of them get out in every engine without the gate, at least. */
const ENOUGH = 21;

/** Whether a request is for one of the spellings of Segment's host. @param {import("./lib/world.js").LogRecord} record */
const toCDN = ({ host, path }) => /(^|\.)cdn\.segment\.com\.?$/.test(host) && /-gate-/.test(path);

/** Leaks, but for those of the page without the gate, which may still come, a look-alike, and what WebKit asks for by itself. */
const leaksOf = async (/** @type {import("./lib/harness.js").Harness} */ h) =>
  (await h.leaks()).filter((url) => !/-gate-false|notcdn|favicon/.test(url));

inBrowsers((h) => {
  for (const half of [0, 1])
    test(`for every record of WPT's corpus the decision is that for the host the browser resolves, half ${half + 1} of the hosts gated`, async () => {
      const gated = gatedHosts(half);
      const rules = gated.map((host) => ({ host, category: "marketing" }));
      const page = await h.open({ snippet: "", config: { rules } });
      const [asked, blocked, wrong] = await page.evaluate(
        `(() => {
        const corpus = ${JSON.stringify(CORPUS)}, gated = new Set(${JSON.stringify(gated)});
        const base = document.createElement("base"); document.head.append(base);
        const under = (host) => { for (let name = host; ; name = name.slice(name.indexOf(".") + 1)) {
          if (gated.has(name)) return true; if (!name.includes(".")) return false; } };
        const wrong = []; let blocked = 0;
        // A frame in no document loads nothing. It is asked twice: the gate answers sooner for a host it knows.
        const given = (url) => { const frame = document.createElement("iframe"); frame.src = url; return frame.matches("[src]") ? "allow" : "hold"; };
        for (const entry of corpus) {
          if (entry.base === null) base.removeAttribute("href"); else base.setAttribute("href", entry.base);
          let host = "";
          try { host = new URL(entry.input, document.baseURI).hostname.replace(/\\.$/, ""); } catch {}
          const { decision } = segmentBlocker.explain(entry.input, "image");
          const want = host && under(host) ? "hold" : "allow";
          if (want === "hold") blocked++;
          const answers = [decision, given(entry.input), given(entry.input)];
          if (answers.some((answer) => answer !== want)) wrong.push([entry.input, entry.base, host, ...answers]);
        }
        return [corpus.length, blocked, wrong]; })()`,
      );
      assert.deepEqual(wrong, []);
      assert.equal(asked, CORPUS.length);
      assert.ok(asked > 850, `${asked} records`);
      assert.ok(blocked > 50 && blocked < asked - 300, `${blocked} of them gated`);
    });

  for (const base of ["", "https://cdn.segment.com/base/", "https://shop.example/"]) {
    test(`no spelling gets through, and no look-alike is kept${base && `, with the base ${base}`}`, async () => {
      const before = base && `<base href="${base}">`;
      const ask = async (/** @type {boolean} */ gate) => {
        const page = await h.open({ snippet: "", gate, body: before });
        const urls = urlsTo((i) => `spelling-${i}-gate-${gate}`);
        /** @type {string[]} */
        const hosts = await page.evaluate((urls) => {
          for (const url of urls) new Image().src = url;
          return urls.map((/** @type {string} */ url) => {
            try {
              return new URL(url, document.baseURI).hostname;
            } catch {
              return "";
            }
          });
        }, urls);
        return { page, urls, hosts };
      };
      const plain = await ask(false);
      await h.world.waitForRequests(toCDN, ENOUGH);
      const { page, urls, hosts } = await ask(true);
      assert.deepEqual(hosts, plain.hosts);
      await page.settle();
      assert.deepEqual(await leaksOf(h), []);
      const decisions = await page.evaluate(
        `${JSON.stringify(urls)}.map((url) => segmentBlocker.explain(url, "image").decision)`,
      );
      for (const [i, url] of urls.entries()) {
        const segment = /(^|\.)cdn\.segment\.com\.?$/.test(hosts[i]);
        assert.equal(
          decisions[i],
          segment ? "hold" : "allow",
          `${JSON.stringify(url)} is ${hosts[i]}`,
        );
      }
    });
  }

  test("no spelling gets through an import in a script's text", async () => {
    const ask = async (/** @type {boolean} */ gate) => {
      const page = await h.open({ snippet: "", gate });
      const urls = urlsTo((i) => `${i}-gate-${gate}`);
      await page.evaluate((urls) => {
        urls.forEach((url) => {
          const name = JSON.stringify(url);
          const add = (/** @type {string} */ type, /** @type {string} */ text) => {
            const script = document.createElement("script");
            script.type = type;
            script.text = text;
            document.head.append(script);
          };
          add("module", `import ${name}`);
          add("", `import(${name}).catch(() => {})`);
          add("", `import(${name.replace(/s/g, "\\x73")}).catch(() => {})`);
          add("", `import(${name.replace(/s/g, "\\163")}).catch(() => {})`);
        });
      }, urls);
      return page;
    };
    await ask(false);
    await h.world.waitForRequests(toCDN, ENOUGH);
    await (await ask(true)).settle();
    assert.deepEqual(await leaksOf(h), []);
  });
});
