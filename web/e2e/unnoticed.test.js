/** What pages do with elements that the gate has changed: each case gives the same with the gate and without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

/** A frame whose document has a script: the gate puts a script of its own before that. */
const FRAME = `const f = document.createElement("iframe"); f.className = "c"; f.srcdoc = "<p>x<script>1<\\/script>";`;
const MARKUP = `<iframe srcdoc="<script>parent.ran = 1</script>"></iframe>`;
const HTML = `const HTML = ${JSON.stringify(MARKUP).replace("</", "<\\/")};`;

/** A script that waits, or goes on at once where there is no gate. */
const SCRIPT = `const s = document.createElement("script"); s.src = "https://cdn.segment.com/s.js"; s.className = "c"; document.body.append(s);`;
const OTHER = `const f = document.createElement("iframe"); document.body.append(f); const w = f.contentWindow, get = (of, name) => Object.getOwnPropertyDescriptor(of.prototype, name).get;`;
/** What a realm says of it. */
const ASKED = `const { getAttribute, hasAttribute, getAttributeNames } = w.Element.prototype;
  return [getAttribute.call(s, "type"), hasAttribute.call(s, "type"), getAttributeNames.call(s), get(w.Element, "outerHTML").call(s), get(w.Element, "attributes").call(s).length, new w.XMLSerializer().serializeToString(s)];`;

/** Code by what it does. @type {Record<string, string>} */
const CASES = {
  "takes all attributes away by a list": `${FRAME} const a = f.attributes; let n = 0;
    while (a.length && n++ < 9) f.removeAttribute(a[0].name); return [n, f.attributes.length];`,
  "takes all attribute nodes away": `${FRAME} let n = 0;
    while (f.attributes.length && n++ < 9) f.removeAttributeNode(f.attributes[0]); return [n, f.outerHTML];`,
  "removes a named item": `${FRAME} f.attributes.removeNamedItem("class"); return [f.className, f.attributes.length];`,
  "sets a named item": `${FRAME} f.attributes.setNamedItem(document.createAttribute("sandbox")); return [f.hasAttribute("sandbox"), f.attributes.length];`,
  "sets a node that is there": `${FRAME} f.setAttributeNode(f.getAttributeNode("class")); return f.getAttribute("class");`,
  "moves a node to another": `${FRAME} const a = f.getAttributeNode("class"), b = document.createElement("b"); f.removeAttribute("class"); b.setAttributeNode(a); return b.outerHTML;`,
  "keeps a list that goes on": `${FRAME} const a = f.attributes; f.title = "t"; f.setAttribute("id", "i"); return a.length;`,
  "has a frame in a noscript": `${HTML} const d = document.createElement("div"); document.body.append(d); d.innerHTML = "<noscript>" + HTML + "</noscript>";
    return [frames.length, d.firstChild.childNodes.length, d.firstChild.textContent === HTML];`,
  "has custom elements beside a frame": `${HTML} customElements.define("x-a", class extends HTMLElement {});
    const a = customElements.get("x-a"), d = document.createElement("div"), t = document.createElement("template"), r = document.createRange();
    d.innerHTML = "<x-a></x-a>" + HTML; t.innerHTML = "<x-a></x-a>" + HTML;
    return [d.firstChild.constructor === a, document.importNode(t.content, true).firstChild.constructor === a, r.createContextualFragment("<x-a></x-a>" + HTML).firstChild.constructor === a];`,
  "watches a frame come": `${HTML} const d = document.createElement("div"); d.innerHTML = "<b></b>"; const o = new MutationObserver(() => {}); o.observe(d, { childList: true });
    d.innerHTML = "<p></p>" + HTML; return o.takeRecords().map((r) => [r.addedNodes.length, r.removedNodes.length]);`,
  "gives attribute nodes nothing": `const made = (set) => { const a = document.createAttribute("title"); a.value = "x"; document.createElement("b").setAttributeNode(a); set(a); return a.value; };
    return [made((a) => { a.value = null; }), made((a) => { a.nodeValue = undefined; }), made((a) => { a.textContent = undefined; })];`,
  "adds to an empty list": `const b = document.createElement("b"), o = new MutationObserver(() => {}); o.observe(b, { attributes: true });
    b.attributes.setNamedItem(document.createAttribute("title")); return o.takeRecords().map((r) => r.attributeName);`,
  "has members on Object.prototype": `Object.defineProperty(Object.prototype, "get", { value: undefined, writable: true, configurable: true });
    try { const f = document.createElement("iframe"); document.body.append(f); f.contentDocument.write("<b>x</b>"); return f.contentDocument.body.innerHTML; }
    finally { delete Object.prototype.get; }`,
  "asks a frame's functions about a script": SCRIPT + OTHER + ASKED,
  "asks a frame's functions that it had before about a script": OTHER + SCRIPT + ASKED,
  "asks its own functions about a frame's script": `${OTHER} const d = f.contentDocument, s = d.createElement("script"); s.src = "https://cdn.segment.com/s.js"; d.body.append(s); ${ASKED.replaceAll("w.", "window.")}`,
  "moves a script to a frame": `${SCRIPT} ${OTHER} w.document.body.append(s); return [s.outerHTML, w.document.body.innerHTML, get(Element, "innerHTML").call(w.document.body)];`,
  "reads markup with options": `const d = document.createElement("div"); ${SCRIPT} d.append(s); return d.getHTML ? [d.getHTML({}), d.getHTML({ serializableShadowRoots: true })] : [];`,
  "reads what SVG's elements show": `const make = (name) => document.createElementNS("http://www.w3.org/2000/svg", name), url = "https://cdn.segment.com/s.svg";
    const i = make("image"), u = make("use"), s = make("script"); i.href.baseVal = url; u.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", url + "#x"); s.setAttribute("href", url);
    document.body.append(i, u, s); return [i, u, s].map((e) => [e.href.baseVal, e.href.animVal, e.type, e.outerHTML]);`,
  "registers what is no URL": `try { return navigator.serviceWorker.register(Symbol()).then(() => "", (e) => "rejected " + e.name); } catch (e) { return "thrown"; }`,
};

/** @param {import("./lib/harness.js").Harness} h @param {boolean} gate @param {string} code @param {any} [options] */
async function resultOf(h, gate, code, options) {
  const page = await h.open({ gate, snippet: "", ...options });
  const run = `(async () => { try { return JSON.stringify(await (() => { ${code} })()); } catch (e) { return String(e.name); } })()`;
  return page.evaluate(run);
}

inBrowsers((h) => {
  for (const [title, code] of Object.entries(CASES))
    test(`a page that ${title} sees no difference`, async () => {
      const plain = await resultOf(h, false, code);
      await h.end();
      await h.begin();
      assert.equal(await resultOf(h, true, code), plain);
    });

  test("markup in a page without a doctype is read as that page reads it", async () => {
    const read = async (/** @type {string} */ gate) => {
      await h.world.page(`${SHOP}/quirks`, `<html><head>${gate}</head><body></body></html>`);
      const page = await h.visit(`${SHOP}/quirks`);
      return page.evaluate((/** @type {string} */ frame) => {
        const d = document.createElement("div");
        d.innerHTML = `<p><table><tr><td>${frame}</table>`;
        return [document.compatMode, d.children.length];
      }, MARKUP);
    };
    const plain = await read("");
    assert.deepEqual(await read(`<script src="/gate.js"></script>`), plain);
    assert.equal(plain[0], "BackCompat");
  });

  test("where trusted types are demanded a frame's document may be no plain text", async () => {
    const policy = "require-trusted-types-for 'script'; trusted-types *";
    const headers = { "Content-Security-Policy": policy };
    const code = `${FRAME} return [f.getAttribute("srcdoc"), f.hasAttribute("srcdoc")];`;
    const plain = await resultOf(h, false, code, { headers });
    await h.end();
    await h.begin();
    assert.equal(await resultOf(h, true, code, { headers }), plain);
  });
});
