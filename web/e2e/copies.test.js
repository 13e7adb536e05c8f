/**
 * Elements that the page removes, copies or reads while they are held: it finds what it set, and nothing is lost by what it does with
 * that. Each page is compared with itself without the gate.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, ONE_PROCESS } from "./lib/harness.js";

const LOADED = "https://cdn.segment.com/copies.js";
const HEADERS = { "Content-Type": "text/javascript", "Cache-Control": "no-store" };

/** How a page removes a script `s` from `room`. @type {Record<string, string>} */
const REMOVALS = {
  "at once": "room.append(s); s.remove();",
  "in a later task": "room.append(s); setTimeout(() => s.remove());",
  "with its parent": "const d = add('div'); d.append(s); d.remove();",
  "by a text in its place": "const d = add('div'); d.append(s); d.textContent = '';",
  "by markup that is added": "const d = add('div'); d.append(s); d.innerHTML += '<b>x</b>';",
  "by another element": "room.append(s); s.replaceWith(document.createElement('b'));",
  "by a range": `const d = add('div'); d.append(s);
    const r = document.createRange(); r.selectNodeContents(d); r.deleteContents();`,
  "into a fragment": "room.append(s); document.createDocumentFragment().append(s);",
  "from a shadow tree":
    "const r = add('div').attachShadow({ mode: 'closed' }); r.append(s); s.remove();",
  "and inserts it again": "room.append(s); s.remove(); room.append(s);",
  "in a frame": `const d = add('iframe').contentDocument; const t = d.createElement('script');
    if (s.src) t.src = s.src; t.type = s.type; t.text = s.text; d.body.append(t); t.remove();`,
  "not, but gives another URL": 'room.append(s); s.src = "/own.js";',
  "after it has made it no script": "s.type = 'text/template'; room.append(s); s.remove();",
  "after it has given it another URL": `room.append(s); s.setAttribute("src", "/own.js"); s.remove();`,
  "and nobody inserted it": "document.createElement('div').append(s);",
};

/** @type {Record<string, string>} */
const SCRIPTS = {
  "a script": "s.src = url;",
  "a script that imports": `s.text = 'import("' + url + '")';`,
  "a module's text": `s.type = "module"; s.text = 'import "' + url + '"';`,
};

/** How a page copies an element `s` that it has inserted. @type {Record<string, string>} */
const COPIES = {
  "its attributes, one by one": `const t = document.createElement(s.localName);
    for (const { name, value } of s.attributes) t.setAttribute(name, value);
    t.textContent = s.textContent; s.replaceWith(t);`,
  "the names of its attributes": `const t = document.createElement(s.localName);
    for (const name of s.getAttributeNames()) t.setAttribute(name, s.getAttributeNS(null, name));
    t.textContent = s.textContent; s.replaceWith(t);`,
  "copies of its attribute nodes": `const t = document.createElement(s.localName);
    for (const node of [...s.attributes]) t.setAttributeNode(node.cloneNode());
    t.textContent = s.textContent; s.replaceWith(t);`,
  "its markup": "const t = s.outerHTML; s.remove(); room.append(parsed(t));",
  "the markup around it":
    "const t = room.innerHTML; room.textContent = ''; room.append(parsed(t));",
  "the markup around it, by getHTML":
    "const t = (room.getHTML ?? (() => room.innerHTML)).call(room); room.textContent = ''; room.append(parsed(t));",
  "XML of it":
    "const t = new XMLSerializer().serializeToString(s); s.remove(); room.append(parsed(t));",
  "the markup of a shadow tree": `const r = add('div').attachShadow({ mode: 'open' }); r.append(s);
    const t = r.innerHTML; s.remove(); room.append(parsed(t));`,
  "a range": `room.append("a"); room.prepend("b"); const r = document.createRange(); r.selectNodeContents(room);
    const t = r.cloneContents(); room.textContent = ""; room.append(t);`,
  "a part of a range": `const u = add("ul"), before = u.appendChild(s.cloneNode(true)), i = u.appendChild(document.createElement("li"));
    i.append("x", s, "y"); const r = document.createRange(); r.setStart(before, 0); r.setEnd(i, 2);
    const t = r.cloneContents(); u.remove(); room.append(t);`,
  itself: "const t = s.cloneNode(true); s.remove(); room.append(t);",
  "itself into a frame":
    "const d = add('iframe').contentDocument; const t = d.importNode(s, true); s.remove(); d.body.append(t);",
  "itself into a frame, before it is moved there":
    "const d = add('iframe').contentDocument; const t = s.cloneNode(true); s.remove(); d.body.append(d.adoptNode(t));",
  "a frame's into the page": `const d = add("iframe").contentDocument, u = d.createElementNS(s.namespaceURI, s.localName);
    for (const { name, value, namespaceURI } of s.attributes) u.setAttributeNS(namespaceURI, name, value);
    u.textContent = s.textContent; s.remove(); d.body.append(u); room.append(document.importNode(u, true));`,
  "a frame's by a range": `const d = add("iframe").contentDocument, u = d.createElementNS(s.namespaceURI, s.localName);
    for (const { name, value, namespaceURI } of s.attributes) u.setAttributeNS(namespaceURI, name, value);
    u.textContent = s.textContent; s.remove(); d.body.append(u); const r = d.createRange(); r.selectNodeContents(d.body);
    const t = r.cloneContents(); d.body.textContent = ""; room.append(t);`,
};

/** @type {Record<string, string>} */
const ELEMENTS = {
  ...SCRIPTS,
  "a script with a type": 's.type = "text/javascript"; s.id = "x"; s.src = url;',
  "an image": 's = new Image(); s.srcset = url + " 1x"; s.src = url;',
  "a frame": 's = document.createElement("iframe"); s.src = url;',
  "an SVG image": `s = document.createElementNS("http://www.w3.org/2000/svg", "image");
    s.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", url);`,
};

/** @param {string[]} codes each has a room and a URL of its own */
const page = (codes) => `<script>
  window.ran = {};
  // Attributes come in another order where one of them was given back.
  window.sorted = (html) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("*")].map((it) =>
    [it.localName, [...it.attributes].map(({ name, value }) => name + "=" + value).sort(), it.children.length || it.textContent]);
  const parsed = (html) => document.createRange().createContextualFragment(html);
</script>${codes
  .map(
    (code, i) => `<div id="room-${i}"></div><script>{
      const url = "${LOADED}?${i}", room = document.querySelector("#room-${i}");
      const add = (name) => room.appendChild(document.createElement(name));
      let s = document.createElement("script");
      ${code}
    }</script>`,
  )
  .join("")}`;

/** What there is to read of an element, one text each. */
function readings() {
  const { element: s, sorted } = /** @type {any} */ (window);
  const list = s.attributes;
  const name = s.localName === "script" ? "type" : s.localName === "iframe" ? "srcdoc" : "src";
  /** @type {Record<string, () => unknown>} */
  const questions = {
    "attribute names": () => s.getAttributeNames().sort(),
    attributes: () => [...list].map((it) => `${it.name}=${it.value}`).sort(),
    "the same attributes": () => s.attributes === list,
    "number of attributes": () => list.length,
    "attributes' owner": () => [...list].every((it) => it.ownerElement === s),
    "an attribute by name": () => list.getNamedItem(name)?.value,
    "an attribute as a property": () => list[name]?.value,
    "an attribute node": () => s.getAttributeNode(name)?.value,
    "an attribute node in no namespace": () => s.getAttributeNodeNS(null, name)?.value,
    "whether it has one": () => [s.hasAttribute(name), s.hasAttributeNS(null, name)],
    "whether it has any": () => s.hasAttributes(),
    "a value": () => [s.getAttribute(name), s.getAttributeNS(null, name)],
    "a value in a namespace": () => s.getAttributeNS("http://www.w3.org/1999/xlink", "href"),
    "a new attribute in the list": () => (
      s.setAttribute("data-new", "1"),
      [s.attributes["data-new"].value, s.attributes === list]
    ),
    "an attribute node set": () => (
      (s.attributes["data-new"].value = "2"),
      s.getAttribute("data-new")
    ),
    "a copy alone": () => s.cloneNode(false).attributes.length,
    markup: () => sorted(s.outerHTML),
    "markup around it": () => sorted(s.parentNode.innerHTML),
    "markup of all": () => sorted(s.parentNode.outerHTML),
    XML: () => sorted(new XMLSerializer().serializeToString(s)),
  };
  return Object.entries(questions).map(
    ([question, ask]) => `${question}: ${JSON.stringify(ask())}`,
  );
}

/** Elements to be read. @type {Record<string, string>} */
const READ = {
  "a script": "s.src = url;",
  "a script with a type": 's.type = "text/javascript"; s.async = true; s.src = url;',
  "a script that imports": SCRIPTS["a script that imports"],
  "an image": 's = new Image(); s.alt = "x"; s.src = url;',
  "a frame with a document": `s = document.createElement("iframe"); s.srcdoc = '<script src="' + url + '"></scr' + "ipt>";`,
  "a script beside a text for browsers without script":
    's.src = url; room.innerHTML = "<noscript><img alt=\\"x\\"></noscript>";',
};

inBrowsers((h) => {
  /**
   * What comes of a page: how often each file ran, what each room has in the end, what was asked of Segment.
   * @param {Record<string, string>} ways
   * @param {string[]} never those of which nothing is asked
   * @param {boolean} gate
   */
  async function outcome(ways, never, gate) {
    const names = Object.keys(ways);
    for (let i = 0; i < names.length; i++)
      await h.world.page(
        `${LOADED}?${i}`,
        `window.top.ran[${i}] = (window.top.ran[${i}] ?? 0) + 1;`,
        { headers: HEADERS },
      );
    const since = await h.world.mark();
    const it = await h.open({ snippet: "", gate, body: page(Object.values(ways)) });
    if (gate) {
      await it.settle();
      assert.deepEqual(await h.leaks(since), []);
      await it.grant();
    }
    for (let i = 0; i < names.length; i++) {
      if (never.includes(names[i])) continue;
      await h.world.waitForRequests(({ url }) => url === `${LOADED}?${i}`, 1, since);
    }
    await it.settle();
    const loads = (await h.leaks(since)).map((line) => line.split("?")[1]);
    const [ran, rooms] = await it.evaluate(
      "[ran, [...document.querySelectorAll('[id^=room]')].map((it) => sorted(it.innerHTML))]",
    );
    return names.map((name, i) => ({
      name,
      ran: ran[i] ?? 0,
      loaded: loads.includes(`${i}`),
      room: rooms[i],
    }));
  }

  /** @param {Record<string, string>} ways @param {string[]} [never] those of which nothing is asked */
  async function arrives(ways, never = []) {
    const plain = await outcome(ways, never, false);
    assert.deepEqual(await outcome(ways, never, true), plain);
    return plain;
  }

  /** @param {Record<string, string>} ways @param {(code: string) => string} change */
  const each = (ways, change) =>
    Object.fromEntries(Object.entries(ways).map(([name, code]) => [name, change(code)]));

  const never = ["after it has made it no script", "and nobody inserted it"];
  for (const [what, script] of Object.entries(SCRIPTS))
    test(`${what} that the page removes runs after the grant as it would have without the gate`, async () => {
      const all = await arrives(
        each(REMOVALS, (removal) => script + removal),
        never,
      );
      assert.deepEqual(
        all.filter(({ ran }) => ran !== 1).map(({ name }) => name),
        never,
      );
    });

  for (const [what, element] of Object.entries(ELEMENTS))
    test(`${what} that the page copies loads after the grant, and so do the copies`, async () => {
      const all = await arrives(each(COPIES, (copy) => `${element} room.append(s); ${copy}`));
      assert.deepEqual(
        all.filter(({ loaded }) => !loaded),
        [],
      );
    });

  for (const [what, element] of Object.entries(READ))
    test(`${what} reads as the page wrote it while it is held`, async () => {
      await h.world.page(`${LOADED}?0`, "", { headers: HEADERS });
      const body = page([`${element} room.append(s); window.element = s;`]);
      const plain = await h.open({ snippet: "", gate: false, body });
      const expected = await plain.evaluate(readings);
      const gated = await h.open({ snippet: "", body });
      assert.deepEqual(await gated.evaluate(readings), expected);
      await gated.grant();
      await gated.settle();
      const markup = JSON.stringify(await gated.evaluate("sorted(element.outerHTML)"));
      assert.ok(expected.includes(`markup: ${markup}`), markup);
    });
}, ONE_PROCESS);
