/** Pages that come in parts, which may end anywhere: the parser waits there, in the middle of a script too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const LIBRARY = "https://cdn.segment.com/lib.js";
const PAGE = `${SHOP}/parts`;
/** Begins a page; so long that WebKit does not wait for more of it. */
const HEAD = `<!doctype html><!-- ${"-".repeat(4096)} --><script src=/gate.js></script><script>window.ran = [];</script>`;

/** Tags of scripts that import, with what they say but for URL and number. @type {[string, string][]} */
const PROGRAMS = [
  ["<script>", "import('URL'); ran.push(ID);"],
  ["<script type=module>", "import 'URL'; ran.push(ID);"],
  ["<script type=module>", "import('URL'); ran.push(ID);"],
  ["<svg><script>", "import('URL'); ran.push(ID);"],
  ['<script type="text/plain" data-segment-blocker="">', "import('URL'); ran.push(ID);"],
];

/** Each program, cut where it makes a difference: what has come so far names nothing, half of the URL, or all of it. */
function cutPrograms() {
  return PROGRAMS.flatMap(([tag, code], program) => {
    const inURL = code.indexOf("URL") + 20;
    return [[0], [8], [inURL], [Infinity], [0, 8, inURL, Infinity]].map((cuts, i) => {
      const id = program * 10 + i;
      const url = `${LIBRARY}?${id}`;
      const text = code.replace("URL", url).replace("ID", `${id}`);
      const at = cuts.map((cut) => tag.length + Math.min(cut, text.length));
      return { id, url, parts: cutAt(tag + text + endOf(tag), at) };
    });
  });
}

/** @param {string} tag */
function endOf(tag) {
  return tag.startsWith("<svg>") ? "</script></svg>\n" : "</script>\n";
}

/** @param {string} text @param {number[]} places */
function cutAt(text, places) {
  return [0, ...places].map((from, i) => text.slice(from, places[i]));
}

inBrowsers((h) => {
  const answerLibrary = (url = LIBRARY) =>
    h.world.page(url, "window.imported = 1;", {
      headers: { "Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*" },
    });

  /**
   * Opens a page whose first part ends with a task; the others come when that has run, each for itself.
   * @param {string} first
   * @param {string[]} parts
   * @param {string} [task]
   */
  async function openInParts(first, parts, task = "") {
    const timer = `<script>setTimeout(() => { ${task} fetch("/begun"); });</script>`;
    await h.world.page(PAGE, `${HEAD}${timer}${first}`, {
      chunks: [
        ...parts.map((body, i) => (i ? { delay: 20, body } : { after: "begun", body })),
        { delay: 20, body: "<script>window.last = 1;</script>" },
      ],
    });
    const page = await h.open({ snippet: "" });
    await page.evaluate("void setTimeout(() => location.assign('/parts'))");
    await h.world.waitForRequests(({ url }) => url.endsWith("/begun"));
    await h.world.openDoor("begun");
    await page.until("window.last === 1 && document.readyState === 'complete'");
    return page;
  }

  test("a script is judged by all of its text, and runs once", async () => {
    const programs = cutPrograms();
    for (const { url } of programs) await answerLibrary(url);
    const page = await openInParts(
      "",
      programs.flatMap(({ parts }) => parts),
    );
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.deepEqual(await page.evaluate("ran"), []);
    await page.grant();
    await h.world.waitForRequests(({ url }) => url.startsWith(LIBRARY), programs.length);
    await page.until(`ran.length >= ${programs.length}`);
    await page.settle();
    assert.deepEqual(
      await page.evaluate("ran.sort((a, b) => a - b)"),
      programs.map(({ id }) => id),
    );
    const loads = await h.world.requests(({ url }) => url.startsWith(LIBRARY));
    assert.deepEqual(loads.map(({ url }) => url).sort(), programs.map(({ url }) => url).sort());
  });

  test("what the server made inert in a shadow tree is found wherever a part ends", async () => {
    const begin = "<section><p>x</p><template shadowrootmode=open><b>x</b><div>";
    const markup = (/** @type {string} */ url) =>
      `${begin}<template shadowrootmode=open><script type="text/plain" data-segment-blocker="">import("${url}&text")</script><img data-segment-blocker-src="${url}&image"></template></div></template></section>`;
    const ends = [...begin.matchAll(/>/g)].map(({ index }) => index + 1);
    const pages = [...ends.map((at) => [at]), ends].map((at, i) =>
      cutAt(markup(`${LIBRARY}?${i}`), at),
    );
    const urls = pages.flatMap((_, i) => [`${LIBRARY}?${i}&text`, `${LIBRARY}?${i}&image`]).sort();
    for (const url of urls) await answerLibrary(url);
    const page = await openInParts("", pages.flat());
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    const loads = await h.world.waitForRequests(({ url }) => url.startsWith(LIBRARY), urls.length);
    assert.deepEqual(loads.map(({ url }) => url).sort(), urls);
  });

  test("a script that only writes of an import runs where it stands", async () => {
    const said = `import('${LIBRARY}') is written`;
    const code = `ran.push("${said}");`;
    const cuts = [code.indexOf("cdn"), code.indexOf(") is"), code.indexOf(";")];
    const page = await openInParts("", [
      ...cuts.flatMap((at) => cutAt(`<script>${code}</script>`, [8 + at])),
      `<script>ran.push("behind");</script>`,
    ]);
    assert.deepEqual(await page.evaluate("ran"), [said, said, said, "behind"]);
  });

  const MAP = `<script type=importmap>{"imports":{"lib":"${LIBRARY}","own":"/own.js"}}</script>`;
  for (const cut of [23, MAP.indexOf("lib.js"), MAP.indexOf("}}")])
    test(`an import map that ends first at ${cut} loses what it maps to Segment, and nothing else`, async () => {
      await answerLibrary();
      await h.world.page(`${SHOP}/own.js`, "ran.push('own');", {
        headers: { "Content-Type": "text/javascript" },
      });
      const uses = ["lib", "own"].map((name) => `<script type=module>import "${name}"</script>`);
      const page = await openInParts("", [...cutAt(MAP, [cut]), ...uses]);
      await page.until("ran.length > 0");
      await page.settle();
      assert.deepEqual(await page.evaluate("ran"), ["own"]);
      assert.deepEqual(await h.leaks(), []);
    });

  for (const [tag, code] of PROGRAMS) {
    const text = tag + code.replace("URL", LIBRARY).replace("ID", "1");
    for (const [place, cut] of Object.entries({ "in its text": -3, "at its end": Infinity }))
      test(`a grant while ${tag}${code} is read, ${place}, runs it once and whole`, async () => {
        await answerLibrary();
        const [first, rest] = cutAt(text, [cut]);
        const page = await openInParts(
          first,
          [rest + endOf(tag)],
          "segmentBlocker.setConsent({ functional: true, analytics: true, marketing: true });",
        );
        await h.world.waitForRequests(({ url }) => url === LIBRARY);
        await page.until("ran.length > 0");
        await page.settle();
        assert.deepEqual(await page.evaluate("ran"), [1]);
        assert.equal((await h.leaks()).length, 1);
      });
    test(`a change of the document while ${tag}${code} is read sets nothing free`, async () => {
      await answerLibrary();
      const [first, rest] = cutAt(text, [text.indexOf(LIBRARY) + 9]);
      const page = await openInParts(first, [rest + endOf(tag)], "document.head.append('x');");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.evaluate("ran"), []);
    });
  }

  test("a script that comes in a late part of the page is held too", async () => {
    const page = await h.open();
    await h.world.page(`${SHOP}/late`, "<script src=/gate.js></script><p>One", {
      chunks: [
        { after: "go", body: "<p>Two<script>window.late = 1;</script>" },
        {
          delay: 50,
          body: "<script>document.cookie = 'ajs_user_id=1'; var s = document.createElement('script'); s.src = 'https://cdn.segment.com/analytics.js/v1/K/analytics.min.js'; document.body.append(s);</script>",
        },
      ],
    });
    await page.evaluate("void setTimeout(() => location.assign('/late'))");
    await h.world.waitForRequests(({ url }) => url.endsWith("/late"));
    await h.world.openDoor("go");
    await page.until("window.late === 1 && document.readyState === 'complete'");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.deepEqual(await page.stored(), []);
  });
}, ONE_PROCESS);
