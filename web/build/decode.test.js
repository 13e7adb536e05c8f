import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decode } from "./decode.js";
import { encode } from "./encode.js";

const READER = [...readFileSync(new URL("decode.wasm", import.meta.url))];

/** @param {number} length */
function anyBytes(length) {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

const MODULES = {
  "no byte at all": new Uint8Array(0),
  "one byte": Uint8Array.of(255),
  "every byte once": Uint8Array.from({ length: 256 }, (_, byte) => byte),
  "bytes of any value": anyBytes(70000),
  "bytes that have a character each": new TextEncoder().encode("segment-blocker ".repeat(100)),
};

for (const [name, bytes] of Object.entries(MODULES)) {
  test(`a module of ${name} comes back as it went in`, () => {
    assert.deepEqual(decode(encode(bytes), bytes.length, READER), bytes);
  });
}

test("a module that the reader has no room for is refused", () => {
  assert.throws(() => encode(new Uint8Array(262144)), /room for 261888/);
});

test("the text needs no escape in a string and means nothing to an HTML parser", () => {
  for (const bytes of Object.values(MODULES)) assert.match(encode(bytes), /^[ !#-;=-[\]-~]+$/);
});
