/** What is taken for usual names no host but a usual one, whatever the platform's parser makes of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, randomly } from "./modules.js";

const BASE = "https://www.shop.example/a/b?c";
const NATIVES = `
  const call = (name) => (text, ...args) => text[name](...args);
  export const [indexOf, slice, startsWith] = ["indexOf", "slice", "startsWith"].map(call);
  export const { create } = Object;
  export const getBaseURI = (document) => document.base;
  export const getHost = (url) => url.host;
  export const NativeURL = URL;
  export const win = { document: { base: "${BASE}" }, location: new URL("${BASE}") };
  export const doc = win.document;
`;
const USUAL = ["https://img.shop.example/", "http://plain.shop.example/"];
const PIECES = [
  ...USUAL,
  ...["https://cdn.segment.com/", "//cdn.segment.com/", "cdn.segment.com", "https:", "HTTPS:"],
  ...[
    "http:",
    "data:,",
    "blob:",
    "x:",
    "/",
    "\\",
    ":",
    "a",
    "s",
    "p",
    "htt",
    "w",
    "ws:",
    "2x",
    "@",
    "?",
    "#",
    "é",
  ],
];
const SPACES = [" ", ", ", "\n", "\t", ","];

/** The module, once asked about what the page uses. */
async function start() {
  const usual = await load("usual.js", NATIVES);
  for (const url of [...USUAL, BASE]) {
    usual.remember(0, new URL(url).host, "");
    assert.equal(usual.becomesUsual(url), true);
  }
  for (const url of USUAL) assert.equal(usual.becomesUsual(url), true);
  return usual;
}

/** Where a URL leads to over the network, if it does. @param {string} url */
function networkHost(url) {
  if (!URL.canParse(url, BASE)) return undefined;
  const { protocol, host } = new URL(url, BASE);
  return /^(https?|wss?|ftp):$/.test(protocol) ? host : undefined;
}

test("a list that names usual URLs alone names no other host, in 300,000 spellings", async () => {
  const { namesUsual, isHomeUsual } = await start();
  assert.equal(isHomeUsual(), true);
  const hosts = [...USUAL, BASE].map((url) => new URL(url).host);
  const random = randomly(3);
  let known = 0;
  for (let i = 0; i < 300_000; i++) {
    let text = "";
    for (let length = 1 + random(9); length > 0; length--) {
      const pieces = random(4) ? PIECES : SPACES;
      text += pieces[random(pieces.length)];
    }
    if (!namesUsual(text)) continue;
    known++;
    for (const url of text.split(/[\s,]+/)) {
      const host = networkHost(url);
      assert.ok(host === undefined || hosts.includes(host), JSON.stringify([text, url, host]));
    }
  }
  assert.ok(known > 10_000, `${known} were usual`);
});

test("a URL that is taken for usual leads to a usual host", async () => {
  const { isUsual } = await start();
  const random = randomly(5);
  const hosts = [...USUAL, BASE].map((url) => new URL(url).host);
  let known = 0;
  for (let i = 0; i < 300_000; i++) {
    let url = "";
    const all = [...PIECES, ...SPACES];
    for (let length = 1 + random(6); length > 0; length--) url += all[random(all.length)];
    if (!isUsual(url)) continue;
    known++;
    const host = networkHost(url);
    assert.ok(host === undefined || hosts.includes(host), JSON.stringify([url, host]));
  }
  assert.ok(known > 10_000, `${known} were usual`);
});

test("everyday lists are usual, and forgotten hosts are not", async () => {
  const { namesUsual, askAgain } = await start();
  for (const text of [
    "",
    "/a.jpg 2x",
    `${USUAL[0]}a.jpg 1x, ${USUAL[0]}b.jpg 2x`,
    `${USUAL[0]}a.jpg 100w,\n  ${USUAL[1]}b.jpg 200w`,
  ])
    assert.equal(namesUsual(text), true, text);
  for (const text of [
    "//cdn.segment.com/a 2x",
    `${USUAL[0]}a 1x, https://cdn.segment.com/a 2x`,
    `https:/cdn.segment.com/a`,
    `https\n:/cdn.segment.com/a`,
    `/\\cdn.segment.com/a`,
    `${USUAL[0]}a 1x, //cdn.segment.com/a`,
    `//cdn.segment.com/a 1x, ${USUAL[0]}a 2x`,
  ])
    assert.equal(namesUsual(text), false, text);
  askAgain();
  assert.equal(namesUsual(`${USUAL[0]}a 1x`), false);
  // A blank may be the name of a user.
  assert.equal(namesUsual("https:// @cdn.segment.com/"), false);
});
