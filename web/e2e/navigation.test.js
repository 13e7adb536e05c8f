/** Leaving the page by script, and documents of other kinds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const EMPTY = { snippet: /** @type {const} */ ("") };
const AWAY = "https://api.segment.io/v1/away";

/** @type {Record<string, (url: string) => void>} */
const WAYS = {
  "location.assign": (url) => location.assign(url),
  "location.href": (url) => void (location.href = url),
  "window.location": (url) => void (/** @type {any} */ (window.location = url)),
};

inBrowsers((h) => {
  for (const [name, go] of Object.entries(WAYS)) {
    test(`a script that sets ${name} to Segment stays where the browser tells of navigations`, async () => {
      const page = await h.open(EMPTY);
      const told = await page.evaluate("'navigation' in window");
      await page.evaluate(go, AWAY);
      if (!told) {
        // A known limit: location cannot be wrapped, and this engine has no Navigation API.
        assert.equal(h.engine, "webkit");
        await h.world.waitForRequests(({ url }) => url === AWAY);
        return;
      }
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.equal(await page.evaluate("location.pathname"), "/");
    });
  }

  test("navigations of the site's own go on", async () => {
    const page = await h.open(EMPTY);
    await h.write({ path: "/next", ...EMPTY });
    await page.evaluate(() => history.pushState({}, "", "/pushed"));
    assert.equal(await page.evaluate("location.pathname"), "/pushed");
    await page.evaluate(() => void setTimeout(() => location.assign("/next")));
    await page.until("location.pathname === '/next'");
  });

  test("a text that a link saves is saved, whatever it names", async () => {
    const page = await h.open(EMPTY);
    const prevented = await page.evaluate(() => {
      const a = document.createElement("a");
      a.href = URL.createObjectURL(
        new Blob(["<img src=https://api.segment.io/saved>"], { type: "text/html" }),
      );
      a.download = "page.html";
      const heard = /** @type {boolean[]} */ ([]);
      document.body.append(a);
      // Behind the gate's own listeners: what is not prevented is saved. Here it is not.
      addEventListener(
        "click",
        (event) => (heard.push(event.defaultPrevented), event.preventDefault()),
      );
      a.click();
      a.removeAttribute("download");
      a.target = "other";
      a.click();
      return heard;
    });
    assert.deepEqual(prevented, [false, true]);
  });

  test("a link that the visitor follows is the visitor's", async () => {
    await h.world.page(AWAY, "<!doctype html><title>Away</title>");
    const page = await h.open({ ...EMPTY, body: `<a href="${AWAY}">away</a>` });
    await page.click("a");
    await h.world.waitForRequests(({ url }) => url === AWAY);
  });

  for (const [type, open, close] of [
    [
      "application/xhtml+xml",
      `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>`,
      "</head><body/></html>",
    ],
    ["image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg">`, "</svg>"],
  ]) {
    test(`Segment is held in a document of type ${type}`, async () => {
      const [tag, src] = type === "image/svg+xml" ? ["script", "href"] : ["script", "src"];
      const use = `<![CDATA[
        const ns = document.documentElement.namespaceURI;
        fetch("https://api.segment.io/v1/fetch"); document.cookie = "ajs_user_id=1";
        const script = document.createElementNS(ns, "script");
        script.setAttribute("${src}", "https://cdn.segment.com/x.js");
        document.documentElement.append(script);
        fetch("/own-fetch");
      ]]>`;
      const body = `${open}<${tag} ${src}="/gate.js"></${tag}><${tag}>${use}</${tag}>${close}`;
      await h.world.page(`${SHOP}/other`, body, { headers: { "Content-Type": type } });
      const page = await h.visit(`${SHOP}/other`);
      await h.world.waitForRequests(({ path }) => path === "/own-fetch");
      await page.settle();
      assert.deepEqual(await h.leaks(), []);
      assert.deepEqual(await page.cookieNames(), []);
      await page.grant();
      await h.world.waitForRequests(({ path }) => path === "/v1/fetch");
      await h.world.waitForRequests(({ path }) => path === "/x.js");
    });
  }

  test("workers from a first-party proxy wait; what they are told meanwhile reaches them", async () => {
    const proxy = `${SHOP}/seg`;
    const headers = { "Content-Type": "text/javascript" };
    await h.world.page(
      `${proxy}/worker.js`,
      `onmessage = (event) => postMessage("heard " + event.data);`,
      { headers },
    );
    const page = await h.open({ ...EMPTY, config: { hosts: ["www.shop.example.co.uk/seg"] } });
    await page.evaluate((url) => {
      const w = /** @type {any} */ (window);
      w.told = [];
      const worker = (w.worker = new Worker(url));
      worker.onmessage = (event) => w.told.push(event.data);
      worker.postMessage("early");
    }, `${proxy}/worker.js`);
    const asked = () => h.world.requests(({ path }) => path.startsWith("/seg"));
    await page.settle();
    assert.deepEqual(await asked(), []);
    await page.grant();
    await page.until("told.length === 1");
    assert.deepEqual(await page.evaluate("[told, worker instanceof Worker]"), [
      ["heard early"],
      true,
    ]);
    await page.deny();
    const failed = await page.evaluate(
      (url) =>
        new Promise((done) => {
          const worker = new Worker(url);
          worker.onerror = (event) => done([event.type, worker instanceof Worker]);
        }),
      `${proxy}/worker.js`,
    );
    assert.deepEqual(failed, ["error", true]);
    assert.equal((await asked()).length, 1);
  });

  test("a worker of another origin is refused by the browser itself", async () => {
    const page = await h.open(EMPTY);
    const names = await page.evaluate(async () => {
      let made = "none";
      try {
        new Worker("https://cdn.segment.com/worker.js");
      } catch (/** @type {any} */ error) {
        made = error.name;
      }
      const container = navigator.serviceWorker;
      const registered = container
        ? await container
            .register("https://cdn.segment.com/sw.js")
            .then(String, (error) => error.name)
        : "SecurityError";
      return [made, registered];
    });
    // Firefox makes the worker and tells of the failure later.
    assert.ok(["SecurityError", "none"].includes(names[0]), names[0]);
    assert.equal(names[1], "SecurityError");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });
});
