/** The table of ways out in web/README.md, made from the same lists that the tests run through. */
/** @typedef {import("./channels.js").Channel} Channel */

const ENGINES = ["chromium", "firefox", "webkit"];

/** What the groups are called. @type {Record<string, string>} */
const GROUPS = {
  static: "Tags in the HTML itself",
  cookies: "Cookies",
  storage: "Storage",
  scripts: "Script elements made by script",
  attributes: "Elements that fetch by an attribute",
  markup: "Markup given as text",
  written: "document.write",
  network: "Network interfaces",
  workers: "Workers",
  realms: "Frames and other windows of the same origin",
  documents: "Documents of blobs, and frames in a sandbox",
  beyond: "What script has no hold on",
};

/** What is stopped without a way of its own in the tests above; where it is tested, or why it cannot be. */
const OTHER = [
  ["IndexedDB by Segment's names", "stopped (`storage.test.js`); limit: in a worker"],
  ["Reading Segment's cookies and keys before consent", "masked (`storage.test.js`)"],
  [
    "A link that only connects (`preconnect`, `dns-prefetch`) or prerenders, WebTransport, a background fetch, a service worker under Segment's URL",
    "stopped (`network.test.js`)",
  ],
  [
    "A static frame, `object`, `prefetch` or background",
    "limit: in Chromium (frames, `prefetch`) and Firefox (objects, backgrounds, `prefetch`) it depends on where the parser pauses whether script or the browser comes first; the server's rewriter or a policy can stop it",
  ],
  [
    "A static refresh (`<meta http-equiv=refresh>`)",
    "limit: in WebKit the browser has read it before any script is told; the server's rewriter can stop it",
  ],
  [
    "An image in a `<template>` of the page's HTML, in Firefox",
    "limit: its preload scanner asks for it, also where the server rewrites the page: what scripts copy out of a template could not be revived there; a policy can stop it",
  ],
  [
    "Speculation rules",
    "stopped where they list URLs (`markup.test.js`); limit: rules that pick links of the document; a policy can stop them",
  ],
  [
    "`attributionsrc`, shared storage",
    "these versions of the engines ask for nothing by them; not hooked",
  ],
  [
    "Return from the back-forward cache, prerendering, other tabs",
    "consent is asked again (`tabs.test.js`, `faults.test.js`)",
  ],
  [
    'Code in texts (`eval`, `setTimeout("…")`, `on…` attributes, `javascript:` links)',
    "stopped where it calls any of the above",
  ],
  [
    "A static `import` in a module file of the site's; `import()` of a variable, or in a text (`eval`, `setTimeout('…')`, `on…` attributes)",
    "limit: the language has no function to wrap; a policy can stop it",
  ],
  [
    "A page that comes in parts, which end anywhere",
    "a script is judged by all of its text (`parts.test.js`)",
  ],
  [
    "Own navigation: `location = …`, a link that the visitor clicks",
    "limit: what the visitor does is not the page's; Chromium tells of the page's own navigations, and those are stopped",
  ],
  [
    "A form, or a link that script clicks, whose URL comes from a listener that ends the event, and stands above it or does so at once (`stopImmediatePropagation`)",
    "limit: no listener of the gate's comes after that one; a policy (`form-action`, `frame-src`) can stop it",
  ],
  [
    "`Link:` and `103 Early Hints` headers, `Set-Cookie`, `Reporting-Endpoints`, NEL",
    "limit: no script is asked; the server's middleware can remove them",
  ],
  [
    "A worker file, a service worker",
    "limit: they have functions of their own; use the middleware or a policy",
  ],
  [
    "A page of the site without the gate",
    "as the first page of a frame that has its URL before it is inserted, or of a pop-up, its functions are guarded from its first script on, as a later one of a frame when it has loaded; limit: a sandbox without `allow-same-origin`, its static tags, later pages of a pop-up, and the page by itself; put the gate on it, use the middleware or a policy",
  ],
  [
    "A script, worker or frame in a `data:`, `javascript:` or `blob:` URL",
    "waits whole if its text names what may not load; limit: blobs of bytes whose type says nothing of markup or script, that are not UTF-8 or are of more than a megabyte, of other realms' lists or of what only can be gone through, that a worker has made, or that a response, a copy, a file or a form's data was, a `blob:` page in a pop-up, whose static tags no script sees, or to which `location` takes a frame, a `javascript:` frame in a `blob:` page or that takes its markup from a variable, and what only a browser's preload scanner takes for an element (in a comment of an SVG style); a policy can stop them",
  ],
  [
    "A sandboxed `srcdoc` whose scripts name Segment",
    "waits whole; limit: one that gets its sandbox later than its text by the list of its words (`sandbox.add`), or puts its URLs together; a policy can stop it",
  ],
  [
    "What a page's own default policy (Trusted Types) makes of a text; XML texts that HTML reads otherwise: elements with a prefix, XLink's attributes with another than `xlink`, empty ones such as `<title/>`, entities of their own",
    "limit: the text is read as it was given, and as HTML; a policy can stop what it loads",
  ],
  [
    "What XSLT imports or makes of a document that is not HTML, text pasted or dragged by the visitor into an editable element",
    "limit: not hooked; a policy can stop it",
  ],
  [
    "A form or link in a closed shadow root that markup made and its element's code has not asked for (`attachInternals`), a form that gets its URL while its data are gathered (Firefox), an element whose URL a `<base>` changes that comes with it or in the same task, a lazy image at any time, a script in a declarative shadow root whose host the parser read in an earlier piece of the page",
    "limit: no script sees it in time; a policy can stop it",
  ],
  [
    "Static scripts in a page that is served as XHTML, in WebKit",
    "limit: its XML parser runs a script before anyone is told of it; serve HTML, or use the rewriter or a policy",
  ],
  [
    "A script whose type, text or URL another script changes that was inserted with it; the first window of an `object` or `embed`, through `window[i]`; URLs that are relative to the `<base>` of another realm",
    "limit: not looked at again in time; a policy can stop what they load",
  ],
  [
    "What stands in a closed shadow root that was written, parsed (`setHTMLUnsafe`, `parseHTMLUnsafe`) or rewritten by the server",
    "stopped; limit: it stays out after the grant too, since no script finds it there",
  ],
  [
    "`RTCPeerConnection`, `window.name`, `history.state`, cache and file systems, WebAuthn's related origins, payment and media artwork URLs",
    "not used by Segment; not hooked",
  ],
];

/** @param {Record<string, Channel[]>} groups */
export function table(groups) {
  const all = Object.values(groups).flat();
  const limited = all.filter(({ limits }) => limits);
  const lines = [
    `${all.length} ways, each tried in Chromium, Firefox and WebKit with the gate and without it, the network log of a recording proxy being the judge (\`web/e2e/channels.test.js\`). ${all.length - limited.length} are stopped in every engine that has them; the others are marked.`,
    "",
    "| group | ways | stopped | limits |",
    "| --- | --- | --- | --- |",
    ...Object.entries(groups).map(([name, list]) => {
      const limits = list.filter((each) => each.limits).length;
      return `| ${GROUPS[name]} | ${list.length} | ${list.length - limits} | ${limits || "none"} |`;
    }),
    "",
    "**Known limits**, with the reason and what helps:",
    "",
    "| way | where | reason and remedy |",
    "| --- | --- | --- |",
    ...limited.map(({ title, limits = {} }) => {
      const where = ENGINES.filter((engine) => limits[engine]);
      return `| ${cell(title)} | ${where.length === 3 ? "everywhere" : where.join(", ")} | ${cell(limits[where[0]])} |`;
    }),
    "",
    "| what else there is | what happens |",
    "| --- | --- |",
    ...OTHER.map((row) => `| ${row.map(cell).join(" | ")} |`),
    "",
    "<details>",
    "<summary>Every way, by engine</summary>",
    "",
    "| way | Chromium | Firefox | WebKit |",
    "| --- | --- | --- | --- |",
  ];
  for (const [name, list] of Object.entries(groups)) {
    lines.push(`| **${GROUPS[name]}** | | | |`);
    for (const each of list)
      lines.push(
        `| ${cell(each.title)} | ${ENGINES.map((engine) => verdict(each, engine)).join(" | ")} |`,
      );
  }
  return [...lines, "", "</details>"].join("\n");
}

/** @param {Channel} channel @param {string} engine */
function verdict({ absent = [], limits = {} }, engine) {
  if (absent.includes(engine)) return "has none";
  return limits[engine] ? "limit" : "blocked";
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
