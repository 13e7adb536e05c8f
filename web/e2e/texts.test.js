/** What is given as a text (data:, javascript:, blob:, a sandboxed srcdoc) waits if it names Segment, and comes with the grant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const EMPTY = { snippet: /** @type {const} */ ("") };
const API = "https://api.segment.io/v1/";
const OWN = `${SHOP}/own/`;

/** Runs in the page. @param {string} url how the URLs begin that the texts name */
function give(url) {
  const w = /** @type {any} */ (window);
  const blob = (/** @type {string} */ text, type = "text/javascript") =>
    URL.createObjectURL(new Blob([text], { type }));
  /** @param {string} name @param {Record<string, string>} attributes */
  const put = (name, attributes) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    document.body.append(element);
    return element;
  };
  const module = blob(`import "${url}module.js"`);
  put("script", { type: "module", src: module });
  const worker = blob(`import("${url}worker.js")`);
  w.worker = new Worker(worker);
  // Without the gate the browser has read both by now.
  setTimeout(() => [module, worker].forEach((made) => URL.revokeObjectURL(made)));
  put("script", { src: `data:text/javascript,import("${url}data.js")` });
  w.data = put("iframe", { src: `data:text/html,<img src=${url}frame.png>` });
  put("iframe", { src: `javascript:'<img src=${url}code.png>'` });
  put("iframe", { src: blob(`<img src=${url}blob.png>`, "text/html") });
  const bytes = new TextEncoder().encode(`<img src=${url}bytes.png>`);
  put("iframe", { src: URL.createObjectURL(new Blob(["<p>", bytes], { type: "text/html" })) });
  const part = new Blob([`before<img src=${url}part.png>`]).slice(6, 100, "text/html");
  put("iframe", { src: URL.createObjectURL(part) });
  put("object", { data: `data:text/html,<img src=${url}object.png>` });
  const tree = (/** @type {string} */ inside) =>
    `<div><template shadowrootmode=closed>${inside}</template></div>`;
  put("iframe", { src: `data:text/html,${tree(`<img src=${url}tree.png>`)}` });
  put("iframe", {
    sandbox: "allow-scripts",
    srcdoc: tree(`<script>new Image().src = "${url}sealedtree.png"</script>`),
  });
  put("iframe", {
    sandbox: "allow-scripts",
    srcdoc: `<script>new Image().src = "${url}sealed.png"</script>`,
  });
}

const NAMES =
  "blob.png bytes.png code.png data.js frame.png module.js object.png part.png sealed.png sealedtree.png tree.png worker.js".split(
    " ",
  );

/** What blobs become, however they are made. */
async function blobs() {
  const w = /** @type {any} */ (window);
  class Named extends Blob {}
  const iterated = ["a", "b"];
  w.Object.defineProperty(iterated, Symbol.iterator, { value: () => ["c"].values() });
  /** @type {string[]} */
  const order = [];
  const told = (/** @type {string} */ text) => ({ toString: () => (order.push(text), text) });
  const made = {
    texts: new Blob(["a", "b"], { type: "Text/HTML", endings: "native" }),
    nested: new Blob(["a", new Blob(["b"])]),
    bytes: new Blob(["a", new Uint8Array([98])]),
    read: new Blob(["a", new Uint8Array([98]).buffer, new Uint8Array([99, 100]).subarray(1)], {
      type: "text/html",
    }),
    view: new Blob([new DataView(new ArrayBuffer(1))], { type: "text/javascript" }),
    set: new Blob(/** @type {any} */ (new Set(["a", "b"]))),
    iterated: new Blob(iterated),
    objects: new Blob(/** @type {any} */ ([told("a"), told("b"), null, 1, undefined, [2, 3]])),
    none: new Blob(),
    file: new File(["a", "b"], "x", { lastModified: 1 }),
    named: new Named(["a"]),
    slice: new Blob(["abc"]).slice(1, 2),
    "slice of a file": new File(["abc"], "x").slice(-2, undefined, "Text/X"),
  };
  /** @type {any[]} */
  const result = [order.join()];
  for (const [name, blob] of Object.entries(made))
    result.push([
      name,
      await blob.text(),
      blob.type,
      blob.size,
      w.Object.prototype.toString.call(blob),
    ]);
  result.push(
    made.named instanceof Named,
    made.named.constructor === Named,
    made.texts.constructor === Blob,
    w.Object.getPrototypeOf(File) === Blob,
  );
  for (const wrong of [null, 1, "x", {}, { length: 1, 0: "a" }])
    try {
      result.push(w.String(new Blob(/** @type {any} */ (wrong))));
    } catch (error) {
      result.push(w.String(error));
    }
  return result;
}

inBrowsers((h) => {
  test("a text that names Segment waits, and comes with the grant", async () => {
    const page = await h.open(EMPTY);
    await page.evaluate(give, API);
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
    assert.equal(
      await page.evaluate("data.src + data.getAttribute('src')"),
      `data:text/html,<img src=${API}frame.png>`.repeat(2),
    );
    await page.grant();
    await h.world.waitForRequests(({ url }) => url.startsWith(API), NAMES.length);
    const names = (await h.leaks()).map((leak) => leak.split("/").pop()).sort();
    assert.deepEqual(names, NAMES);
  });

  test("a text that names nothing of Segment's is let through at once", async () => {
    const page = await h.open(EMPTY);
    await page.evaluate(give, OWN);
    const found = await h.world.waitForRequests(({ url }) => url.startsWith(OWN), NAMES.length);
    assert.deepEqual(found.map(({ url }) => url.slice(OWN.length)).sort(), NAMES);
  });

  test("a copy of the page whose scripts are inert does not wait", async () => {
    const page = await h.open({ body: "<p>Copy" });
    await page.evaluate(() => {
      const frame = document.createElement("iframe");
      const copy = new Blob([document.documentElement.outerHTML], { type: "text/html" });
      frame.src = URL.createObjectURL(copy);
      document.body.append(frame);
    });
    await page.until("frames[0].document.querySelector('p')");
    await page.settle();
    assert.deepEqual(await h.leaks(), []);
  });

  test("blobs are what they are without the gate", async () => {
    const native = await h.open({ ...EMPTY, gate: false });
    const expected = await native.evaluate(blobs);
    const page = await h.open(EMPTY);
    assert.deepEqual(await page.evaluate(blobs), expected);
  });
});
