/**
 * Ways out of a page that are not attributes of elements: each is code that runs in the page and asks Segment for a URL
 * of its own (URL, or SCRIPT for one that answers with a script), so that the network log tells which of them got out.
 * `wait` and `loaded` are what the page offers (runner).
 *
 * `absent`: engines without this interface. `limits`: engines in which no script of the page can stop it, with the
 * reason; the test then demands that it still gets out, so that a limit which has gone does not stay in the list.
 * @typedef {{ title: string, code: string, absent?: string[], limits?: Record<string, string> }} Channel
 */

const NO_POPUPS = ["webkit"];

/** Closes a window w when it has got the page that it was opened for: another site's, which may not be looked into. */
const LEFT = "try { while (w && w.document) await wait(20); } catch {} if (w) w.close();";

/** A frame in the page, and the code that uses it as f. @param {string} set @param {string} use */
export const frame = (set, use) =>
  `const f = document.createElement("iframe"); ${set} document.body.append(f); ${use}`;

/** @type {Channel[]} */
export const NETWORK = [
  {
    // First: nothing is known yet of any host.
    title: "XMLHttpRequest of a URL that has a blank for a user's name",
    code: `const x = new XMLHttpRequest(); x.open("GET", URL_.replace("//", "// @")); x.send();`,
  },
  { title: "fetch of a string", code: `fetch(URL_);` },
  { title: "fetch of a URL object", code: `fetch(new URL(URL_));` },
  { title: "fetch of a Request", code: `fetch(new Request(URL_, { method: "POST", body: "x" }));` },
  {
    title: "fetch of a Request made earlier",
    code: `const request = new Request(URL_); await wait(20); fetch(request);`,
  },
  {
    title: "fetch of a Request whose url property lies",
    code: `class Liar extends Request { get url() { return "/own"; } } fetch(new Liar(URL_));`,
  },
  {
    title: "fetch of an object that names another URL when it is read again",
    code: `let n = 0; fetch({ toString: () => (n++ ? "/own" : URL_) }); fetch({ toString: () => (n++ % 2 ? URL_ : "/own") });`,
  },
  {
    title: "fetch as a trap on Object.prototype is given it",
    code: `let given = fetch; Object.prototype.get = (target) => void (given = target); void fetch.name; delete Object.prototype.get; given(URL_);`,
  },
  {
    title: "fetch with keepalive",
    code: `fetch(URL_, { keepalive: true, method: "POST", body: "x" });`,
  },
  {
    title: "fetch with a stream as body",
    code: `const body = new ReadableStream({ start(c) { c.enqueue(new Uint8Array(1)); c.close(); } });
      fetch(URL_, { method: "POST", duplex: "half", body });`,
    absent: ["webkit"],
  },
  {
    title: "fetchLater",
    code: `fetchLater(URL_, { activateAfter: 0 });`,
    absent: ["firefox", "webkit"],
  },
  {
    title: "what a cache adds",
    code: `const c = await caches.open("x"); c.add(URL_).catch(() => {}); await wait(50);`,
  },
  {
    title: "what a cache adds of several",
    code: `const c = await caches.open("x"); c.addAll(["/empty", new Request(URL_, { mode: "no-cors" })]).catch(() => {}); await wait(50);`,
  },
  {
    title: "XMLHttpRequest",
    code: `const x = new XMLHttpRequest(); x.open("GET", URL_); x.send();`,
  },
  {
    title: "XMLHttpRequest of a relative URL whose base goes before it is sent",
    code: `const b = document.createElement("base"), x = new XMLHttpRequest(); b.href = URL_; document.head.append(b); x.open("GET", URL_.split("/").pop()); b.remove(); x.send();`,
  },
  {
    title: "synchronous XMLHttpRequest",
    code: `const x = new XMLHttpRequest(); x.open("GET", URL_, false); x.send();`,
  },
  { title: "sendBeacon", code: `navigator.sendBeacon(URL_, "x");` },
  {
    title: "sendBeacon taken from the prototype",
    code: `Navigator.prototype.sendBeacon.call(navigator, URL_, new URLSearchParams("a=1"));`,
  },
  ...Object.entries({
    "sendBeacon of a frame's navigator":
      "navigator.sendBeacon.call(f.contentWindow.navigator, URL_, 'x');",
    "sendBeacon by a frame's prototype":
      "f.contentWindow.Navigator.prototype.sendBeacon.call(navigator, URL_, 'x');",
  }).map(([title, use]) => ({ title, code: frame("", use) })),
  { title: "EventSource", code: `new EventSource(URL_);` },
  {
    title: "FontFace with an escaped URL",
    code: `new FontFace("x", "u\\\\72l(" + URL_.replace("api", "\\\\61 pi") + ")").load().catch(() => {});`,
  },
  { title: "WebSocket", code: `new WebSocket(URL_.replace("https", "wss"));` },
  {
    title: "a class that extends WebSocket",
    code: `class Own extends WebSocket {} new Own(URL_.replace("https", "wss"));`,
  },
  {
    title: "WebSocketStream",
    code: `new WebSocketStream(URL_.replace("https", "wss"));`,
    absent: ["firefox", "webkit"],
  },
  {
    title: "a FontFace that is loaded",
    code: `new FontFace("x", "local('none'), url( '" + URL_ + "' ) format('woff')").load();`,
  },
  {
    title: "an identity provider's configuration (FedCM)",
    code: `navigator.credentials.get({ identity: { providers: [{ configURL: SCRIPT, clientId: "1" }] } }).catch(() => {});`,
    absent: ["firefox", "webkit"],
  },
  {
    title: "a worklet's module",
    code: `new OfflineAudioContext(1, 128, 44100).audioWorklet.addModule(SCRIPT);`,
  },
  {
    title: "window.open",
    code: `const w = open(URL_); ${LEFT}`,
    absent: NO_POPUPS,
  },
];

/** A worker made from text, and kept: Firefox collects idle workers, with those that they made. @param {string} text an expression @param {string} [options] */
const worker = (text, options = "") =>
  `keep(new Worker(URL.createObjectURL(new Blob([${text}], { type: "text/javascript" }))${options}));`;

/** Code that runs in such a worker and has the channel's URLs, as a text. @param {string} code without quotes of its own */
const code = (code) =>
  `"const URL_ = '" + URL_ + "', SCRIPT = '" + SCRIPT + "';" + ${JSON.stringify(code)}`;
/** Several times: of workers in workers Firefox 153 lets one in twenty wait for good (workers.test.js). @param {string} code */
const often = (code) => `for (let again = 0; again < 3; again++) { ${code} }`;

/** @param {string} text @param {string} [options] */
const inWorker = (text, options) => worker(code(text), options);

/** The text of a worker that fetches, in the page or in a worker. */
const FETCHES = "'fetch(`' + URL_ + '`)'";
/** A URL of such a worker. */
const BLOB = `URL.createObjectURL(new Blob([${FETCHES}], { type: 'text/javascript' }))`;
const DATA = `'text/javascript,' + encodeURIComponent(${FETCHES})`;
/** The last function of a name in the worker's chain of prototypes. @param {string} name */
const inherited = (name) =>
  `let f; for (let p = self; p; p = Object.getPrototypeOf(p)) { const d = Object.getOwnPropertyDescriptor(p, '${name}'); f = d ? d.value : f; }`;
const NO_STREAMS = ["firefox", "webkit"];

/** @type {Channel[]} */
export const WORKERS = [
  { title: "fetch in a worker made from a blob", code: worker("`fetch('${URL_}')`") },
  {
    title: "fetch in a module worker made from a blob",
    code: worker("`fetch('${URL_}')`", `, { type: "module" }`),
  },
  {
    title: "importScripts in a worker made from a blob",
    code: worker("`importScripts('${SCRIPT}')`"),
  },
  {
    title: "XMLHttpRequest in a worker made from a blob",
    code: worker("`const x = new XMLHttpRequest(); x.open('GET', '${URL_}'); x.send();`"),
  },
  {
    title: "fetch of what a worker made from a blob is told",
    code: `const w = ${worker('"onmessage = (event) => fetch(event.data)"')} w.postMessage(URL_);`,
  },
  {
    title: "fetch in a shared worker made from a blob",
    code: worker("`fetch('${URL_}')`").replace("Worker", "SharedWorker"),
  },
  {
    title: "fetch in a worker made from a data: URL",
    code: `new Worker("data:text/javascript," + encodeURIComponent("fetch('" + URL_ + "')"));`,
  },
  {
    title: "fetch in a worker made from a data: URL in base64",
    code: `new Worker("data:text/javascript;base64," + btoa("fetch('" + URL_ + "')"));`,
  },
  {
    title: "fetch of a worker's prototype",
    code: inWorker(`${inherited("fetch")} f.call(self, URL_)`),
  },
  {
    title: "fetch in a worker that deletes its own",
    code: inWorker("delete self.fetch; fetch(URL_)"),
  },
  {
    title: "importScripts of a worker's prototype",
    code: inWorker(`${inherited("importScripts")} f.call(self, SCRIPT)`),
  },
  { title: "EventSource in a worker", code: inWorker("new EventSource(URL_)") },
  {
    title: "EventSource in a worker, without a scheme",
    code: inWorker("new EventSource(URL_.slice(6))"),
    absent: ["chromium", "webkit"],
  },
  {
    title: "WebSocket in a worker, without a scheme",
    code: inWorker("new WebSocket(URL_.slice(6))"),
    absent: ["chromium", "webkit"],
  },
  {
    title: "WebSocket in a worker",
    code: inWorker("new WebSocket(URL_.replace('https', 'wss'))"),
  },
  {
    title: "the WebSocket that its prototype names, in a worker",
    code: inWorker("new WebSocket.prototype.constructor(URL_.replace('https', 'wss'))"),
  },
  {
    title: "WebSocketStream in a worker",
    code: inWorker("new WebSocketStream(URL_.replace('https', 'wss'))"),
    absent: NO_STREAMS,
  },
  {
    title: "Cache.add in a worker",
    code: inWorker("caches.open('x').then((cache) => cache.add(URL_))"),
  },
  {
    title: "Cache.addAll in a worker",
    code: inWorker("caches.open('x').then((cache) => cache.addAll(new Set([new Request(URL_)])))"),
  },
  {
    title: "a FontFace in a worker",
    code: inWorker("new FontFace('x', 'local(x), URL( ' + URL_ + ' )').load()"),
    absent: ["webkit"],
  },
  {
    title: "a FontFace whose URL has escapes, in a worker",
    code: inWorker(
      "const slash = String.fromCharCode(92); new FontFace('x', 'u' + slash + '72 l(' + URL_.replace('e', slash + '65 ') + ')').load()",
    ),
    absent: ["webkit"],
  },
  {
    title: "fetch in a worker of an object that names another URL when it is read again",
    code: inWorker(
      "let n = 0; const o = { toString: () => (n++ % 2 ? URL_ : 'https://www.shop.example.co.uk/') }; fetch(o); fetch(o);",
    ),
  },
  {
    title: "XMLHttpRequest in a worker of an object that names another URL when it is read again",
    code: inWorker(
      "let n = 0; const o = { toString: () => (n++ % 2 ? URL_ : 'https://www.shop.example.co.uk/') }; for (let i = 0; i < 2; i++) { const x = new XMLHttpRequest(); x.open('GET', o); x.send(); }",
    ),
  },
  {
    title: "fetch of a Request whose url property lies, in a worker",
    code: inWorker(
      "class Liar extends Request { get url() { return 'https://www.shop.example.co.uk/'; } } fetch(new Liar(URL_))",
    ),
  },
  {
    title: "EventSource in a worker of a Request that names another URL as a text",
    code: inWorker(
      "const r = new Request('https://www.shop.example.co.uk/'); r.toString = () => URL_; new EventSource(r)",
    ),
  },
  {
    title: "fetch in a worker that replaces one method of the language after the other",
    code: inWorker(
      "const all = [String.prototype, RegExp.prototype, Array.prototype, Function.prototype], keys = all.map(Reflect.ownKeys); for (let i = 0; i < 4; i++) for (let k = 0; k < keys[i].length; k++) { const p = all[i], key = keys[i][k], found = Object.getOwnPropertyDescriptor(p, key); if (!found.configurable || !found.value) continue; for (const answer of [false, null, '', () => false]) { p[key] = () => answer; fetch(URL_); } Object.defineProperty(p, key, found); }",
    ),
  },
  {
    title: "fetch in a worker that replaces URL",
    code: inWorker(
      "for (const k of ['href', 'hostname', 'host', 'pathname']) Object.defineProperty(URL.prototype, k, { get: () => 'https://x.example/' }); self.URL = class { hostname = 'x' }; Reflect.apply = Reflect.construct = () => {}; self.Proxy = self.RegExp = null; fetch(URL_)",
    ),
  },
  {
    title: "the fetch that a trap on Object.prototype sees, in a worker",
    code: inWorker(
      "let seen = fetch; Object.prototype.get = (target, key) => { seen = target; return Reflect.get(target, key); }; fetch.name; delete Object.prototype.get; seen(URL_)",
    ),
  },
  {
    title: "fetch in a worker that a worker makes from a blob",
    code: often(inWorker(`self.kept = new Worker(${BLOB})`)),
  },
  {
    title: "fetch in a worker that a worker makes from a data: URL",
    code: often(inWorker(`self.kept = new Worker('data:' + ${DATA})`)),
  },
  {
    title: "fetch in a worker's worker's worker",
    code: `const text = ${code("const next = TEXT; if (DEPTH) self.kept = new Worker(URL.createObjectURL(new Blob([next]))); else fetch(URL_)")};
      const nest = (depth) => text.replace("DEPTH", depth).replace("TEXT", () => JSON.stringify(depth ? nest(depth - 1) : ""));
      ${often(worker("nest(2)"))}`,
  },
  {
    title: "fetch in a worker's worker, where the iterator of lists and toJSON were replaced",
    code: often(
      inWorker(
        `const u = ${BLOB}, b = [new Blob([${FETCHES}])]; Array.prototype.toJSON = String.prototype.toJSON = () => ''; Array.prototype[Symbol.iterator] = function* () { yield this[this.length - 1]; }; self.kept = new Worker(u)`,
      ),
    ),
  },
  { title: "fetch in a worker from a URL object", code: `new Worker(new URL(${BLOB}));` },
  {
    title: "fetch in a worker from an object that names another URL when it is read again",
    code: `let n = 0; const u = ${BLOB}, o = { toString: () => (n++ % 2 ? u : "data:,") }; new Worker(o); new Worker(o);`,
  },
  {
    title: "fetch in a worker from a blob: URL with a fragment",
    code: `new Worker(${BLOB} + "#x");`,
  },
  {
    title: "fetch in a worker from a blob: URL behind a space",
    code: `new Worker(" " + ${BLOB});`,
  },
  {
    title: "fetch in a worker from a File",
    code: `new Worker(${BLOB.replace("Blob(", "File(").replace("], {", "], 'x.js', {")});`,
  },
  {
    title: "fetch in a worker from a trusted URL",
    code: `new Worker(trustedTypes.createPolicy("worker", { createScriptURL: (url) => url }).createScriptURL(${BLOB}));`,
  },
  { title: "fetch in a worker from a DATA: URL", code: `new Worker("DATA:" + ${DATA});` },
  {
    title: "fetch in a worker from a data: URL behind a space",
    code: `new Worker(" data:" + ${DATA});`,
  },
  {
    title: "fetch in a worker from a data: URL with a tab in it",
    code: `new Worker("da\\tta:" + ${DATA});`,
    absent: ["firefox"],
  },
  {
    title: "fetch in a worker from a data: URL in base64 with spaces around",
    code: `new Worker("data:text/javascript; base64 ," + btoa(${FETCHES}));`,
  },
  {
    title: "fetch in a worker from a data: URL with a comma in its fragment",
    code: `new Worker("data:" + ${DATA} + "#a,b");`,
  },
  {
    title: "fetch in a worker from a frame's blob: URL",
    code: frame("", `new Worker(f.contentWindow.${BLOB});`),
  },
  {
    title: "fetch in a worker from a blob of a frame",
    code: frame("", `new Worker(${BLOB.replace("new Blob", "new f.contentWindow.Blob")});`),
  },
  { title: "fetch in a frame's worker", code: frame("", `new f.contentWindow.Worker(${BLOB});`) },
  {
    title: "fetch in a worker's worker from a blob: URL of the page",
    code: often(
      `const w = ${worker("'onmessage = (event) => (self.kept = new Worker(event.data))'")} w.postMessage(${BLOB});`,
    ),
  },
  { title: "import() in a worker made from a blob", code: worker("`import('${SCRIPT}')`") },
  {
    title: "import() of a URL that is put together, in a worker made from a blob",
    code: inWorker("import(SCRIPT)"),
    limits: everywhere("the language has no function to wrap; a policy can stop it"),
  },
  {
    title: "a static import in a module worker made from a blob",
    code: worker("`import '${SCRIPT}'`", `, { type: "module" }`),
  },
  {
    title: "a static import in a module worker made from a blob of blobs",
    code: worker("new Blob(['import ', `'${SCRIPT}'`])", `, { type: "module" }`),
  },
  {
    title: "a static import in a module worker made from a blob whose URL is revoked at once",
    code: "const u = URL.createObjectURL(new Blob([`import '${SCRIPT}'`], { type: 'text/javascript' })); keep(new Worker(u, { type: 'module' })); URL.revokeObjectURL(u);",
  },
  {
    title: "a static import in a module worker made from a data: URL in base64",
    code: `keep(new Worker("data:text/javascript ; base64 ," + btoa("import '" + SCRIPT + "'"), { type: "module" }));`,
    absent: ["webkit"],
  },
  {
    title: "import() in a worker made from a data: URL",
    code: `keep(new Worker("data:text/javascript,import(%27" + SCRIPT + "%27)"));`,
  },
  {
    title: "a static import in a shared worker made from a blob",
    code: "keep(new SharedWorker(URL.createObjectURL(new Blob([`import '${SCRIPT}'`], { type: 'text/javascript' })), { type: 'module' }));",
  },
  {
    title: "a static import in a worklet's module made from a blob",
    code: "new OfflineAudioContext(1, 128, 44100).audioWorklet.addModule(URL.createObjectURL(new Blob([`import '${SCRIPT}'`], { type: 'text/javascript' })));",
  },
  {
    title: "fetch in a worker whose file is the site's",
    code: `new Worker("/worker.js#" + encodeURIComponent(URL_));`,
    limits: everywhere(
      "a worker file has functions of its own, and the page's script cannot reach them",
    ),
  },
];

const LAST = "frames[frames.length - 1]";
/** By then there may be others. */
const LATER = "const at = frames.length - 1; await loaded(f); frames[at].fetch(URL_);";
const EDIT = `const d = document.createElement("div"); d.contentEditable = "true"; document.body.append(d); d.focus();`;
const INSERT_FRAME = `document.execCommand("insertHTML", false, "<iframe></iframe>");`;

/** @type {Channel[]} */
export const DOCUMENTS = [
  ...Object.entries({
    "that a frame in the document gets": "document.body.append(f); f.src = BLOB;",
    "that a frame in the document gets by attribute":
      "document.body.append(f); f.setAttribute('src', BLOB);",
    "after another page in a frame":
      "f.src = '/empty'; document.body.append(f); await loaded(f); f.src = BLOB;",
    "after a text in a frame":
      "f.srcdoc = '<p>x'; document.body.append(f); await loaded(f); f.removeAttribute('srcdoc'); f.src = BLOB;",
    "in a frame that the page wrote into":
      "document.body.append(f); f.contentDocument.write('<p>x'); f.contentDocument.close(); f.src = BLOB;",
    "in a sandboxed frame":
      "f.setAttribute('sandbox', 'allow-scripts'); f.src = BLOB; document.body.append(f);",
    "in a sandboxed frame in markup":
      "const d = document.createElement('div'); document.body.append(d); d.innerHTML = `<iframe sandbox=allow-scripts src=${BLOB}></iframe>`;",
    "in a frame that gets its sandbox last":
      "f.src = BLOB; f.setAttribute('sandbox', 'allow-scripts'); document.body.append(f);",
    "that a link takes a frame to":
      "f.name = 'blob' + TRY; document.body.append(f); const a = document.createElement('a'); a.href = BLOB; a.target = f.name; document.body.append(a); a.click();",
    "that window.open takes a frame to":
      "f.name = 'open' + TRY; document.body.append(f); window.open(BLOB, f.name);",
    "of an object, in a second URL":
      "const o = document.createElement('object'); o.type = 'text/html'; o.data = '/empty'; document.body.append(o); await loaded(o); o.data = BLOB;",
  }).map(([where, use]) => ({
    title: `fetch in a blob: document ${where}`,
    code: `const BLOB = URL.createObjectURL(new Blob([\`<script>fetch('\${URL_}', { mode: 'no-cors' })<\\/script>\`], { type: 'text/html' })), f = document.createElement('iframe'); ${use}`,
  })),
  ...Object.entries({
    "by attribute": "f.setAttribute('sandbox', 'allow-scripts');",
    "by property": "f.sandbox = 'allow-scripts';",
  }).map(([how, use]) => ({
    title: `fetch in a frame's srcdoc that gets its sandbox later, ${how}`,
    code: `const f = document.createElement('iframe'); f.srcdoc = \`<script>fetch('\${URL_}', { mode: 'no-cors' })<\\/script>\`; ${use} document.body.append(f);`,
  })),
  ...Object.entries({
    "by attribute": "u.setAttribute('href', BLOB);",
    "by href.baseVal": "u.href.baseVal = BLOB;",
    "in markup": 's.innerHTML = `<use href="${BLOB}"/>`;',
  }).map(([how, use]) => ({
    title: `an image in a blob: document that an SVG use takes, ${how}`,
    code: `const SVG = 'http://www.w3.org/2000/svg', BLOB = URL.createObjectURL(new Blob(["<svg xmlns='" + SVG + "'><g id='a'><image href='" + URL_ + "' width='9' height='9'/></g></svg>"], { type: 'image/svg+xml' })) + '#a', s = document.createElementNS(SVG, 'svg'), u = document.createElementNS(SVG, 'use'); ${use} s.append(u); document.body.append(s);`,
  })),
  // Last: its tab stands before the page's, whose timers Firefox slows down.
  {
    title: "fetch in a blob: document of a window of its own",
    absent: NO_POPUPS,
    code: "window.open(URL.createObjectURL(new Blob([`<script>fetch('${URL_}', { mode: 'no-cors' })<\\/script>`], { type: 'text/html' })), '_blank', 'noopener');",
  },
];

/** @type {Channel[]} */
export const REALMS = [
  {
    title: "a new frame's fetch, through contentWindow",
    code: frame("", `f.contentWindow.fetch(URL_);`),
  },
  { title: "a new frame's fetch, through frames[i]", code: frame("", `${LAST}.fetch(URL_);`) },
  {
    title: "a new frame's fetch, made while words of descriptors stand on Object.prototype",
    code: frame(
      `for (const word of ["get", "set", "value", "writable"]) Object.prototype[word] = () => {};`,
      `for (const word of ["get", "set", "value", "writable"]) delete Object.prototype[word]; ${LAST}.fetch(URL_);`,
    ),
  },
  {
    title: "a new frame's fetch, through its name",
    code: frame(`f.name = "named";`, `window.named.fetch(URL_);`),
  },
  {
    title: "a new frame's fetch, through contentDocument",
    code: frame("", `f.contentDocument.defaultView.fetch(URL_);`),
  },
  {
    title: "a new frame's fetch, in its load listener",
    code: frame(`f.onload = function () { this.contentWindow.fetch(URL_); };`, ""),
  },
  {
    title: "a new frame's fetch, through frames[i] in its load listener",
    code: frame(`f.onload = () => ${LAST}.fetch(URL_);`, ""),
  },
  {
    title: "a new frame's XMLHttpRequest",
    code: frame(
      "",
      `const x = new f.contentWindow.XMLHttpRequest(); x.open("GET", URL_); x.send();`,
    ),
  },
  {
    title: "XMLHttpRequest opened by another realm's function",
    code: frame(
      "",
      `const x = new XMLHttpRequest(); f.contentWindow.XMLHttpRequest.prototype.open.call(x, "GET", URL_); x.send();`,
    ),
  },
  {
    title: "a new frame's sendBeacon",
    code: frame("", `f.contentWindow.navigator.sendBeacon(URL_, "x");`),
  },
  { title: "a new frame's Image", code: frame("", `new f.contentWindow.Image().src = URL_;`) },
  {
    title: "a script in a new frame",
    code: frame(
      "",
      `const s = f.contentDocument.createElement("script"); s.src = SCRIPT; f.contentDocument.body.append(s);`,
    ),
  },
  {
    title: "fetch in a frame's srcdoc",
    code: frame("f.srcdoc = `<script>fetch('${URL_}')<\\/script>`;", ""),
  },
  ...Object.entries({
    "an image that a script writes": "document.write('<img src=${URL_}>')",
    "the fetch of a frame that the parser makes, at once":
      "document.write('<iframe></iframe>'); frames[0].fetch('${URL_}')",
    "the fetch of a page in a frame":
      "const g = document.createElement('iframe'); g.src = '/empty'; g.onload = () => frames[0].fetch('${URL_}'); document.documentElement.append(g)",
    "fetch of a URL that is put together": "fetch('${URL_.slice(0, 9)}' + '${URL_.slice(9)}')",
  }).map(([title, code]) => ({
    title: `${title}, in a frame's srcdoc`,
    code: frame(`f.srcdoc = \`<body><script>${code}<\\/script>\`;`, ""),
  })),
  {
    title: "fetch in a srcdoc in a srcdoc",
    code: frame(
      "f.srcdoc = `<iframe srcdoc=\"<script>fetch('${URL_}')<\\/script>\"></iframe>`;",
      "",
    ),
  },
  ...Object.entries({
    "behind a base of its own":
      "<base href=https://api.segment.io/><img src=${URL_.split('.io/')[1]}>",
    "behind a comment that ends oddly": "<\\!-- x --!><img src=${URL_}>",
    "in an SVG style": "<svg><style><img src=${URL_}></style></svg>",
    "in an SVG title behind another SVG": "<svg><svg></svg><title><img src=${URL_}></title></svg>",
    "in a meta refresh without url=": "<meta http-equiv=refresh content='0;${URL_}'>",
  }).map(([title, html]) => ({
    title: `what stands ${title}, in a frame's srcdoc`,
    code: frame(`f.srcdoc = \`${html}\`;`, ""),
  })),
  ...Object.entries({
    "a static import in a module": (/** @type {string} */ url) =>
      `<script type=module>import '${url}'<\\/script>`,
    "import() of a literal in a script": (/** @type {string} */ url) =>
      `<script>import('${url}')<\\/script>`,
  }).flatMap(([title, html]) => [
    {
      title: `${title} in a frame's srcdoc`,
      code: frame(`f.srcdoc = \`${html("${SCRIPT}")}\`;`, ""),
    },
    {
      title: `${title} that is written into a frame`,
      code: frame(
        "",
        `const d = f.contentDocument; d.open(); d.write(\`${html("${SCRIPT}")}\`); d.close();`,
      ),
    },
    {
      title: `${title} in a frame's contextual fragment`,
      code: frame(
        "",
        `const d = f.contentDocument; d.body.append(d.createRange().createContextualFragment(\`${html("${SCRIPT}")}\`));`,
      ),
    },
  ]),
  {
    title: "an image in a sandboxed srcdoc's noscript",
    code: frame("f.sandbox = ''; f.srcdoc = `<noscript><img src=${URL_}></noscript>`;", ""),
  },
  {
    title: "an image written into a frame by another realm's function",
    code: frame(
      "",
      "const d = f.contentDocument; d.open(); Document.prototype.write.call(d, `<img src=${URL_}>`); d.close(); await wait(50);",
    ),
  },
  {
    title: "the fetch of a srcdoc that is there",
    code: frame(`f.srcdoc = "<p>";`, LATER),
  },
  {
    title: "fetch in a frame's javascript: URL",
    code: frame("f.src = `javascript:fetch('${URL_}'),void 0`;", ""),
  },
  {
    title: "the location in a frame's javascript: URL",
    code: frame("f.src = `javascript:void (location.href = '${URL_}')`;", "await wait(50);"),
  },
  {
    title: "fetch in the document that a javascript: URL makes",
    code: frame("f.src = `javascript:\"<script>fetch('${URL_}')<\\/script>\"`;", ""),
  },
  ...Object.entries({
    "an image": "`<img src=${URL_}>`",
    "a script": "`<script src=${SCRIPT}><\\/script>`",
    "what a script fetches": "`<script>fetch('${URL_}')<\\/script>`",
    "what a script imports": "`<script type=module>import '${SCRIPT}'<\\/script>`",
    "what a handler fetches": "`<body onload=\"fetch('${URL_}')\">`",
    "what stands behind a base":
      "`<base href=https://api.segment.io/><img src=${URL_.split('.io')[1]}>`",
    "an image in a frame": "`<iframe srcdoc='<img src=${URL_}>'></iframe>`",
  }).flatMap(([title, html]) =>
    Object.entries({
      "a frame's data: URL": "f.src = 'data:text/html,' + encodeURIComponent(HTML)",
      "a frame's data: URL in base64": "f.src = 'data:text/html;base64,' + btoa(HTML)",
      "a frame's javascript: URL": "f.src = 'javascript:' + JSON.stringify(HTML)",
      "a frame's blob: URL": "f.src = URL.createObjectURL(new Blob([HTML], { type: 'text/html' }))",
    }).map(([where, made]) => ({
      title: `${title} in ${where}`,
      code: frame(`const HTML = ${html}; ${made};`, ""),
    })),
  ),
  {
    title: "an image in a data: URL of a frame made by innerHTML",
    code: "const d = document.createElement('div'); document.body.append(d); d.innerHTML = `<iframe src=\"data:text/html,%3Cimg src=${URL_}>\"></iframe>`;",
  },
  {
    title: "fetch in a sandboxed frame's srcdoc",
    code: frame(
      "f.sandbox = 'allow-scripts'; f.srcdoc = `<script>fetch('${URL_}')<\\/script>`;",
      "",
    ),
  },
  {
    title: "fetch in a handler in a sandboxed frame's srcdoc",
    code: frame(
      "f.sandbox = 'allow-scripts'; f.srcdoc = `<img src=x: onerror=\"fetch('${URL_}')\">`;",
      "",
    ),
  },
  {
    title: "fetch in a sandboxed frame's srcdoc, made by innerHTML",
    code: "const d = document.createElement('div'); document.body.append(d); d.innerHTML = `<iframe sandbox=allow-scripts srcdoc=\"<script>fetch('${URL_}')<\\/script>\"></iframe>`;",
  },
  {
    title: "fetch in a frame's blob: document",
    code: frame(
      "f.src = URL.createObjectURL(new Blob([`<script>fetch('${URL_}')<\\/script>`], { type: 'text/html' }));",
      "",
    ),
  },
  {
    title: "the fetch of a page of the site in a frame, in the load listener",
    code: frame(`f.src = "/empty"; f.onload = () => f.contentWindow.fetch(URL_);`, ""),
  },
  {
    title: "the fetch of a page of the site in a frame, through frames[i]",
    code: frame(`f.src = "/empty";`, LATER),
  },
  ...Object.entries({
    "a page of the site": `"/fetches#" + encodeURIComponent(URL_)`,
    "javascript:": `"javascript:void fetch('" + URL_ + "', { mode: 'no-cors' })"`,
  }).flatMap(([what, src]) =>
    Object.entries({
      "in an open shadow tree": `const d = el("div"); put(d); d.attachShadow({ mode: "open" }).append(x);`,
      "in a closed shadow tree": `const d = el("div"); put(d); d.attachShadow({ mode: "closed" }).append(x);`,
      "in a shadow tree whose host is inserted later": `const d = el("div"); d.attachShadow({ mode: "open" }).append(x); put(d);`,
      "in a shadow tree's innerHTML": `const d = el("div"), e = el("b"); put(d); const r = d.attachShadow({ mode: "open" }); e.append(x); r.innerHTML = e.innerHTML;`,
      "in another frame, by this window's function": `const f = el("iframe"); put(f); Node.prototype.appendChild.call(f.contentDocument.body, x);`,
      "by another window's function": `const f = el("iframe"); put(f); f.contentWindow.Element.prototype.append.call(document.body || document.documentElement, x);`,
    }).map(([where, code]) => ({
      title: `a frame ${where}: ${what}`,
      code: `const x = el("iframe"); x.src = ${src}; ${code} await wait(200);`,
    })),
  ),
  {
    title: "an image, by the innerHTML of a frame that was taken away",
    code: `const f = el("iframe"); put(f); const { set } = Object.getOwnPropertyDescriptor(f.contentWindow.Element.prototype, "innerHTML"); f.remove(); const d = el("div"); put(d); set.call(d, "<img src=" + URL_ + ">"); await wait(50);`,
  },
  ...Object.entries({
    fetch: `f.contentWindow.fetch(URL_, { keepalive: true, mode: "no-cors" });`,
    "fetch through frames[i]": `${LAST}.fetch(URL_, { keepalive: true, mode: "no-cors" });`,
    sendBeacon: `f.contentWindow.navigator.sendBeacon(URL_);`,
    "fetch, kept till the page has come": `const kept = f.contentWindow.fetch; await loaded(f); kept(URL_, { mode: "no-cors" });`,
    "document, written anew": `const d = f.contentDocument; d.open(); d.write('<img src=' + URL_ + '>'); d.close();`,
  }).map(([title, use]) => ({
    title: `before a page of the site, the empty window's ${title}`,
    code: frame(`f.src = "/empty";`, use),
  })),
  {
    title: "before another site's page, the empty window's fetch",
    code: frame(
      `f.src = "https://other.test/";`,
      `f.contentWindow.fetch(URL_, { keepalive: true, mode: "no-cors" });`,
    ),
  },
  {
    title: "before another site's page, the empty window's fetch, through frames[i]",
    code: frame(
      `f.src = "https://other.test/";`,
      `${LAST}.fetch(URL_, { keepalive: true, mode: "no-cors" });`,
    ),
  },
  {
    title: "before another site's page, the empty window's fetch, through window[i]",
    code: frame(
      `f.src = "https://other.test/";`,
      `window[window.length - 1].fetch(URL_, { keepalive: true, mode: "no-cors" });`,
    ),
    limits: everywhere(
      "most frames are other sites', and making each ready for what nobody does would slow the page; a policy can stop it",
    ),
  },
  {
    title: "what a page of the site in a frame fetches first",
    code: frame(`f.src = "/fetches#" + encodeURIComponent(URL_);`, "await loaded(f);"),
  },
  {
    title: "the fetch of an SVG document in a frame",
    code: frame(`f.src = "/empty.svg";`, LATER),
  },
  {
    title: "the fetch of an XHTML document in a frame",
    code: frame(`f.src = "/empty.xhtml";`, LATER),
  },
  {
    title: "the fetch of a document in an object element",
    code: frame(
      `f.data = "/empty";`,
      `await loaded(f); f.contentDocument.defaultView.fetch(URL_);`,
    ).replace("iframe", "object"),
  },
  {
    title: "the fetch of a document in an object element, through frames[i]",
    code: frame(`f.data = "/empty";`, `await loaded(f); ${LAST}.fetch(URL_);`).replace(
      "iframe",
      "object",
    ),
  },
  {
    title: "the fetch of a document in an embed element",
    code: frame(
      `f.src = "/empty.svg"; f.type = "image/svg+xml";`,
      `await loaded(f); f.getSVGDocument().defaultView.fetch(URL_);`,
    ).replace("iframe", "embed"),
  },
  {
    title: "the fetch of a document in an embed element, through frames[i]",
    code: `const count = frames.length; ${frame(
      `f.src = "/empty.svg"; f.type = "image/svg+xml";`,
      `await loaded(f); frames[count].fetch(URL_);`,
    )}`.replace("iframe", "embed"),
    absent: ["firefox"],
  },
  {
    title: "the fetch of a frame made by innerHTML",
    code: `const d = document.createElement("div"); document.body.append(d); d.innerHTML = "<iframe></iframe>"; ${LAST}.fetch(URL_);`,
  },
  {
    title: "the fetch of a frame that a command inserts",
    code: `${EDIT} ${INSERT_FRAME} ${LAST}.fetch(URL_);`,
  },
  {
    title: "the fetch of a frame that a command inserts, in the input listener",
    code: `${EDIT} addEventListener("input", () => ${LAST}.fetch(URL_), { capture: true }); ${INSERT_FRAME}`,
  },
  {
    title: "the fetch of a frame in a fragment",
    code: `document.body.append(document.createRange().createContextualFragment("<p><iframe></iframe></p>")); ${LAST}.fetch(URL_);`,
  },
  {
    title: "the fetch of a frame in a frame in a frame",
    code: `let w = window; for (let i = 0; i < 3; i++) { const f = w.document.createElement("iframe"); w.document.body.append(f); w = w.frames[w.frames.length - 1]; } w.fetch(URL_);`,
  },
  {
    title: "the fetch of a frame that was taken out and put in again",
    code: frame("", `f.remove(); document.body.append(f); ${LAST}.fetch(URL_);`),
  },
  {
    title: "the fetch of a frame in a closed shadow root",
    code: `const h = document.createElement("div"); document.body.append(h);
      const f = document.createElement("iframe"); h.attachShadow({ mode: "closed" }).append(f); f.contentWindow.fetch(URL_);`,
  },
  {
    title: "fetch in what is written into a frame",
    code: frame(
      "",
      "const d = f.contentDocument; d.open(); d.write(`<script>fetch('${URL_}')<\\/script>`); d.close();",
    ),
  },
  {
    title: "the fetch of a frame's second document",
    code: frame(
      "",
      `await wait(30); f.src = "about:blank?2"; await loaded(f); ${LAST}.fetch(URL_);`,
    ),
  },
  {
    title: "the fetch of the window that sent a message",
    code: `const from = new Promise((done) => addEventListener("message", (event) => done(event.source), { once: true }));
      ${frame(`f.srcdoc = "<script>parent.postMessage('hello', '*')<\\/script>";`, "(await from).fetch(URL_);")}`,
  },
  {
    title: "an empty pop-up's fetch",
    code: `const w = open(""); w.fetch(URL_); await wait(150); w.close();`,
    absent: NO_POPUPS,
  },
  {
    title: "the fetch of a pop-up before its page, which is the site's",
    code: `const w = open("/empty"); w.fetch(URL_, { keepalive: true, mode: "no-cors" }); await wait(150); w.close();`,
    absent: NO_POPUPS,
  },
  {
    title: "the fetch of a pop-up before its page, which is another site's",
    code: `const w = open("https://other.test/"); w.fetch(URL_, { keepalive: true, mode: "no-cors" }); await wait(150); w.close();`,
    absent: NO_POPUPS,
  },
  {
    title: "what a page of the site in a pop-up fetches first",
    code: `const w = open("/fetches#" + encodeURIComponent(URL_)); await wait(300); w.close();`,
    absent: NO_POPUPS,
  },
  {
    title: "fetch in what is written into a pop-up",
    code: "const w = open('about:blank'); w.document.write(`<script>fetch('${URL_}')<\\/script>`); await wait(150); w.close();",
    absent: NO_POPUPS,
  },
  ...Object.entries({
    "a link": `Object.assign(document.createElement("a"), { href: URL_ })`,
    "an area of a map": `Object.assign(document.createElement("area"), { href: URL_ })`,
    "a link that got its URL in parts": `Object.assign(document.createElement("a"), { href: "/x", host: new URL(URL_).host, pathname: new URL(URL_).pathname })`,
  }).map(([title, made]) => ({
    title: `${title} into a frame, clicked by script`,
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = ${made}; a.target = f.name; document.body.append(a); a.click();`,
    ),
  })),
  {
    title: "a link into a frame, with a click that cannot be prevented",
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); document.body.append(a); a.dispatchEvent(new MouseEvent("click"));`,
    ),
  },
  {
    title: "a link into a frame that gets its URL when it is clicked",
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: "/x", target: f.name }); document.body.append(a); a.onclick = () => (a.href = URL_); a.click();`,
    ),
  },
  ...Object.entries({
    "and ends the event": [
      "(event) => { event.stopPropagation(); a.href = URL_; }",
      "new MouseEvent('click', { bubbles: true, cancelable: true })",
    ],
    "by an event that does not bubble": ["() => { a.href = URL_; }", "new MouseEvent('click')"],
  }).map(([title, [listener, event]]) => ({
    title: `a link into a frame that gets its URL when it is clicked, ${title}`,
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: "/x", target: f.name }); document.body.append(a); a.onclick = ${listener}; a.dispatchEvent(${event});`,
    ),
  })),
  ...Object.entries({ "": "document.body.append(a); ", ", in no document": "" }).map(
    ([where, put]) => ({
      title: `a link into a frame${where}, activated by an event`,
      code: frame(
        `f.name = "link" + TRY;`,
        `const a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); ${put}a.dispatchEvent(new UIEvent("DOMActivate", { bubbles: true, cancelable: true }));`,
      ),
      absent: /** @type {import("./harness.js").Engine[]} */ (["chromium", "webkit"]),
    }),
  ),
  ...Object.entries({
    "clicked by script": "a.click()",
    "clicked by an event": "a.dispatchEvent(new MouseEvent('click'))",
    "clicked in a part of it": "a.appendChild(document.createElement('b')).click()",
    "that gets its URL when it is clicked":
      "a.href = '/x'; a.onclick = () => { a.href = URL_; }; a.click()",
  }).map(([title, click]) => ({
    title: `a link into a frame, in no document, ${title}`,
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); ${click};`,
    ),
  })),
  {
    title: "a link into a frame, in a closed shadow root, clicked by script",
    code: frame(
      `f.name = "link" + TRY;`,
      `const h = document.createElement("div"), a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); document.body.append(h); h.attachShadow({ mode: "closed" }).append(a); a.click();`,
    ),
  },
  {
    title:
      "a link into a frame, in a closed shadow root that markup made, which its custom element finds",
    code: frame(
      `f.name = "link" + TRY;`,
      `const h = document.createElement("div"); document.body.append(h); h.setHTMLUnsafe("<x-link><template shadowrootmode=closed><a target=" + f.name + ">x</a></template></x-link>");
      customElements.define("x-link", class extends HTMLElement { constructor() { super(); const a = this.attachInternals().shadowRoot.firstChild; a.href = URL_; a.click(); } });`,
    ),
  },
  {
    title: "an SVG link into a frame, clicked by script",
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = document.createElementNS("http://www.w3.org/2000/svg", "a"), v = document.createElementNS("http://www.w3.org/2000/svg", "svg"); a.setAttribute("href", URL_); a.setAttribute("target", f.name); v.append(a); document.body.append(v);
      a.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));`,
    ),
  },
  {
    title: "a link into a frame that gets its URL from a listener of the window's",
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: "/x", target: f.name }); document.body.append(a); const set = () => { a.href = URL_; }; addEventListener("click", set); a.click(); removeEventListener("click", set);`,
    ),
  },
  ...Object.entries({
    "in an open shadow root": "document.body.append(h);",
    "in an open shadow root in no document": "",
  }).map(([title, put]) => ({
    title: `a link into a frame, ${title}, by an event that ends there`,
    code: frame(
      `f.name = "link" + TRY;`,
      `const h = document.createElement("div"), a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); ${put} h.attachShadow({ mode: "open" }).append(a); a.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));`,
    ),
  })),
  {
    title: "a link into a frame, by its other button",
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); document.body.append(a); a.dispatchEvent(new MouseEvent("auxclick", { button: 1, bubbles: true, cancelable: true })); await wait(50);`,
    ),
    absent: ["chromium", "firefox"],
  },
  {
    title: "a link into a frame, in no document, by a key",
    code: frame(
      `f.name = "link" + TRY;`,
      `const a = Object.assign(document.createElement("a"), { href: URL_, target: f.name }); a.dispatchEvent(new KeyboardEvent("keypress", { keyCode: 13, bubbles: true, cancelable: true }));`,
    ),
    absent: ["chromium", "webkit"],
  },
  {
    title: "a link in a frame that the page's document.open begins anew",
    code: frame(
      "",
      `const d = f.contentDocument; Document.prototype.open.call(d); d.write("<a href=" + URL_ + ">x</a>"); d.close(); d.links[0].click(); await wait(50);`,
    ),
  },
  {
    title: "a link in a new frame, clicked by script",
    code: frame(
      "",
      `const a = f.contentDocument.createElement("a"); a.href = URL_; f.contentDocument.body.append(a); a.click();`,
    ),
  },
  {
    title: "a new frame's navigation.navigate",
    code: frame("", `f.contentWindow.navigation.navigate(URL_);`),
    absent: ["webkit"],
  },
  {
    title: "the location of a page of the site in a frame",
    code: frame(`f.src = "/empty";`, `await loaded(f); f.contentWindow.location.assign(URL_);`),
    limits: { webkit: "location cannot be wrapped, and this engine tells of no navigation" },
  },
  {
    title: "the location of a frame's srcdoc",
    code: frame(
      "f.srcdoc = `<body><script>onload = () => location.assign('${URL_}')<\\/script>`;",
      "",
    ),
    limits: { webkit: "location cannot be wrapped, and this engine tells of no navigation" },
  },
  {
    title: "an image in an object's data: URL",
    code: frame("f.data = `data:text/html,<img src=${URL_}>`;", "").replace("iframe", "object"),
  },
  {
    title: "a new frame's location",
    code: frame("", `f.contentWindow.location = URL_;`),
    limits: everywhere("location cannot be wrapped, and an empty document tells of no navigation"),
  },
  ...[
    "onerror='fetch(&quot;${URL_}&quot;)' src=x:",
    "src=x: onerror='fetch(this.title)' title='${URL_}'",
  ].map((attributes, i) => ({
    title: `fetch in a sandboxed frame's handler, ${i ? "of its title" : "in quotes by entity"}`,
    code: frame(`f.sandbox = "allow-scripts"; f.srcdoc = \`<img ${attributes}>\`;`, ""),
  })),
  {
    title: "a link that a sandboxed frame's script clicks",
    code: frame(
      "f.sandbox = 'allow-scripts'; f.srcdoc = `<a id=a href=${URL_}>x</a><script>a.click()<\\/script>`;",
      "",
    ),
  },
  ...Object.entries({
    "a link": `const a = document.createElement("a"); a.href = TEXT; a.target = NAME; document.body.append(a); a.click();`,
    "window.open": `window.open(TEXT, NAME);`,
  }).flatMap(([how, code]) =>
    Object.entries({
      "a data: document": `"data:text/html,<img src=" + URL_ + ">"`,
      "a blob: document": `URL.createObjectURL(new Blob(["<img src=" + URL_ + ">"], { type: "text/html" }))`,
    }).map(([what, text]) => ({
      title: `an image in ${what} that a frame gets by ${how}`,
      code: frame(`f.name = NAME;`, `const TEXT = ${text}; ${code} await wait(100);`),
    })),
  ),
  ...Object.entries({
    "a set": `new Set(["<img src=" + URL_ + ">"])`,
    "an object": `[new String("<img src=" + URL_ + ">")]`,
  }).map(([what, parts]) => ({
    title: `an image in a blob: document of ${what}`,
    code: frame(`f.src = URL.createObjectURL(new Blob(${parts}, { type: "text/html" }));`, ""),
  })),
  {
    title: "the location of a frame that is empty again",
    code: frame(
      `f.src = "/empty";`,
      `await loaded(f); f.src = "about:blank"; await loaded(f); f.contentWindow.location = URL_; await wait(50);`,
    ),
    limits: {
      firefox:
        "location cannot be wrapped, and this engine tells of no navigation that can be prevented",
      webkit: "location cannot be wrapped, and this engine tells of no navigation",
    },
  },
];

/** What the page's script has no hold on at all. @type {Channel[]} */
export const BEYOND = [
  {
    title: "import() of a URL that is put together",
    code: `await import(SCRIPT);`,
    limits: everywhere("the language has no function to wrap; a policy can stop it"),
  },
  {
    title: "a background of a style",
    code: `document.body.style.backgroundImage = "url(" + URL_ + ")"; await wait(100);`,
    limits: everywhere("styles load by themselves; a policy can stop them"),
  },
  {
    title: "an @import of a style sheet made by script",
    code: `const s = document.createElement("style"); s.textContent = "@import url(" + URL_ + ")"; document.head.append(s);`,
    limits: everywhere("styles load by themselves; a policy can stop them"),
  },
  {
    title: "an SVG attribute that is a style",
    code: `const v = document.createElementNS("http://www.w3.org/2000/svg", "svg"), r = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const name of ["filter", "mask", "fill"]) r.setAttribute(name, "url(" + URL_ + "#x)"); for (const name of ["width", "height"]) r.setAttribute(name, 9); v.append(r); document.body.append(v); await wait(200);`,
    limits: everywhere("styles load by themselves; a policy can stop them"),
  },
  {
    title: "a style sheet that a processing instruction names",
    code: `document.insertBefore(document.createProcessingInstruction("xml-stylesheet", "href='" + URL_ + "' type='text/css'"), document.documentElement); await wait(100);`,
    limits: everywhere("styles load by themselves; a policy can stop them"),
  },
  {
    title: "what a playlist in a blob: URL names",
    code: `const v = document.createElement("video"); document.body.append(v); v.preload = "auto";
      v.src = URL.createObjectURL(new Blob(["#EXTM3U\\n#EXT-X-TARGETDURATION:6\\n#EXTINF:5,\\n" + URL_ + ".ts\\n#EXT-X-ENDLIST\\n"], { type: "application/vnd.apple.mpegurl" }));
      v.play().catch(() => {}); await wait(1500);`,
    absent: ["firefox", "webkit"],
    limits: { chromium: "a blob cannot be read at once; a policy can stop it" },
  },
  {
    title: "a pop-up's location",
    code: `const w = open("about:blank"); w.location = URL_; ${LEFT}`,
    absent: NO_POPUPS,
    limits: everywhere("location cannot be wrapped, and an empty document tells of no navigation"),
  },
  {
    title: "a redirect of the site's own URL",
    code: `fetch("/redirect-" + URL_.split("/").pop(), { mode: "no-cors" });`,
    limits: everywhere("no script sees a redirect before it is followed; the site can"),
  },
];

/** The same reason in every engine. @param {string} reason */
export function everywhere(reason) {
  return { chromium: reason, firefox: reason, webkit: reason };
}
