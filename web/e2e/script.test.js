/** The snippet's own script element: held and set free without the page noticing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";
import { VERSIONS } from "./lib/snippets.js";
import { KEY, SHOP } from "./lib/shop.js";

const URL_OF_LOADER = `https://cdn.segment.com/analytics.js/v1/${KEY}/analytics.min.js`;

const LOADER = `<script src="${URL_OF_LOADER}"></script>`;
const GATE = `<script src="/gate.js"></script>`;

/** Keeps the loader's element and listens to it, as a page might. */
const WATCH = (nonce = "") => `<script${nonce && ` nonce="${nonce}"`}>
  window.loader = [...document.scripts].find((script) => script.src.includes("/analytics.js/v1/"));
  window.heard = [];
  for (const type of ["load", "error"]) loader.addEventListener(type, (event) => heard.push(type + event.isTrusted));
  loader.onload = () => heard.push("onload");
</script>`;

inBrowsers((h) => {
  for (const version of VERSIONS) {
    test(`the held script of snippet ${version} looks to the page as it was written`, async () => {
      const page = await h.open({ snippet: version, after: WATCH() });
      assert.deepEqual(
        await page.evaluate(() => ({
          src: window.loader.src,
          attribute: window.loader.getAttribute("src"),
          async: window.loader.async,
          type: window.loader.type,
          connected: window.loader.isConnected,
          heard: window.heard,
        })),
        {
          src: URL_OF_LOADER,
          attribute: URL_OF_LOADER,
          async: true,
          type: "text/javascript",
          connected: true,
          heard: [],
        },
      );
    });

    test(`the grant loads the same element of snippet ${version} and fires its listeners once`, async () => {
      const page = await h.open({ snippet: version, after: WATCH() });
      await page.grant();
      await page.started();
      await page.until("heard.length >= 2");
      await page.settle();
      assert.deepEqual(await page.evaluate("heard.sort()"), ["loadtrue", "onload"]);
      assert.equal(
        await page.evaluate(`loader.isConnected &&
          [...document.scripts].filter((script) => script.src === loader.src).length`),
        1,
      );
      const loads = await h.world.requests(({ url }) => url === URL_OF_LOADER);
      assert.equal(loads.length, 1);
    });
  }

  test("a nonce is kept, and a policy that demands it is never violated", async () => {
    const page = await h.open({ nonce: "r4nd0m", after: WATCH("r4nd0m") });
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await h.world.waitForEvents(1);
    assert.deepEqual(page.problems?.csp ?? [], []);
    assert.deepEqual(await page.evaluate("heard.sort()"), ["loadtrue", "onload"]);
  });

  test("a script whose URL the page's default policy makes Segment's is held", async () => {
    const options = {
      snippet: /** @type {const} */ (""),
      headers: { "Content-Security-Policy": "require-trusted-types-for 'script'" },
      body: `<script>
        const factory = window.trustedTypes;
        if (factory) factory.createPolicy("default", { createScriptURL: () => "${URL_OF_LOADER}" });
        for (const url of ["/one.js", "/two.js", "/three.js"]) {
          const script = document.createElement("script");
          script.src = factory ? location.origin + url : "${URL_OF_LOADER}";
          document.head.append(script);
        }
      </script>`,
    };
    await (await h.open({ ...options, gate: false })).settle();
    const mark = await h.world.mark();
    assert.notDeepEqual(await h.leaks(), []);
    await (await h.open(options)).settle();
    assert.deepEqual(await h.leaks(mark), []);
  });

  for (const type of ["9f3c-text/javascript", "rocketlazyloadscript", "delayed/javascript"])
    test(`a static script of a type that no browser runs is left to what runs it later: ${type}`, async () => {
      const url = "https://cdn.segment.com/optimised.js";
      await h.world.page(url, "window.ran = (window.ran || 0) + 1;", {
        headers: { "Content-Type": "text/javascript" },
      });
      const body = `<script type="${type}" src="${url}"></script><script type="${type}">window.own = 1</script>
        <script>
          onload = () => {
            for (const script of document.querySelectorAll('script[type="${type}"]')) {
              const copy = document.createElement("script");
              if (script.src) copy.src = script.src;
              copy.text = script.text;
              script.replaceWith(copy);
            }
          };
        </script>`;
      const page = await h.open({ snippet: "", body });
      await page.until("window.own");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      await page.grant();
      await page.until("window.ran");
      assert.equal(await page.evaluate("window.ran"), 1);
    });

  test("a script that imports by a call waits for its turn; one that only writes of it does not", async () => {
    await h.world.page("https://cdn.segment.com/lib.js", "window.imported = 1;", {
      headers: { "Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*" },
    });
    const call = `import("https://cdn.segment.com/lib.js")`;
    const talk = [
      `'${call}'`,
      `\`\n ${call}\``,
      `/* ${call} */ 1`,
      `1 // it's\n// ${call}`,
      `[/["/*]/, '${call}']`,
      `(() => { return /'/ && '${call}' })()`,
      `({ import: (x) => x }).import("https://cdn.segment.com/lib.js")`,
      `(() => { const $import = (x) => x; return $${call} })()`,
      `import("data:text/javascript,//cdn.segment.com/lib.js")`,
    ];
    const scripts = talk.map((code, i) => `<script>window.talk${i} = ${code};</script>`);
    const page = await h.open({
      snippet: "",
      body: `${scripts.join("\n")}<script>window.called = 1; ${call}</script>`,
    });
    for (const i of talk.keys())
      assert.notEqual(await page.evaluate(`window.talk${i}`), undefined, talk[i]);
    assert.equal(await page.evaluate("window.called"), undefined);
    assert.deepEqual(await h.leaks(), []);
    await page.grant();
    await page.until("window.imported === 1");
    assert.equal(await page.evaluate("window.called"), 1);
  });

  test("an escape that does not end in an import keeps nothing busy", async () => {
    const texts = ["\\u{12", "\\u{", "\\u", "\\x", "\\", "\\u{110000}", "\\8", "\\777"];
    const scripts = texts.map((text) => `<script>import("${text}")</script>`);
    const page = await h.open({
      snippet: "",
      body: `${scripts.join("")}<script>window.alive = 1;</script>`,
    });
    assert.equal(await page.evaluate("window.alive"), 1);
  });

  test("what becomes a script's text late is turned into a text once", async () => {
    const body = "<script id=empty></script><script id=module type=module> </script>";
    const page = await h.open({ snippet: "", body });
    const reads = await page.evaluate((url) => {
      const made = (
        /** @type {string[]} */ texts,
        /** @type {(script: any, text: any) => void} */ put,
      ) => {
        const script = document.createElement("script");
        script.type = "module";
        document.head.append(script);
        let n = 0;
        put(script, { toString: () => texts[n++] });
        return n;
      };
      const code = `import "${url}"`;
      for (const [id, text] of [
        ["empty", `import("${url}")`],
        ["module", code],
      ])
        /** @type {any} */ (document.getElementById(id)).text = text;
      return [
        [" ", code],
        [code, " "],
      ].flatMap((texts) => [
        made(texts, (script, text) => script.append(text)),
        made(texts, (script, text) => (script.textContent = text)),
        made(texts, (script, text) => (script.text = text)),
        made(texts, (script, text) => script.insertAdjacentText("beforeend", text)),
      ]);
    }, URL_OF_LOADER);
    assert.deepEqual(reads, [1, 1, 1, 1, 1, 1, 1, 1]);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  test("a policy without WebAssembly leaves Segment held and the page whole", async () => {
    const page = await h.open({
      headers: { "Content-Security-Policy": "script-src 'self' 'unsafe-inline' https:" },
      after: "<script>window.alive = true;</script>",
    });
    await page.track("Early");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.equal(await page.evaluate("alive"), true);
    assert.equal(await page.gate("engine"), "none");
    assert.deepEqual(page.problems?.errors ?? [], []);
  });

  for (const [title, tags, told] of /** @type {const} */ ([
    ["after Segment's script", [LOADER, GATE], /analytics\.min\.js is on the page before the gate/],
    ["that is async", [GATE.replace(" src", " async src"), ""], /must be without async and defer/],
    ["in its place", [GATE, LOADER], /^$/],
  ]))
    test(`the console says that it is too late of a gate ${title}`, async () => {
      await h.world.page(
        `${SHOP}/late`,
        `<!doctype html><head><script>
          window.told = [];
          console.error = (...texts) => told.push(texts.join(" "));
        </script>${tags.join("")}</head><body>`,
      );
      const page = await h.visit(`${SHOP}/late`);
      await page.until("window.segmentBlocker");
      assert.match((await page.evaluate("told")).join("\n"), told);
    });
}, ONE_PROCESS);
