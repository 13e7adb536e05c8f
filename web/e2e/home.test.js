/** Markup that is said to name no host of which a rule speaks names none, whatever a browser's parser makes of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load } from "../build/modules.js";
import { inBrowsers } from "./lib/harness.js";
import { SHOP } from "./lib/shop.js";

const NATIVES = `
  const call = (name) => (text, ...args) => text[name](...args);
  export const [indexOf, slice, startsWith, lower] = ["indexOf", "slice", "startsWith", "toLowerCase"].map(call);
  export const { create } = Object;
  export const { fromCodePoint } = String;
  export const parseJSON = JSON.parse;
  export const getBaseURI = (document) => document.base;
  export const getHost = (url) => url.host;
  export const NativeURL = URL;
  export const win = { document: { base: "${SHOP}/" }, location: new URL("${SHOP}") };
  export const doc = win.document;
`;

/** As the engine answers, but for its rules: all hosts but Segment's are free. */
const ASK = `
  import { remember } from "./usual.js";
  export function isOpen(kind, url) {
    let host;
    try { ({ host } = new URL(url, "${SHOP}/")); } catch { return true; }
    const open = !/segment/.test(host);
    if (open) remember(kind, host, "");
    return open;
  }
`;

/** @type {{ staysHome: (markup: string) => boolean }} */
const { staysHome } = await load("hooks/home.js", NATIVES, ASK);

const EVERYDAY = {
  "a link to another site": `<p>See <a href="https://other.example">this</a> and <a href='http://third.example:8080/x?y'>that</a>.`,
  "references that are no part of a URL": `<p>Caf&eacute; &copy; 2026, it&#39;s &#8364;&nbsp;5 &hellip; <b>&#x2019;</b> <img src="/a.jpg">`,
  "words that end as a scheme does": `<h3>Ingredients:</h3><p>Map: open 10:30</p><img src="https://img.shop.example/a.jpg">`,
  "two hosts in a list": `<img srcset="https://a.example/1.jpg 1x, https://b.example/2.jpg 2x">`,
};
const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
Object.assign(EVERYDAY, {
  "an image in a data: URL": `<p>Data: none.</p><img src="${PIXEL}"><a href="javascript:void 0">x</a>`,
  "a frame beside words that end as those do": `<iframe src="/own"></iframe><p>Format: A4, extra: 2</p>`,
});
/** What a browser would load is in a form in which nobody sees it. */
const SECRET = {
  "a frame's text in base64": `<iframe src="data:text/html;base64,PGltZz4="></iframe>`,
  "an object's, in capitals": `<OBJECT DATA="DATA:text/html,%3Cimg%3E"></OBJECT>`,
  "an embed's, with a sign that is taken out": `<embed src="dat\na:text/html,%3Cimg%3E">`,
  "a frame's with the last sign apart": `<iframe src="blo\nb:null/x"></iframe>`,
  "a frame's program": `<iframe src="javascript:'%3Cimg%3E'"></iframe>`,
};
const DOUBTFUL = {
  "Segment's host": `<img src="https://cdn.segment.com/x">`,
  "a host that goes on behind its quotes": `<img src='https://other.example"@cdn.segment.com/'>`,
  "a slash that is a reference": `<img src="/&sol;cdn.segment.com/x">`,
  "slashes with a line end between them": `<img src="/\n/cdn.segment.com/x">`,
  "a slash that is a number": `<img src="/&#47cdn.segment.com/x">`,
  "a scheme whose letter is a number": `<img src="htt&#112;:cdn.segment.com/x">`,
  "a reference in a document in a document": `<iframe srcdoc="<img src='/&#38;sol;cdn.segment.com/x'>"></iframe>`,
  "the same by name": `<iframe srcdoc="<img src='/&AMP;sol;cdn.segment.com/x'>"></iframe>`,
  "a host without slashes": `<img src="http:cdn.segment.com/x">`,
};

/** How an attribute begins, and how it ends. */
const FRAMES = [
  ['<a href="', '">'],
  ["<img srcset='", "'>"],
  ["<iframe srcdoc='<img src=", ">'>"],
];
const PIECES = [
  ...[
    "",
    "https://",
    "http:",
    "HTTPS:",
    "htt",
    "http",
    "p",
    "s",
    "w",
    "x:",
    "//",
    "/",
    "/\n/",
    ":",
  ],
  ...["\\", "@", "?", "\n", "\t", " ", ",", '"', "https://img.example", "https://img.example/"],
  ...['"https://img.example"', "&sol;", "&#47;", "&#x2F;", "&#0047", "&colon;", "&#58;", "&bsol;"],
  ...["&Tab;", "&#9;", "&NewLine;", "&#xa;", "&commat;", "&period;", "&#115;", "&#x70;", "&shy;"],
  ...["&#39;", "&quot;", "&amp;", "&amp", "&AMP;", "&#38;", "&#x26;", "sol;", "#47;", "colon;"],
];

/** Every three of the pieces before Segment's host, as far as that is said to stay home. */
function spellings() {
  const found = [];
  for (const [begin, end] of FRAMES)
    for (const first of PIECES)
      for (const second of PIECES)
        for (const third of PIECES) {
          const text = `${begin}${first}${second}${third}cdn.segment.com/x${end}`;
          if (staysHome(text)) found.push(text);
        }
  return found;
}

/**
 * Runs in the page: the texts of which an attribute leads to Segment over the network.
 * @param {string[]} texts
 */
function leading(texts) {
  /** @param {string} markup @returns {string[]} */
  const values = (markup) => {
    const { documentElement } = new DOMParser().parseFromString(markup, "text/html");
    return Array.from(documentElement.querySelectorAll("*")).flatMap((element) =>
      Array.from(element.attributes).flatMap(({ name, value }) =>
        name === "srcdoc" ? values(value) : [value, ...value.split(/[\s,]+/)],
      ),
    );
  };
  const leads = (/** @type {string} */ value) => {
    try {
      const { protocol, host } = new URL(value, document.baseURI);
      return /^(https?|wss?|ftp):$/.test(protocol) && host.includes("segment");
    } catch {
      return false;
    }
  };
  return texts.filter((text) => values(text).some(leads));
}

describe("markup that stays home", () => {
  for (const [title, markup] of Object.entries(EVERYDAY))
    test(`${title}: no doubt`, () => assert.equal(staysHome(markup), true));
  for (const [title, markup] of Object.entries({ ...DOUBTFUL, ...SECRET }))
    test(`${title}: to be looked at`, () => assert.equal(staysHome(markup), false));
});

inBrowsers(
  (h) => {
    test("what stays home leads nowhere else, in every spelling of three pieces", async () => {
      const texts = spellings();
      assert.ok(texts.length > 20_000, `${texts.length} stayed home`);
      const page = await h.open({ gate: false, snippet: "" });
      const doubtful = Object.values(DOUBTFUL);
      assert.deepEqual(
        await page.evaluate(leading, doubtful),
        doubtful,
        "what is looked for is found",
      );
      for (let i = 0; i < texts.length; i += 10_000)
        assert.deepEqual(await page.evaluate(leading, texts.slice(i, i + 10_000)), []);
    });
  },
  { needsGate: false },
);
