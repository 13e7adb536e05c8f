/**
 * Ways out through elements and markup. As in channels.js each is code of the page that asks Segment for a URL of its own;
 * `el(name, attributes)` makes an element, `put(node)` inserts it.
 * @typedef {import("./channels.js").Channel} Channel
 */
import { everywhere } from "./channels.js";
const SVG = `"http://www.w3.org/2000/svg"`;
const XLINK = `"http://www.w3.org/1999/xlink"`;

/** Ways to give an element `e` an attribute. @type {Record<string, (name: string, value: string) => string>} */
const SETTERS = {
  "by property": (name, value) => `e.${name} = ${value};`,
  "by setAttribute": (name, value) => `e.setAttribute("${name.toUpperCase()}", ${value});`,
  "by setAttributeNS": (name, value) => `e.setAttributeNS(null, "${name}", ${value});`,
  "by an attribute node": (name, value) =>
    `const n = document.createAttribute("${name}"); n.value = ${value}; e.setAttributeNode(n);`,
  "by the value of an attribute node": (name, value) =>
    `e.setAttribute("${name}", ""); e.getAttributeNode("${name}").value = ${value};`,
  "by an attribute map": (name, value) =>
    `const n = document.createAttribute("${name}"); n.value = ${value}; e.attributes.setNamedItem(n);`,
  "by an object that names another URL when it is read again": (name, value) =>
    `let reads = 0; e.${name} = { toString: () => (reads++ ? "/own" : ${value}) };
     const f = e.cloneNode(); let again = 0; f.${name} = { toString: () => (again++ ? ${value} : "/own") };`,
};

/** @param {string} how @param {string} element @param {string} name @param {string} [more] */
const set = (how, element, name, more = "", value = "URL_") =>
  `const e = document.createElement("${element}"); ${more} ${SETTERS[how](name, value)} put(e);`;

/** A document that has no window, the parser of which goes on in the page. */
const aside = (made = `document.implementation.createHTMLDocument("")`) =>
  `const d = ${made}; d.write("<div>"); document.body.append(d.body.firstChild);`;

/** Each way for an element that all engines fetch at once. */
const IMAGE_SETTERS = Object.keys(SETTERS).map((how) => ({
  title: `the src of an image, ${how}`,
  code: set(how, "img", "src"),
}));

/** A script of the site's was asked for before, so that its host is known, and `s` is one that is not inserted yet. */
const OWN = `el("iframe").src = location.origin + "/own"; el("iframe").src = location.origin + "/own"; const s = el("script");`;

/** @type {Channel[]} */
export const SCRIPTS = [
  {
    // First: engines take an import map only before the first module.
    title: "an import map that leads to it",
    code: `const m = el("script", { type: "importmap" }); m.textContent = JSON.stringify({ imports: { ["seg" + TRY]: SCRIPT } }); put(m);
      const s = el("script", { type: "module" }); s.textContent = "import 'seg" + TRY + "'"; put(s);`,
  },
  ...Object.entries({
    "a static import in a module": ["module", `"import '" + SCRIPT + "'"`],
    "import() in a module": ["module", `"import('" + SCRIPT + "')"`],
    "import() in a script": ["", `"import('" + SCRIPT + "')"`],
    "a module's import of a text": [
      "module",
      `"import 'data:text/javascript," + encodeURIComponent("import " + JSON.stringify(SCRIPT)) + "'"`,
    ],
  }).flatMap(([title, [type, text]]) =>
    Object.entries({
      "a data: URL": `"data:text/javascript," + encodeURIComponent(${text})`,
      "a data: URL in base64": `" DATA:text/javascript; BASE64," + btoa(${text})`,
      "a blob: URL": `URL.createObjectURL(new Blob([${text}], { type: "text/javascript" }))`,
      "a file's blob: URL": `URL.createObjectURL(new File([${text}], "x", { type: "text/javascript" }))`,
    }).map(([where, url]) => ({
      title: `${title} of ${where}`,
      code: `put(el("script", { type: "${type}", src: ${url} })); await wait(50);`,
    })),
  ),
  ...["appendChild", "append", "prepend", "replaceChildren"].map((method) => ({
    title: `a script inserted by ${method}`,
    code: `const d = el("div"); put(d); d.${method}(el("script", { src: SCRIPT }));`,
  })),
  ...["before", "after", "replaceWith"].map((method) => ({
    title: `a script inserted by ${method}`,
    code: `const d = el("div"); put(d); d.${method}(el("script", { src: SCRIPT }));`,
  })),
  {
    title: "a script inserted by replaceChild",
    code: `const d = el("div"), p = el("p"); d.append(p); put(d); d.replaceChild(el("script", { src: SCRIPT }), p);`,
  },
  {
    title: "a script inserted by insertAdjacentElement",
    code: `const d = el("div"); put(d); d.insertAdjacentElement("beforeend", el("script", { src: SCRIPT }));`,
  },
  {
    title: "a script inserted by a range",
    code: `const d = el("div"); put(d); const r = document.createRange(); r.selectNodeContents(d); r.insertNode(el("script", { src: SCRIPT }));`,
  },
  {
    title: "a script inserted by moveBefore",
    code: `const d = el("div"), s = el("script", { type: "text/plain", src: SCRIPT }); put(d); put(s); s.type = ""; d.moveBefore ? d.moveBefore(s, null) : d.insertBefore(s, null); if (!d.contains(s)) throw s; put(s);`,
  },
  ...["src = SCRIPT", `setAttribute("src", SCRIPT)`].map((how) => ({
    title: `a connected script that is given its URL by ${how.split(/[ (]/)[0]}`,
    code: `const s = el("script"); put(s); s.${how};`,
  })),
  {
    title: "a connected script that is given its URL by an attribute node",
    code: `const s = el("script"), n = document.createAttribute("src"); put(s); n.value = SCRIPT; s.setAttributeNode(n);`,
  },
  ...Object.entries({
    removeAttributeNS: 's.removeAttributeNS(null, "type");',
    toggleAttribute: 's.toggleAttribute("type", false);',
    "its list of attributes": 's.attributes.removeNamedItem("type");',
    "a list of attributes from before": 'list.removeNamedItem("type");',
    "its attribute node": 's.removeAttributeNode(s.getAttributeNode("type"));',
    "an attribute node from before": "s.removeAttributeNode(node);",
  }).map(([how, code]) => ({
    title: `a script that loses its type by ${how}, and starts again`,
    code: `const s = el("script", { type: "text/javascript" }), list = s.attributes, node = s.getAttributeNode("type");
      s.src = SCRIPT; put(s); try { ${code} } catch {} s.src = SCRIPT; put(s);`,
  })),
  {
    title: "a script that loses its type, and gets more text",
    code: `const s = el("script"); s.text = "import('" + SCRIPT + "')"; put(s); s.removeAttributeNS(null, "type"); s.append(";");`,
  },
  {
    title: "a script with a URL that loses its type, and gets a text",
    code: `const s = el("script", { src: SCRIPT }); put(s); s.removeAttributeNS(null, "type"); s.append(";");`,
  },
  ...["removeAttribute('type')", "toggleAttribute('type')"].map((how) => ({
    title: `a text that becomes a script by ${how}, and gets more`,
    code: `const s = el("script", { type: "text/x" }); s.text = "import('" + SCRIPT + "')"; put(s); s.${how}; s.append(";");`,
  })),
  {
    title: "a copy of a script",
    code: `const s = el("script", { src: SCRIPT }); put(s.cloneNode(true));`,
  },
  {
    title: "a copy of a script deep in a tree",
    code: `const d = el("div"); d.append(el("p"), el("script", { src: SCRIPT })); put(d.cloneNode(true));`,
  },
  {
    title: "a script in a template's copied content",
    code: `const t = el("template"); t.content.append(el("p"), t.content.ownerDocument.createElement("script")); t.content.lastChild.setAttribute("src", SCRIPT); put(t.content.cloneNode(true));`,
  },
  {
    title: "a script in a template's imported content",
    code: `const t = el("template"); t.content.append(t.content.ownerDocument.createElement("script")); t.content.lastChild.setAttribute("src", SCRIPT); put(document.importNode(t.content, true));`,
  },
  ...Object.entries({
    "of a literal in brackets": "import((('${SCRIPT}')), {})",
    "of one of two literals": "import(window.none ? '/own' : '${SCRIPT}')",
    "of a raw template": "import(String.raw\\`${SCRIPT}\\`)",
    "of a URL object": "import(new URL('${SCRIPT}'))",
    "of a source": "import . /* x */ source ('${SCRIPT}')",
  }).map(([title, text]) => ({
    title: `import() ${title} in a script made from text`,
    code: `const s = el("script"); s.text = \`${text}\`; put(s);`,
    ...(text.includes("source") && { absent: /** @type {const} */ (["chromium", "webkit"]) }),
  })),
  ...Object.entries({
    "a script": "<script src='${SCRIPT}'><\\/script>",
    "import() in a script": "<script>import('${SCRIPT}')<\\/script>",
    "a script in a shadow root":
      "<div><template shadowrootmode=open><script src='${SCRIPT}'><\\/script></template></div>",
    "an import map":
      '<script type=importmap>{"imports":{"run":"${SCRIPT}"}}<\\/script><script type=module>import \'run\'<\\/script>',
  }).map(([title, text]) => ({
    title: `${title} in setHTMLUnsafe that runs scripts`,
    code: `const d = el("div"); put(d); d.setHTMLUnsafe(\`${text}\`, { runScripts: true });`,
    absent: /** @type {const} */ (["firefox", "webkit"]),
  })),
  {
    title: "a script in a contextual fragment",
    code: "put(document.createRange().createContextualFragment(`<script src=${SCRIPT}><\\/script>`));",
  },
  {
    title: "a script of another document, adopted",
    code: `const d = document.implementation.createHTMLDocument(""), s = d.createElement("script"); s.src = SCRIPT; put(document.adoptNode(s));`,
  },
  {
    title: "a script in a closed shadow root",
    code: `const h = el("div"); put(h); h.attachShadow({ mode: "closed" }).append(el("script", { src: SCRIPT }));`,
  },
  {
    title: "an SVG script by href",
    code: `const v = document.createElementNS(${SVG}, "svg"), s = document.createElementNS(${SVG}, "script"); s.setAttribute("href", SCRIPT); v.append(s); put(v);`,
  },
  {
    title: "an SVG script by xlink:href",
    code: `const v = document.createElementNS(${SVG}, "svg"), s = document.createElementNS(${SVG}, "script"); s.setAttributeNS(${XLINK}, "xlink:href", SCRIPT); v.append(s); put(v);`,
  },
  ...Object.entries({
    "that had an empty text": `s.append(""); document.body.append(s);`,
    "that had only a comment": `s.append(document.createComment("x")); document.body.append(s);`,
    "that had lost its src": `s.src = OWN; s.removeAttribute("src"); document.body.append(s);`,
    "that had lost its src by toggleAttribute": `s.src = OWN; s.toggleAttribute("src"); document.body.append(s);`,
    "in a frame of its own": `f.contentDocument.body.append(s);`,
  }).map(([title, before]) => ({
    title: `import() in a script ${title}, that gets its text there`,
    // In a realm where no script has waited for its text before, and the site's host is known.
    code: `const f = el("iframe"); put(f); const run = f.contentWindow.Function("SCRIPT, OWN", \`
        const f = document.createElement("iframe"), s = document.createElement("script"); document.body.append(f); for (const i of [1, 2]) document.createElement("img").src = OWN;
        ${before} s.text = "import('" + SCRIPT + "')";\`); run(SCRIPT, location.origin + "/own");`,
  })),
  {
    title: "an SVG script by href.baseVal",
    code: `const v = document.createElementNS(${SVG}, "svg"), s = document.createElementNS(${SVG}, "script"); s.href.baseVal = SCRIPT; v.append(s); put(v);`,
  },
  {
    title: "an SVG script that gets another type, and more text",
    code: `const v = document.createElementNS(${SVG}, "svg"), s = document.createElementNS(${SVG}, "script"); s.setAttribute("href", SCRIPT); v.append(s); put(v); s.type = "text/javascript"; s.append(";");`,
  },
  { title: "a module script", code: `put(el("script", { type: "module", src: SCRIPT }));` },
  {
    title: "a static import in a module made from text",
    code: `const s = el("script", { type: "module" }); s.textContent = "import '" + SCRIPT + "'"; put(s);`,
  },
  {
    title: "a static import with an escaped URL in a module made from text",
    code: `const s = el("script", { type: "module" }); s.textContent = "import '" + SCRIPT.replace("segment", "seg\\\\u006d\\\\x65nt") + "'"; put(s);`,
  },
  {
    title: "a static import with comments in a module made from text",
    code: `const s = el("script", { type: "module" }); s.textContent = "import /* it's */ // from \\n'" + SCRIPT + "'"; put(s);`,
  },
  ...Object.entries({ script: "", module: "module" }).map(([title, type]) => ({
    title: `import() of a literal in a ${title} made from text`,
    code: `const s = el("script", { type: "${type}" }); s.text = "const a = /['/]/g; void import ( /* it's */ \`" + SCRIPT + "\`)"; put(s);`,
  })),
  {
    title: "import() of a literal in a script that is there and gets its text",
    code: `const s = el("script"); put(s); s.append("import('" + SCRIPT + "')");`,
  },
  ...Object.entries({
    "import() of a literal": `el("script"), "import('" + SCRIPT + "')"`,
    "a static import": `el("script", { type: "module" }), "import '" + SCRIPT + "'"`,
  }).map(([what, made]) => ({
    title: `${what} in a text that a range puts a script around`,
    code: `const [s, text] = [${made}], d = el("div"); d.append(text); put(d); const r = new Range(); r.selectNodeContents(d); r.surroundContents(s);`,
  })),
  ...Object.entries({
    text: "s.text = TEXT",
    textContent: "s.textContent = TEXT",
    innerText: "s.innerText = TEXT",
    append: "s.append(TEXT)",
    "a text node": "s.appendChild(document.createTextNode(TEXT))",
    innerHTML: "s.innerHTML = TEXT",
    insertAdjacentText: "s.insertAdjacentText('beforeend', TEXT)",
    "a range":
      "const r = new Range(); r.selectNodeContents(s); r.insertNode(document.createTextNode(TEXT))",
    before: "const c = document.createComment(''); s.append(c); c.before(TEXT)",
    "another type and more text": "s.type = 'x/y'; s.text = TEXT; s.type = 'module'; s.append(' ')",
    "another type and a range in its text":
      "s.type = 'x/y'; s.text = TEXT; s.type = 'module'; const r = new Range(); r.setStart(s.firstChild, 0); r.insertNode(new Text(' ')); r.deleteContents()",
    "a URL between quotes": `s.type = "x/y"; s.append("import '", "'"); s.type = "module"; s.firstChild.after(SCRIPT)`,
  }).map(([title, use]) => ({
    title: `a static import in a module that is there and gets its text by ${title}`,
    code: `const TEXT = "import " + JSON.stringify(SCRIPT), s = el("script", { type: "module" }); put(s); ${use};`,
  })),
  ...Object.entries({
    appendData: "appendData(' ')",
    insertData: "insertData(0, ' ')",
    deleteData: "deleteData(0, 1)",
    replaceData: "replaceData(0, 1, '')",
    data: "data += ' '",
  }).map(([title, use]) => ({
    title: `import() in a script that is there, gets another type and is changed by ${title}`,
    code: `const s = el("script", { type: "x/y" }); s.text = " import('" + SCRIPT + "')"; put(s); s.type = ""; s.firstChild.${use};`,
    absent: ["chromium", "webkit"],
  })),
  ...Object.entries({
    "made from text": "s.text = TEXT; put(s);",
    "that is there and gets its text": "put(s); s.text = TEXT;",
  }).map(([title, use]) => ({
    title: `a web bundle ${title}`,
    code: `const TEXT = JSON.stringify({ source: URL_, resources: [URL_] }), s = el("script", { type: "webbundle" }); ${use}`,
    absent: /** @type {const} */ (["firefox", "webkit"]),
  })),
  {
    title: "a static import with names in a module made from text",
    code: `const s = el("script", { type: "module" }); s.textContent = "export * from /**/ \\n'" + SCRIPT + "'".replace("/**/", ""); s.textContent = "import a, { b as c } from \\n '" + SCRIPT + "';"; put(s);`,
  },
  {
    title: "a base element that makes a relative script Segment's",
    code: `const b = el("base", { href: SCRIPT }); document.head.prepend(b); const s = el("script"); s.src = SCRIPT.split("/").pop(); put(s); b.remove();`,
  },
  {
    title: "a base element that comes between a relative script's URL and its insertion",
    code: `${OWN} s.src = SCRIPT.split("/").pop(); const b = el("base", { href: SCRIPT }); document.head.prepend(b); put(s); b.remove();`,
  },
  ...[
    `s.src = SCRIPT;`,
    `s.setAttribute("src", SCRIPT);`,
    `const n = document.createAttribute("src"); n.value = SCRIPT; s.setAttributeNode(n);`,
    `s.attributes.src.value = SCRIPT;`,
  ].map((change, i) => ({
    title: `a script that is given the site's URL first, then Segment's ${["by property", "by setAttribute", "by an attribute node", "by its attribute's value"][i]}`,
    code: `${OWN} s.src = location.origin + "/own"; ${change} put(s);`,
  })),
  {
    title: "a script whose URL of the site's gives way to a module's text",
    code: `${OWN} s.src = location.origin + "/own"; s.removeAttribute("src"); s.type = "module"; s.text = "import '" + SCRIPT + "'"; put(s);`,
  },
  {
    title: "a script behind one that is the site's, in one append",
    code: `${OWN} s.src = location.origin + "/own"; document.body.append(s, el("script", { src: SCRIPT }));`,
  },
  ...Object.entries({
    "of an old type": ["application/x-javascript", `"import('" + SCRIPT + "')"`],
    "behind a regular expression with a quote": [
      "",
      `"if (1) /\\"/.test(''); import('" + SCRIPT + "')"`,
    ],
    "behind a division": ["", `"var q = 1, r = q++ / 2; import('" + SCRIPT + "'); r = 1 / q"`],
    "in a template": ["", `"\`\${import('" + SCRIPT + "')}\`"`],
    "behind three dots": [
      "",
      `"[...[import('" + SCRIPT + "')]]; f(...import('" + SCRIPT + "')); function f() {}"`,
    ],
    "behind a comment that a paragraph's end ends": ["", `"// x\\u2028import('" + SCRIPT + "')"`],
    "with a blank that is no space": ["", `"import\\u00a0('" + SCRIPT + "')"`],
  }).map(([how, [type, text]]) => ({
    title: `import() of a literal in a script ${how}`,
    code: `const s = el("script", { type: "${type}" }); s.textContent = ${text}; put(s);`,
  })),
  {
    title: "a static import with a blank that is no space",
    code: `const s = el("script", { type: "module" }); s.textContent = "import\\ufeff'" + SCRIPT + "'"; put(s);`,
  },
  ...Object.entries({
    "its type": `s.type = "text/x"; s.textContent = TEXT; r.append(s); s.type = "";`,
    "its text": `s.append("/**/"); r.append(s); s.append(TEXT);`,
  }).map(([what, code]) => ({
    title: `a script in a shadow tree that gets ${what} before the tree's host is inserted`,
    code: `const h = el("div"), s = el("script"), r = h.attachShadow({ mode: "open" }), TEXT = "import('" + SCRIPT + "')"; ${code} put(h);`,
  })),
];

const INDEXED = "such a collection's indexes cannot be wrapped";

/** @type {Channel[]} */
export const ATTRIBUTES = [
  ...IMAGE_SETTERS,
  {
    title: "the srcset of an image",
    code: `const e = el("img"); e.srcset = "/own 1x, " + URL_ + " 1x"; e.srcset = URL_ + " 1x"; put(e);`,
  },
  { title: "an image that is never inserted", code: `new Image().src = URL_;` },
  {
    title: "the srcset of a source in a picture",
    code: `const p = el("picture"), s = el("source"), i = el("img"); s.srcset = URL_; p.append(s, i); put(p); i.src = "/own";`,
  },
  { title: "the src of a frame", code: `const e = el("iframe"); e.src = URL_; put(e);` },
  {
    title: "the src of a frame that is there",
    code: `const e = el("iframe"); put(e); e.src = URL_;`,
  },
  {
    title: "an image in a frame's srcdoc",
    code: "const e = el('iframe'); e.srcdoc = `<img src='${URL_}'>`; put(e);",
  },
  { title: "a stylesheet", code: `put(el("link", { rel: "stylesheet", href: URL_ }));` },
  {
    title: "a link to preload",
    code: `put(el("link", { rel: "preload", as: "script", href: SCRIPT }));`,
  },
  {
    title: "a link to preload a module",
    code: `put(el("link", { rel: "modulepreload", href: SCRIPT }));`,
  },
  {
    title: "a link to prefetch",
    code: `put(el("link", { rel: "prefetch", href: URL_ }));`,
    absent: ["webkit"],
  },
  {
    title: "a link whose rel is set last",
    code: `const l = el("link"); l.href = URL_; put(l); l.rel = "stylesheet";`,
  },
  {
    title: "a link's imagesrcset",
    code: `put(el("link", { rel: "preload", as: "image", imagesrcset: URL_ + " 1x" }));`,
  },
  { title: "the data of an object", code: `const e = el("object"); e.data = URL_; put(e);` },
  { title: "the src of an embed", code: `const e = el("embed"); e.src = URL_; put(e);` },
  {
    title: "the code of an embed",
    code: `put(el("embed", { type: "text/html", code: URL_ }));`,
    absent: ["firefox"],
  },
  {
    title: "the src of a video",
    code: `const e = el("video"); e.preload = "auto"; e.src = URL_; put(e);`,
  },
  { title: "the poster of a video", code: `const e = el("video"); e.poster = URL_; put(e);` },
  {
    title: "the src of a source in a video",
    code: `const e = el("video"), s = el("source"); e.preload = "auto"; s.src = URL_; e.append(s); put(e);`,
  },
  { title: "new Audio", code: `new Audio(URL_);` },
  {
    title: "the src of a track",
    code: `const e = el("video"), t = el("track"); e.crossOrigin = "anonymous"; t.default = true; t.kind = "subtitles"; t.src = URL_; e.append(t); put(e); t.track.mode = "showing"; await wait(100);`,
  },
  {
    title: "the src of an image input",
    code: `const e = el("input", { type: "image" }); e.src = URL_; put(e);`,
  },
  {
    title: "an SVG image by href",
    code: `const v = document.createElementNS(${SVG}, "svg"), i = document.createElementNS(${SVG}, "image"); i.setAttribute("href", URL_); v.append(i); put(v);`,
  },
  {
    title: "an SVG image by href.baseVal",
    code: `const v = document.createElementNS(${SVG}, "svg"), i = document.createElementNS(${SVG}, "image"); i.href.baseVal = URL_; v.append(i); put(v);`,
  },
  {
    title: "an SVG image by the href.baseVal that a frame's getter gives",
    code: `const f = el("iframe"), v = document.createElementNS(${SVG}, "svg"), i = document.createElementNS(${SVG}, "image"); put(f); v.append(i); put(v);
      Object.getOwnPropertyDescriptor(f.contentWindow.SVGImageElement.prototype, "href").get.call(i).baseVal = URL_;`,
  },
  {
    title: "an SVG image by xlink:href",
    code: `const v = document.createElementNS(${SVG}, "svg"), i = document.createElementNS(${SVG}, "image"); i.setAttributeNS(${XLINK}, "xlink:href", URL_); v.append(i); put(v);`,
  },
  {
    title: "an SVG filter's image",
    code: `const v = document.createElementNS(${SVG}, "svg"), f = document.createElementNS(${SVG}, "filter"), i = document.createElementNS(${SVG}, "feImage"), r = document.createElementNS(${SVG}, "rect");
      f.id = "f" + TRY; i.setAttribute("href", URL_); f.append(i); r.setAttribute("filter", "url(#f" + TRY + ")"); r.setAttribute("width", 9); r.setAttribute("height", 9); v.append(f, r); put(v); await wait(100);`,
  },
  {
    title: "an SVG image whose href is animated by set",
    code: `const v = document.createElementNS(${SVG}, "svg"), i = document.createElementNS(${SVG}, "image"), s = document.createElementNS(${SVG}, "set");
      s.setAttribute("attributeName", "href"); s.setAttribute("to", URL_); i.append(s); v.append(i); put(v); await wait(200);`,
    absent: ["webkit"],
  },
  {
    title: "an SVG image whose href is animated by several values",
    code: `const v = document.createElementNS(${SVG}, "svg"), i = document.createElementNS(${SVG}, "image"), s = document.createElementNS(${SVG}, "animate");
      s.setAttribute("attributeName", "href"); s.setAttribute("values", "/empty.svg; " + URL_); s.setAttribute("dur", "0.3s"); s.setAttribute("fill", "freeze"); i.append(s); v.append(i); put(v); await wait(500);`,
    absent: ["webkit"],
  },
  {
    title: "an SVG font's URI",
    code: `const v = document.createElementNS(${SVG}, "svg"), f = document.createElementNS(${SVG}, "font-face"), s = document.createElementNS(${SVG}, "font-face-src"), u = document.createElementNS(${SVG}, "font-face-uri");
      f.setAttribute("font-family", "uri" + TRY); u.setAttribute("href", URL_); s.append(u); f.append(s); v.append(f); put(v); const p = el("p", { style: "font-family: uri" + TRY }); p.textContent = "x"; put(p); await wait(100);`,
    absent: ["chromium", "firefox"],
  },
  {
    title: "an image whose URL became another host's by a new base",
    code: `const i = el("iframe", { src: URL_.split(".io/")[1] }), b = el("base", { href: "https://api.segment.io/" }); document.head.append(b); put(i); await wait(50); b.remove();`,
  },
  { title: "the background of the body", code: `document.body.background = URL_;` },
  {
    title: "the background of a table's cell",
    code: `const t = el("table"); const c = t.insertRow().insertCell(); c.textContent = "x"; put(t); c.setAttribute("background", URL_);`,
  },
  ...["thead", "tbody", "tfoot"].map((name) => ({
    title: `the background of a ${name}`,
    code: `const t = el("table"), s = el("${name}"); s.insertRow().insertCell().textContent = "x"; t.append(s); put(t); s.setAttribute("background", URL_); await wait(50);`,
  })),
  ...["colgroup", "col"].map((name) => ({
    title: `the background of a ${name}`,
    code: `const t = el("table"), s = el("${name}"); t.append(s); t.insertRow().insertCell().textContent = "x"; put(t); s.setAttribute("background", URL_); await wait(50);`,
    absent: ["firefox"],
  })),
  {
    title: "the ping of a link that is clicked",
    code: `const a = el("a", { href: "#x" }); a.ping = URL_; put(a); a.click();`,
    absent: ["firefox"],
  },
  {
    title: "a form that is submitted by its method",
    code: `const i = el("iframe", { name: "form" + TRY }), f = el("form", { action: URL_, target: "form" + TRY }); put(i); put(f); f.submit();`,
  },
  {
    title: "a form that is submitted by its button",
    code: `const i = el("iframe", { name: "form" + TRY }), f = el("form", { target: "form" + TRY, method: "post" }), b = el("button", { formaction: URL_ }); f.append(b); put(i); put(f); b.click();`,
  },
  {
    title: "a form that is submitted by requestSubmit",
    code: `const i = el("iframe", { name: "form" + TRY }), f = el("form", { action: URL_, target: "form" + TRY }), n = el("input", { name: "action" }); f.append(n); put(i); put(f); f.requestSubmit();`,
  },
  ...Object.entries({
    "an event": 'new Event("submit", { bubbles: true, cancelable: true })',
    "an event that cannot be prevented": 'new Event("submit")',
    "an event with its button": 'new SubmitEvent("submit", { submitter: b })',
  }).map(([title, event]) => ({
    title: `a form that is submitted by ${title}`,
    code: `const i = el("iframe", { name: "form" + TRY }), f = el("form", { action: URL_, target: "form" + TRY }), b = el("button"); f.append(b); put(i); put(f); f.dispatchEvent(${event}); await wait(50);`,
    absent: /** @type {import("./harness.js").Engine[]} */ (["chromium", "webkit"]),
  })),
  ...Object.entries({
    "when it is submitted": "() => { f.action = URL_; }",
    "when it is submitted, and ends the event":
      "(event) => { event.stopPropagation(); f.action = URL_; }",
    "by its button when it is submitted": "() => { b.formAction = URL_; }",
  }).map(([title, listener]) => ({
    title: `a form that gets its URL ${title}`,
    code: `const i = el("iframe", { name: "form" + TRY }), f = el("form", { action: "/empty", target: "form" + TRY }), b = el("button"); f.append(b); f.onsubmit = ${listener}; put(i); put(f); b.click(); await wait(50);`,
  })),
  ...["open", "closed"].map((mode) => ({
    title: `a form in a shadow root (${mode})`,
    code: `const i = el("iframe", { name: "form" + TRY }), h = el("div"), f = el("form", { action: URL_, target: "form" + TRY }), b = el("button"); f.append(b); put(i); put(h); h.attachShadow({ mode: "${mode}" }).append(f); b.click(); await wait(50);`,
  })),
  {
    title: "a form in a closed shadow root that markup made, which its custom element finds",
    code: `const i = el("iframe", { name: "form" + TRY }), h = el("div"); put(i); put(h); h.setHTMLUnsafe("<x-form><template shadowrootmode=closed><form target=form" + TRY + "><button>x</button></form></template></x-form>");
      customElements.define("x-form", class extends HTMLElement { constructor() { super(); const r = this.attachInternals().shadowRoot; r.querySelector("form").action = URL_; r.querySelector("button").click(); } }); await wait(50);`,
  },
  {
    title: "a form that gets its URL from a listener of the window's",
    code: `const i = el("iframe", { name: "form" + TRY }), f = el("form", { action: "/empty", target: "form" + TRY }), b = el("button"); f.append(b); put(i); put(f);
      const set = () => { f.action = URL_; }; addEventListener("submit", set); b.click(); await wait(50); removeEventListener("submit", set);`,
  },
  ...Object.entries({
    "made by setHTMLUnsafe":
      "h.setHTMLUnsafe(`<div><template shadowrootmode=open>${HTML}</template></div>`);",
    "copied with its host":
      "const o = el('div'), r = o.attachShadow({ mode: 'open', clonable: true }); r.innerHTML = HTML; h.append(o.cloneNode(true));",
  }).flatMap(([made, code]) =>
    Object.entries({
      "sent by its button": "r.querySelector('button').click();",
      "sent by requestSubmit": "r.querySelector('form').requestSubmit();",
    }).map(([how, send]) => ({
      title: `a form in a shadow root ${made}, ${how}`,
      code: `const i = el("iframe", { name: "form" + TRY }), h = el("div"); put(i); put(h); const HTML = "<form action=" + URL_ + " target=form" + TRY + "><button>x</button></form>"; { ${code} } { const r = h.firstChild.shadowRoot; ${send} } await wait(50);`,
    })),
  ),
  {
    title: "a meta refresh without url=",
    code: `const i = el("iframe"); put(i); const d = i.contentDocument, m = d.createElement("meta"); m.httpEquiv = "refresh"; m.content = "0, " + URL_; d.head.append(m); await wait(300);`,
  },
  {
    title: "a meta refresh in a frame",
    code: `const i = el("iframe"); put(i); const d = i.contentDocument, m = d.createElement("meta"); m.httpEquiv = "refresh"; m.content = "0; url=" + URL_; d.head.append(m); await wait(300);`,
  },
  ...["img", "source"].map((name) => ({
    title: `the second URL of a srcset without a blank before it (${name})`,
    code: `const p = el("picture"), e = el("${name}"), i = ${name === "img" ? "e" : 'el("img")'}; e.srcset = "/own 0.1x," + URL_ + " 1x"; p.append(e, i); put(p);`,
  })),
  {
    title: "the second URL of a srcset behind brackets",
    code: `const e = el("img"); e.srcset = "/own 0.1x," + URL_ + " 1x"; put(e); put(el("img", { srcset: "/own foo(a,b)," + URL_ + " 1x" }));`,
  },
  ...Object.entries({
    inserted: "put(x.documentElement)",
    imported: "put(document.importNode(x.documentElement, true))",
  }).map(([how, code]) => ({
    title: `an SVG image whose XLink has another prefix, ${how}`,
    code: `const x = new DOMParser().parseFromString("<svg xmlns='http://www.w3.org/2000/svg' xmlns:ns1=" + ${JSON.stringify(XLINK)}.replaceAll('"', "'") + "><image ns1:href='" + URL_ + "' width='9' height='9'/></svg>", "image/svg+xml"); ${code};`,
  })),
  {
    title: "the ping of an SVG link that is clicked",
    code: `const v = document.createElementNS(${SVG}, "svg"), a = document.createElementNS(${SVG}, "a"); a.setAttribute("href", "#x"); a.ping = URL_; v.append(a); put(v); a.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));`,
    absent: ["firefox", "webkit"],
  },
  {
    title: "a MathML link that is clicked",
    code: `const i = el("iframe", { name: "math" + TRY }), M = "http://www.w3.org/1998/Math/MathML", m = document.createElementNS(M, "math"), r = document.createElementNS(M, "mrow"); put(i); const d = i.contentDocument; r.setAttribute("href", URL_); m.append(r); d.body.append(m); r.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })); await wait(50);`,
    absent: ["chromium"],
  },
];

/** Markup that loads something, as text with URL_. @type {Record<string, string>} */
const MARKUP = {
  "an image": "<p>a <img alt=x src=${URL_}> b",
  "an image in odd writing": "<IMG\\nALT='>' SRC = \\\"${URL_}\\\"/>",
  "a frame": "<iframe src='${URL_}'></iframe>",
  "a stylesheet": "<link rel=stylesheet href='${URL_}'>",
  "an object": "<object data='${URL_}'></object>",
  "an embed": "<embed src='${URL_}'>",
  "a video's poster": "<video poster='${URL_}'></video>",
  "an SVG image": "<svg><image href='${URL_}'/></svg>",
  "an image with an entity in its URL": '<img src=\'${URL_.replace("segment", "s&#101;gment")}\'>',
  "a frame's document": "<iframe srcdoc=\\\"<img src='${URL_}'>\\\"></iframe>",
};

/** What an image's markup can hide a host behind, by the text that makes URL_ so. @type {Record<string, string>} */
const HIDDEN = {
  "without a scheme": "URL_.slice(6)",
  "with backslashes": `URL_.slice(6).replaceAll("/", "\\\\")`,
  "with a line's end between the slashes": `URL_.slice(6).replace("/", "/\\n")`,
  "with a line's end in the scheme": `URL_.replace("s:", "s\\n:")`,
  "with slashes by entity": `URL_.slice(6).replaceAll("/", "&#47;")`,
  "with slashes by name": `URL_.slice(6).replaceAll("/", "&sol;")`,
  "with a colon by entity": `URL_.replace(":", "&colon;")`,
  "with a scheme in capitals": `URL_.replace("https", "HTTPS")`,
  "behind one of the site's": `location.origin + "/own' alt='&amp;'><img src='" + URL_`,
};

/** @type {Channel[]} */
export const MARKUPS = [
  ...Object.entries(HIDDEN).map(([title, url]) => ({
    title: `an image in innerHTML, ${title}`,
    code: `${OWN.replace(/const s.*/, "")} el("div").innerHTML = "<img src='" + ${url} + "'>";`,
  })),
  {
    title: "a frame's document in innerHTML whose slashes are entities of entities",
    code: `const d = el("div"); put(d); d.innerHTML = "<iframe srcdoc='&lt;img src=" + URL_.slice(6).replaceAll("/", "&amp;#47;") + ">'></iframe>";`,
  },
  ...Object.entries(MARKUP).map(([title, html]) => ({
    title: `${title} in innerHTML`,
    code: `const d = el("div"); put(d); d.innerHTML = \`${html.replaceAll('\\"', '"')}\`;`,
  })),
  {
    title: "an image in innerHTML of a detached element",
    code: "el('div').innerHTML = `<img src=${URL_}>`;",
  },
  {
    title: "an image in outerHTML",
    code: "const d = el('div'); put(d); d.outerHTML = `<img src=${URL_}>`;",
  },
  ...["beforebegin", "afterbegin", "beforeend", "afterend"].map((where) => ({
    title: `an image in insertAdjacentHTML ${where}`,
    code: `const d = el("div"); put(d); d.insertAdjacentHTML("${where}", \`<img src=\${URL_}>\`);`,
  })),
  {
    title: "an image in setHTMLUnsafe",
    code: "const d = el('div'); put(d); if (d.setHTMLUnsafe) d.setHTMLUnsafe(`<img src=${URL_}>`); else d.innerHTML = `<img src=${URL_}>`;",
  },
  ...Object.entries({
    innerHTML: "d.innerHTML = HTML;",
    insertAdjacentHTML: "d.insertAdjacentHTML('beforeend', HTML);",
    createContextualFragment: "d.append(document.createRange().createContextualFragment(HTML));",
    "document.write":
      "const f = el('iframe'); put(f); f.contentDocument.open(); f.contentDocument.write(HTML); f.contentDocument.close();",
  }).map(([title, code]) => ({
    title: `an image by its old name in ${title}`,
    code: `const d = el("div"); put(d); const HTML = "<image src=" + URL_ + ">"; ${code} await wait(50);`,
  })),
  {
    title: "an image in a shadow root's innerHTML",
    code: "const d = el('div'); put(d); d.attachShadow({ mode: 'closed' }).innerHTML = `<img src=${URL_}>`;",
  },
  ...Object.entries({
    "that setHTMLUnsafe declares": "const d = el('div'); put(d); d.setHTMLUnsafe(TREE);",
    "that parseHTMLUnsafe declares": "put(Document.parseHTMLUnsafe(TREE).body.firstChild);",
    "of another document's element":
      "const d = document.implementation.createHTMLDocument().createElement('div'); d.attachShadow({ mode: 'closed' }).innerHTML = `<img src=${URL_}>`; put(d);",
    "of a template's element, copied":
      "const t = el('template'); t.setHTMLUnsafe(TREE); put(t.content.cloneNode(true));",
    "of a template's element, imported":
      "const t = el('template'); t.setHTMLUnsafe(TREE); put(document.importNode(t.content, true));",
  }).map(([how, code]) => ({
    title: `an image in a shadow root ${how}`,
    code: code.replace(
      "TREE",
      "`<div><template shadowrootmode=open shadowrootclonable><img src=${URL_}></template></div>`",
    ),
  })),
  {
    title: "an image in a contextual fragment",
    code: "document.createRange().createContextualFragment(`<img src=${URL_}>`);",
  },
  {
    title: "an image written into a document without a window, whose open element is in the page",
    code: `${aside()} d.write('<img src="' + URL_ + '">');`,
  },
  {
    title: "an image written there whose tag is cut",
    code: `${aside()} d.write('<img src="' + URL_.slice(0, 12)); d.write(URL_.slice(12) + '">');`,
  },
  {
    title: "an image in a frame's document written there",
    code: `${aside()} d.writeln('<iframe srcdoc="<img src=' + URL_ + '>"></iframe>');`,
  },
  {
    title:
      "an image written into a document that DOMParser made, whose open element is in the page",
    code: `${aside("new DOMParser().parseFromString('', 'text/html')")} d.write('<p><img src="' + URL_ + '">'); d.close();`,
  },
  {
    title: "a script written into a document without a window, whose open element is in the page",
    code: `${aside()} d.write('<script src="' + SCRIPT + '"><\\/script>');`,
    absent: ["chromium", "firefox"],
  },
  {
    title: "an image in a document that DOMParser made, adopted",
    code: "document.adoptNode(new DOMParser().parseFromString(`<img src=${URL_}>`, 'text/html').images[0]);",
  },
  {
    title: "an image in a document that DOMParser made, inserted",
    code: "put(new DOMParser().parseFromString(`<p><img src=${URL_}>`, 'text/html').body.firstChild);",
  },
  {
    title: "an image in a template's copied content",
    code: "const t = el('template'); t.innerHTML = `<img src=${URL_}>`; put(t.content.cloneNode(true));",
  },
  {
    title: "an image in a template's imported content",
    code: "const t = el('template'); t.innerHTML = `<img src=${URL_}>`; document.importNode(t.content, true);",
  },
  {
    title: "an image in insertHTML",
    code: "const d = el('div', { contenteditable: '' }); put(d); d.focus(); document.execCommand('insertHTML', false, `<img src=${URL_}>`);",
  },
  {
    title: "an image in insertImage",
    code: "const d = el('div', { contenteditable: '' }); put(d); d.focus(); document.execCommand('insertImage', false, URL_);",
  },
  {
    title: "an SVG image animated in innerHTML",
    code: "const d = el('div'); put(d); d.innerHTML = `<svg><image><set attributeName=href to=${URL_} /></image></svg>`; await wait(200);",
    absent: ["webkit"],
  },
  {
    title: "an image in an option that DOMParser made",
    code: "const t = new DOMParser().parseFromString(`<select><option><img src='${URL_}'></option></select>`, 'text/html'), s = el('select'); put(s); s.add(t.querySelector('option'));",
    absent: ["webkit"],
  },
  {
    title: "an image in an option that DOMParser made, put by its index",
    code: "const t = new DOMParser().parseFromString(`<select><option><img src='${URL_}'></option></select>`, 'text/html'), s = el('select'); put(s); s.options[0] = t.querySelector('option');",
    absent: ["webkit"],
    limits: {
      chromium: INDEXED,
      firefox: INDEXED,
    },
  },
  ...["caption", "tHead", "tFoot"].map((name) => ({
    title: `an image in a table's ${name} that DOMParser made`,
    code: `const t = new DOMParser().parseFromString(\`<table><${name}><tr><td><img src='\${URL_}'>\`, 'text/html'), s = el('table'); put(s); s.${name} = t.querySelector('${name}');`.replace(
      name === "caption" ? "<tr><td>" : "<->",
      "",
    ),
  })),
  {
    title: "an image in a body that DOMParser made",
    code: "const old = document.body; document.body = new DOMParser().parseFromString(`<img src='${URL_}'>`, 'text/html').body; document.body = old;",
  },
  {
    title: "an image that XSLT makes",
    code: "const x = new DOMParser().parseFromString(`<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'><img src='${URL_}'/></xsl:template></xsl:stylesheet>`, 'text/xml'), p = new XSLTProcessor(); p.importStylesheet(x); put(p.transformToFragment(x, document));",
  },
  {
    title: "an image in a frame's document, by innerHTML",
    code: "const f = el('iframe'); put(f); f.contentDocument.body.innerHTML = `<img src=${URL_}>`;",
  },
  {
    title: "an image written into a frame",
    code: "const f = el('iframe'); put(f); const d = f.contentDocument; d.open(); d.write(`<p><img src=${URL_}>`); d.close();",
  },
  {
    title: "a script written into a frame in pieces",
    code: "const f = el('iframe'); put(f); const d = f.contentDocument; d.open(); d.write('<scr', 'ipt s'); d.write('rc=', SCRIPT); d.write('></scr'); d.write('ipt>'); d.close();",
  },
  ...["d.open();", ""].flatMap((open) => [
    {
      title: `an image in a frame's document, written in pieces over time${open ? "" : ", without open()"}`,
      code: `const f = el("iframe"); put(f); const d = f.contentDocument; ${open} d.write("<img sr"); await null; await wait(20); d.write("c=" + URL_ + ">"); d.close(); await wait(50);`,
    },
    {
      title: `a link in a frame's document that a script of it clicks, written${open ? "" : " without open()"}`,
      code: `const f = el("iframe"); put(f); const d = f.contentDocument; ${open} d.write("<a id=link href='" + URL_ + "' target=zf></a><iframe name=zf></iframe><script>link.click()<\\/script>"); d.close(); await wait(100);`,
    },
  ]),
  ...Object.entries({
    innerHTML: "const d = el('div'); put(d); d.innerHTML = HTML;",
    insertAdjacentHTML: "const d = el('div'); put(d); d.insertAdjacentHTML('beforeend', HTML);",
    "a contextual fragment": "put(document.createRange().createContextualFragment(HTML));",
  }).map(([where, code]) => ({
    title: `an image behind a noscript that ends in a title, in ${where}`,
    code: `const HTML = "<noscript><p title='</noscript><img src=" + URL_ + ">'></noscript>"; ${code}`,
  })),
  {
    title: "an image in a closed shadow root that parseHTML declares",
    code: "const HTML = '<div><template shadowrootmode=closed><img src=' + URL_ + '></template></div>'; put(document.adoptNode(Document.parseHTML(HTML, { sanitizer: {} }).body.firstChild));",
    absent: ["webkit"],
  },
  ...Object.entries({
    "a data: URL in base64": "`data:text/html;base64,${btoa(HTML)}`",
    "a data: URL with escapes": "`DATA:text/html,${encodeURIComponent(HTML)}`",
    "a blob: URL": "URL.createObjectURL(new Blob([HTML], { type: 'text/html' }))",
  }).flatMap(([what, text]) =>
    Object.entries({
      "a frame in innerHTML": "d.innerHTML = `<iframe src='${TEXT}'></iframe>`;",
      "an object in insertAdjacentHTML":
        "d.insertAdjacentHTML('beforeend', `<object data='${TEXT}'></object>`);",
      "an embed in a contextual fragment":
        "d.append(document.createRange().createContextualFragment(`<embed type='text/html' src='${TEXT}'>`));",
      "a frame in a frame's document":
        "d.innerHTML = `<iframe srcdoc=\"<iframe src='${TEXT}'></iframe>\"></iframe>`;",
    }).map(([how, code]) => ({
      title: `an image in ${what} of ${how}`,
      code: `const d = el("div"), HTML = "<img src=" + URL_ + ">", TEXT = ${text}; put(d); ${code} await wait(200);`,
    })),
  ),
  ...Object.entries({
    "in insertAdjacentHTML of a template": "t.insertAdjacentHTML('beforeend', HTML);",
    "in outerHTML of a template's child": "t.append(el('b')); t.firstChild.outerHTML = HTML;",
  }).map(([where, code]) => ({
    title: `an image ${where}`,
    code: `const t = el("template"), HTML = "<img src=" + URL_ + ">"; put(t); ${code}`,
  })),
  ...Object.entries({
    "a template": "const d = el('template'); d.setHTMLUnsafe(HTML); put(d.content.firstChild);",
    "another document":
      "const d = document.implementation.createHTMLDocument('').createElement('div'); d.setHTMLUnsafe(HTML); put(d);",
  }).map(([where, code]) => ({
    title: `an image in a closed shadow root that setHTMLUnsafe declares in ${where}`,
    code: `const HTML = "<div><template shadowrootmode=closed><img src=" + URL_ + "></template></div>"; ${code}`,
  })),
  ...Object.entries({
    copied: "t.content.cloneNode(true)",
    imported: "document.importNode(t.content, true)",
    "copied by a range": "r.cloneContents()",
  }).map(([how, copy]) => ({
    title: `an image in a closed shadow root of a template's element, ${how}`,
    code: `const t = el("template"), h = el("div"), r = document.createRange(); t.content.append(h); r.selectNodeContents(t.content);
      h.attachShadow({ mode: "closed", clonable: true }).innerHTML = "<img src=" + URL_ + ">"; put(${copy});`,
  })),
];

/** Written while the page is parsed: each is a script in the page. @type {Channel[]} */
export const WRITTEN = [
  { title: "a script", code: "document.write(`<script src=${SCRIPT}><\\/script>`);" },
  {
    title: "a script, by writeln",
    code: "document.writeln(`<SCRIPT SRC='${SCRIPT}'><\\/SCRIPT>`);",
  },
  {
    title: "a script in several arguments",
    code: "document.write('<script src=', SCRIPT, '></', 'script>');",
  },
  {
    title: "a script in several writes",
    code: "document.write('<scr'); document.write('ipt async src=\"'); document.write(SCRIPT); document.write('\"></scr'); document.write('ipt>');",
  },
  {
    title: "a static import in a module",
    code: "document.write(`<script type=module>import '${SCRIPT}'<\\/script>`);",
  },
  {
    title: "import() of a literal in a script",
    code: "document.write(`<script>void import('${SCRIPT}')</`, 'script>');",
  },
  {
    title: "a static import in a module, in several writes",
    code: "document.write('<script type=module>imp'); document.write('ort \"', SCRIPT); document.write('\"</scr'); document.write('ipt>');",
  },
  {
    title: "import() of a literal in a script, in several writes",
    code: "document.write('<script>'); document.write('void import(\"', SCRIPT, '\");'); document.write('</scr', 'ipt>');",
  },
  {
    title: "a script in a patch for a marker",
    code: `document.write("<b><?marker name='written'></b><template for=written><script src=", SCRIPT, "></", "script></template>");`,
    absent: ["firefox", "webkit"],
  },
  {
    title: "an async module",
    code: "document.write(`<script type=module async src=${SCRIPT}><\\/script>`);",
  },
  { title: "an image", code: "document.write(`<img src=${URL_}>`);" },
  { title: "a frame", code: "document.write(`<iframe src=${URL_}></iframe>`);" },
  { title: "a stylesheet", code: "document.write(`<link rel=stylesheet href=${URL_}>`);" },
  {
    title: "a script behind another's text",
    code: "document.write(`<script>var a = '<b>';<\\/script><script src=${SCRIPT}><\\/script>`);",
  },
  {
    title: "a script behind a comment",
    code: "document.write(`<!-- <script> --><script src=${SCRIPT}><\\/script>`);",
  },
  ...["href", "xlink:href"].map((name) => ({
    title: `an SVG script by ${name}`,
    code: `document.write(\`<svg><script ${name}=\${SCRIPT}></\` + \`script></svg>\`);`,
  })),
  {
    title: "an image in a frame's data: URL in base64",
    code: "document.write(`<iframe src='data:text/html;base64,${btoa('<img src=' + URL_ + '>')}'></iframe>`);",
  },
  ...Object.entries({
    "what is no end of a style": `<style></stylex><b title='</style>IMAGE'></b></style>`,
    "a comment that is none": `<? <b title='>IMAGE'></b>`,
    "an end tag with a title": `</b title="<b title='" >IMAGE<b title=''></b>`,
    "a CDATA section": `<svg><![CDATA[<b title=']]></svg>IMAGE<b title=''></b>`,
    "a script in a script's comment": `<script><!-- <script></script><textarea></script>IMAGE</textarea>`,
  }).map(([what, html]) => ({
    title: `an image behind ${what}`,
    // The page that tries it is read as HTML too.
    code: `document.write(${JSON.stringify(html).replaceAll("<", "\\u003c")}.replace("IMAGE", "<img src=" + URL_ + ">"));`,
  })),
];

const STATIC_REASON =
  "the browser's preload scanner asks before any script runs; the server's rewriter or a content security policy can stop it";

const PARSER_REASON =
  "the browser asks as the parser makes it, before any script runs; the server's rewriter or a content security policy can stop it";

/**
 * Other elements in the HTML itself: title, code, the engines that ask for what it names before script is told of it, and
 * those that never ask.
 * @type {[string, string, Channel["limits"]?, Channel["absent"]?][]}
 */
const STATIC_ELEMENTS = [
  ["a static image", "<img src='URL_'>", everywhere(STATIC_REASON)],
  ["a static stylesheet", "<link rel=stylesheet href='URL_'>", everywhere(STATIC_REASON)],
  ["a static preload", "<link rel=preload as=script href='SCRIPT'>", everywhere(STATIC_REASON)],
  ["a static module preload", "<link rel=modulepreload href='SCRIPT'>", everywhere(STATIC_REASON)],
  [
    "a static picture's source",
    "<picture><source srcset='URL_'><img alt=x></picture>",
    everywhere(STATIC_REASON),
  ],
  ["a static video's poster", "<video poster='URL_'></video>", everywhere(STATIC_REASON)],
  ["a static SVG image", "<svg><image href='URL_'/></svg>", everywhere(PARSER_REASON)],
  [
    "a static image input",
    "<input type=image src='URL_'>",
    { chromium: STATIC_REASON, webkit: STATIC_REASON },
  ],
  ["an image in a static frame's srcdoc", `<iframe srcdoc="<img src='URL_'>"></iframe>`],
  ["fetch in a static frame's srcdoc", `<iframe srcdoc="<script>fetch('URL_')</script>"></iframe>`],
  [
    "the fetch of a frame in a static frame's srcdoc",
    `<iframe srcdoc="<iframe></iframe><script>frames[0].fetch('URL_')</script>"></iframe>`,
  ],
  ["a static embed", "<embed src='URL_'>"],
  ["a static embed's code", "<embed type=text/html code='URL_'>", undefined, ["firefox"]],
  ["a static video", "<video preload=auto src='URL_'></video>"],
  ["a static video's source", "<video preload=auto><source src='URL_'></video>"],
  ["a static audio", "<audio preload=auto src='URL_'></audio>"],
  [
    "a static web bundle",
    `<script type=webbundle>{"source":"URL_","resources":["URL_"]}</script>`,
    undefined,
    ["firefox", "webkit"],
  ],
];

/**
 * In the HTML itself. `run`: what counts is that the script runs, not that it is asked for.
 * @type {(Channel & { run?: boolean })[]}
 */
export const STATIC = [
  ...Object.entries({
    // First, where the parser has only begun: no mutation tells of a root that comes in a later piece than its host.
    "a script in an open declarative shadow root":
      "<div><template shadowrootmode=open><script src='SCRIPT'></script></template></div>",
    "a script": "<script src='SCRIPT'></script>",
    "an async script": "<script async src='SCRIPT'></script>",
    "a deferred script": "<script defer src='SCRIPT'></script>",
    "a module": "<script type=module src='SCRIPT'></script>",
    "an SVG script": "<svg><script href='SCRIPT'></script></svg>",
    "a static import in a module's text": "<script type=module>import 'SCRIPT';</script>",
    "import() of a literal in a module's text": "<script type=module>import('SCRIPT')</script>",
    "import() of a literal in a script's text":
      "<script>/* it's one */ window.x = 1 / 2; import /* ( */ (\n'SCRIPT')</script>",
    "a script behind one that changes the document":
      "<script>document.head.append(document.createElement('i'))</script><script src='SCRIPT'></script>",
    "a script behind one that writes":
      "<script>document.head.append('x'); document.write('<b>x</b>')</script><b>x</b><script src='SCRIPT'></script>",
    "a script behind a script that is written and changes the document":
      "<script>document.write(\"<script>document.head.append('x')<\\/script><b>x</b>\"); document.head.append('x')</script><script src='SCRIPT'></script>",
    "a script behind a custom element that changes the document":
      "<script>customElements.define('x-changes', class extends HTMLElement { constructor() { super(); document.head.append('x'); } connectedCallback() { document.head.append('x'); } })</script><x-changes></x-changes><script src='SCRIPT'></script>",
    "a script in a shadow root behind a script that changes the document":
      "<div><template shadowrootmode=open><script>document.head.append('x')</script><b>x</b><script src='SCRIPT'></script></template></div>",
  }).map(([title, code]) => ({ title: `${title} that runs`, code, run: true })),
  {
    title: "a script in a patch for a marker that runs",
    code: "<b><?marker name='patched'></b><template for=patched><script src='SCRIPT'></script></template>",
    run: true,
    absent: ["firefox", "webkit"],
  },
  {
    title: "a script in a closed declarative shadow root that runs",
    code: "<div><template shadowrootmode=closed><script src='SCRIPT'></script></template></div>",
    run: true,
    limits: everywhere(
      "no script sees into a closed shadow root that the parser makes; the server's rewriter (what it stops there stays out, whatever the choice) or a content security policy can stop it",
    ),
  },
  {
    title: "the request of a static script",
    code: "<script src='SCRIPT'></script>",
    limits: everywhere(STATIC_REASON),
  },
  ...STATIC_ELEMENTS.map(([title, code, limits, absent]) => ({ title, code, limits, absent })),
];
