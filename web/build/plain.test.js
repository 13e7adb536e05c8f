/** The URLs that are judged without the parser are judged as the parser would. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, randomly } from "./modules.js";

const BASE = "https://www.shop.example/a/b?c";
const STARTS = [
  "https://",
  "http://",
  "/",
  "",
  "https:/",
  "HTTPS://",
  "//",
  "https://cdn.segment.com",
  "https://a.b",
];
const SIGNS = [..."abz019.-_~!$&'()*+,;=:@/?#%\\ \t\nAZ<>\"{}|^`[]é。"];

/** The natives it needs. */
const NATIVES =
  "export const { create } = Object, slice = (text, from, to) => text.slice(from, to);";

test("agrees with the platform's parser on 300,000 spellings, and knows the plain ones", async () => {
  const { pathStart, plainPath } = await load("plain.js", NATIVES);
  const random = randomly(1);
  let known = 0;
  for (let i = 0; i < 300_000; i++) {
    let url = STARTS[random(STARTS.length)];
    for (let length = random(14); length > 0; length--) url += SIGNS[random(SIGNS.length)];
    const start = pathStart(url);
    const path = start < 0 ? undefined : plainPath(url, start);
    if (!path) continue;
    known++;
    const host = start ? url.slice(url[4] === "s" ? 8 : 7, start) : "www.shop.example";
    const parsed = new URL(url, BASE);
    assert.deepEqual([host, path], [parsed.host, parsed.pathname], JSON.stringify(url));
  }
  assert.ok(known > 10_000, `${known} were plain`);
});

test("takes the URLs of everyday pages for plain ones, and none that is odd", async () => {
  const { pathStart, plainPath } = await load("plain.js", NATIVES);
  const plain = (/** @type {string} */ url) =>
    pathStart(url) >= 0 && plainPath(url, pathStart(url)) !== undefined;
  for (const url of [
    "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js",
    "/api/cart?id=1",
    "https://a.example",
  ])
    assert.ok(plain(url), url);
  for (const url of [
    ...[
      "//cdn.segment.com/",
      "https://cdn.segment.com./",
      "https://CDN.segment.com/",
      "https://x@cdn.segment.com/",
    ],
    ...[
      "https://cdn.segment.com:443/",
      "https://cdn%2esegment.com/",
      "https:\\\\cdn.segment.com",
      "/\\cdn.segment.com",
    ],
    ...[
      "https://127.0.0.1/",
      "https://0x7f.1/",
      "/a/../b",
      "/./",
      " /a",
      "a",
      "",
      "https://cdn.segm\tent.com/",
    ],
  ])
    assert.ok(!plain(url), url);
});
