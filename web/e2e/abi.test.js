/**
 * The boundary holds whatever is put through it: nothing traps, nothing outside the buffer is read, and memory does not
 * grow with use. Against the module that the page carries.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { speak, startTinyGo } from "./lib/abi.js";
import { KINDS, MAX_INPUT, METHODS, SETTINGS_WHOLE, SOURCE_API } from "../src/gen/abi.js";

const FILE = fileURLToPath(new URL("../dist/segment-blocker.wasm", import.meta.url));
const DOCUMENT = new URL("../../wasm/abi/abi.go", import.meta.url);
/** What decide answers to lengths that do not fit: hold, with no rule (abi.RefusedDecision). */
const REFUSED = 1;
/** Numbers at which something could tip over. */
const EDGES = [
  0, 1, 2, 15, 16, 17, 18, 19, 20, 255, 256, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

/**
 * A small random generator (xorshift32), so that a failure can be seen again.
 * @param {number} seed
 */
function randomNumbers(seed) {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

/** The exports that wasm/abi/abi.go documents, with the number of their parameters. */
function documented() {
  const text = readFileSync(DOCUMENT, "utf8");
  const lines = text.matchAll(/^\/\/\t(\w+)\((.*?)\)(?: u32)? {2,}/gm);
  return [...lines].map(([, name, list]) => ({
    name,
    parameters: list === "" ? 0 : list.split(",").length,
  }));
}

test("exports what the document of the boundary says, with its parameters", () => {
  /** @type {any} */
  const exports = startTinyGo(FILE);
  const list = documented();
  assert.ok(list.length >= 12, "the document is not understood");
  for (const { name, parameters } of list) {
    assert.equal(typeof exports[name], "function", name);
    assert.equal(exports[name].length, parameters, name);
  }
});

test("never traps on random numbers, bytes and lengths", () => {
  /** @type {any} */
  const exports = startTinyGo(FILE);
  const random = randomNumbers(20231123);
  const calls = documented();
  const capacity = 2048;
  const address = exports.reserve(capacity) >>> 0;
  const number = () => {
    const kind = random() % 4;
    if (kind === 0) return EDGES[random() % EDGES.length];
    return kind === 1 ? random() : random() % (kind === 2 ? 32 : capacity);
  };
  for (let i = 0; i < 100_000; i++) {
    const bytes = new Uint8Array(exports.memory.buffer, address, 64);
    for (let j = 0; j < 8; j++) bytes[random() % 64] = random();
    const { name, parameters } = calls[random() % calls.length];
    // A buffer of another size is the matter of another test; here its address is to stay.
    const numbers = Array.from({ length: parameters }, number);
    if (name === "reserve") numbers[0] = Math.min(numbers[0], capacity);
    const answer = exports[name](...numbers) >>> 0;
    assert.ok(Number.isInteger(answer), `${name}(${numbers})`);
    if (name === "reserve") assert.equal(answer, address, "the buffer stays where it is");
    if (name === "output") assert.ok(answer < exports.memory.buffer.byteLength);
  }
});

test("never traps on a configuration of random bytes, JSON-like bytes or hostile depth", () => {
  const exports = startTinyGo(FILE);
  const engine = speak(exports);
  const random = randomNumbers(7);
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    '"rules"',
    '"hosts"',
    '"host"',
    '"a"',
    "1",
    "\\",
    "\\u00",
    "\\ud83d",
    "é",
    " ",
    "null",
    "{}",
  ];
  for (let i = 0; i < 3000; i++) {
    let text = "{";
    for (let j = random() % 40; j > 0; j--) text += pieces[random() % pieces.length];
    engine.configure(text, "www.shop.example");
  }
  for (const unit of [
    "[",
    "{",
    '{"a":',
    "[[",
    '[{"a":',
    '{"rules":[',
    '"',
    "\\",
    "1",
    "-",
    "\u0000",
  ]) {
    const problems = engine.configure(unit.repeat(300_000 / unit.length), "");
    assert.match(problems, /^config: must be a JSON object/m, unit);
    assert.equal(engine.decide(KINDS.indexOf("script"), "cdn.segment.com", "/") & 3, 1, "held");
  }
});

test("survives the longest configuration, with every rule of it faulty", () => {
  const exports = startTinyGo(FILE);
  const engine = speak(exports);
  const rule = '{"cookie":"c"}';
  const count = Math.floor((MAX_INPUT - 20) / (rule.length + 1));
  const problems = engine.configure(`{"rules":[${Array(count).fill(rule).join()}]}`, "");
  assert.equal(problems.trim().split("\n").length, count);
  assert.equal(engine.decide(KINDS.indexOf("cookie"), "", "c") & 3, 1, "held");
});

test("refuses lengths that do not fit the buffer", () => {
  /** @type {any} */
  const exports = startTinyGo(FILE);
  for (const [a, b] of [
    [1, 0],
    [0, 1],
  ]) {
    assert.equal(exports.decide(1, a, b), REFUSED, "before any buffer is reserved");
  }
  exports.reserve(100);
  for (const [a, b] of [
    [101, 0],
    [0, 101],
    [50, 51],
    [0xffffffff, 0],
    [0xffffffff, 1],
    [1, 0xffffffff],
    [0x80000000, 0x80000000],
    [0xffffffff, 0xffffffff],
  ]) {
    for (const kind of [1, KINDS.indexOf("cookie"), 255]) {
      assert.equal(exports.decide(kind, a, b), REFUSED, `decide(${kind}, ${a}, ${b})`);
    }
    assert.equal(exports.configure(a, b), 0, `configure(${a}, ${b})`);
    assert.equal(exports.arrange(a, b), 0, `arrange(${a}, ${b})`);
    assert.equal(exports.hear(a, b, 6, 1, 0), 0, `hear(${a}, ${b})`);
    assert.equal(exports.stored(a, b, 1), 0, `stored(${a}, ${b})`);
    if (a > 100) {
      for (const name of ["mask", "keeps", "listens"])
        assert.equal(exports[name](a), 0, `${name}(${a})`);
    }
  }
});

test("gives no buffer larger than the largest input, and keeps a smaller one where it is", () => {
  const exports = startTinyGo(FILE);
  const address = exports.reserve(1000) >>> 0;
  assert.ok(address > 0);
  for (const size of [MAX_INPUT + 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    assert.equal(exports.reserve(size), 0, `${size} bytes`);
  }
  for (const size of [1, 999, 1000]) assert.equal(exports.reserve(size) >>> 0, address);
  const largest = exports.reserve(MAX_INPUT) >>> 0;
  assert.ok(largest > 0 && largest + MAX_INPUT <= exports.memory.buffer.byteLength);
});

test("does not take numbers that stand for nothing for others that do", () => {
  const exports = startTinyGo(FILE);
  const engine = speak(exports);
  const before = engine.consent();
  for (const source of [0, 8, 255, 256, 256 + 7, 0x10007, 0xffffffff]) {
    assert.equal(exports.set(source, 0b01010101, 15) & 15, 0, `set by source ${source}`);
    assert.equal(exports.hear(0, 0, source, 4, 0) >>> 8, 0, `hear of source ${source}`);
  }
  assert.equal(engine.consent(), before);
  // A network kind may be any number; none may be read as a cookie.
  for (const kind of [20, 255, 256 + 17, 0x10011]) {
    assert.equal(engine.decide(kind, "cdn.segment.com", "/") & 3, 1, `kind ${kind}`);
  }
  for (const number of [0, 99, 65535, 65536, 65537, 0x10001, 0xffffffff]) {
    assert.equal(engine.rule(number), "", `rule ${number}`);
  }
  // The fourth state counts as a denial, a model that is none as opt-in.
  exports.set(7, 0b11111111, 15);
  assert.equal(engine.decide(1, "cdn.segment.com", "/") & 3, 2);
});

test("imports nothing", () => {
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(FILE))), []);
});

test("keeps its memory flat over a million decisions of every sort", () => {
  const exports = startTinyGo(FILE);
  const engine = speak(exports);
  engine.configure(
    '{"hosts":["shop.example/seg"],"rules":[{"host":"px.example","path":"/p*","category":"marketing"}]}',
    "www.shop.example",
  );
  /** @type {[number, string, string][]} */
  const requests = [
    [1, "cdn.segment.com", "/analytics.js/v1/KEY/analytics.min.js"],
    [5, "images.shop.example", `/${"x".repeat(4000)}.webp`],
    [2, "shop.example", "/seg/v1/t"],
    [5, "eu.px.example", "/p.gif"],
    [KINDS.indexOf("cookie"), "", "ajs_anonymous_id=1; path=/"],
    [KINDS.indexOf("storage"), "", "cart"],
    [KINDS.indexOf("database"), "", "Segment Signals Buffer"],
  ];
  for (const [kind, host, rest] of requests) engine.decide(kind, host, rest);
  const before = exports.memory.buffer.byteLength;
  let held = 0;
  for (const [kind, host, rest] of requests) {
    const first = engine.decide(kind, host, rest);
    const lengths = [host, rest].map((text) => Buffer.byteLength(text));
    for (let i = 0; i < 150_000; i++) {
      if (exports.decide(kind, lengths[0], lengths[1]) >>> 0 === first) held++;
    }
  }
  assert.equal(held, requests.length * 150_000, "the same question gets the same answer");
  assert.equal(exports.memory.buffer.byteLength, before);
});

test("keeps its memory flat over a million calls of every other export", () => {
  const exports = startTinyGo(FILE);
  const engine = speak(exports);
  const list = "cart=3; ajs_anonymous_id=1; lang=en; ajs_user_id=2; theme=dark";
  const method = METHODS[0];
  /** @type {Record<string, (i: number) => unknown>} */
  const words = '{"C0002":true,"C0004":false,"50%25":"%41"}';
  const tc = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA";
  const jar = `theme=dark; klaro=%7B%22analytics%22%3Atrue%7D; euconsent-v2=${tc}; cookieconsent_status=deny`;
  const kept = "klaro";
  const own = "onetrust";
  const calls = {
    hear: (i) => exports.hear(own.length, words.length, 6, i & 7, 0),
    "hear a standard": (i) => exports.hear(0, tc.length, i % 9, 0x1000081, i),
    stored: () => exports.stored(0, jar.length, 1795435200),
    "stored now": () => exports.stored(kept.length, jar.length, 1795435200),
    keeps: () => exports.keeps(kept.length),
    listens: () => exports.listens(kept.length),
    mask: () => exports.mask(list.length),
    arrange: () => exports.arrange(method.length, 4),
    consent: () => exports.consent(),
    output: () => exports.output(),
    reserve: (i) => exports.reserve(i % 4096),
    rule: (i) => exports.rule(i % 2100),
    set: (i) => exports.set(7, i & 255, 15),
    settings: () => exports.settings(),
    version: () => exports.version(),
  };
  for (const [name, call] of Object.entries(calls)) {
    // Each finds its own input in the buffer.
    if (name === "mask") assert.equal(engine.mask(list), "cart=3; lang=en; theme=dark");
    if (name === "hear") engine.tell("hear", [own, words], [6, 1, 0]);
    if (name === "hear a standard") engine.tell("hear", ["", tc], [5, 0, 0]);
    if (name === "stored") assert.notEqual(engine.tell("stored", ["", jar], [1795435200]), 0);
    if (name === "stored now") engine.tell("stored", [kept, jar], [1795435200]);
    if (name === "keeps") assert.ok(engine.keeps(kept));
    if (name === "listens") assert.ok(engine.listens(kept));
    if (name === "arrange") assert.notEqual(engine.arrange(method, "soof"), 0);
    // The largest buffer and the longest answer are made once.
    for (let i = 0; i < 5000; i++) call(i);
    const before = exports.memory.buffer.byteLength;
    // What reads a whole jar takes its time.
    const times = name.startsWith("stored") || name.startsWith("hear") ? 50_000 : 1_000_000;
    for (let i = 0; i < times; i++) call(i);
    assert.equal(exports.memory.buffer.byteLength, before, name);
  }
});

test("a source with many destinations takes no more memory than a few copies of its settings", () => {
  /** @type {any} */
  const exports = startTinyGo(FILE);
  const engine = speak(exports);
  engine.configure("{}", "");
  exports.set(SOURCE_API, (1 << 4) | (2 << 6), 14);
  const integrations = Object.fromEntries(
    Array.from({ length: 70 }, (_, i) => [`Destination ${i} (Actions)`, { key: "x".repeat(1800) }]),
  );
  const settings = new TextEncoder().encode(JSON.stringify({ integrations }));
  const narrow = () => {
    const address = exports.reserve(settings.length) >>> 0;
    new Uint8Array(exports.memory.buffer, address, settings.length).set(settings);
    return exports.narrow(0, 0, settings.length) & 3;
  };
  assert.ok(narrow() > SETTINGS_WHOLE, "some are left out");
  const before = exports.memory.buffer.byteLength;
  for (let i = 0; i < 10; i++) narrow();
  const grown = exports.memory.buffer.byteLength - before;
  assert.ok(grown <= 10 * 8 * settings.length, `${grown} bytes for ${settings.length} ten times`);
  engine.decide(KINDS.indexOf("destination"), "", "Nobody knows this");
  const then = exports.memory.buffer.byteLength;
  for (let i = 0; i < 20_000; i++) exports.decide(KINDS.indexOf("destination"), 0, 17);
  assert.equal(exports.memory.buffer.byteLength, then);
});

test("settings are narrowed and events stamped, and no memory is lost with them", () => {
  /** @type {any} */
  const exports = startTinyGo(FILE);
  const put = (/** @type {string} */ text) => {
    const bytes = new TextEncoder().encode(text);
    const address = exports.reserve(bytes.length) >>> 0;
    new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
    return bytes.length;
  };
  const output = (/** @type {number} */ length) =>
    new TextDecoder().decode(new Uint8Array(exports.memory.buffer, exports.output() >>> 0, length));
  exports.configure(put("{}"), 0);
  // Analytics granted, marketing denied, by the site.
  exports.set(SOURCE_API, (1 << 4) | (2 << 6), 14);
  const settings = '{"integrations":{"Segment.io":{},"Facebook Pixel":{},"Hotjar":{"a":1.0}}}';
  const word = exports.narrow(0, 0, put(settings)) >>> 0;
  assert.equal(output(word >>> 2), '{"integrations":{"Segment.io":{},"Hotjar":{"a":1.0}}}');
  assert.equal(output(exports.destination(0, 0)), "Facebook Pixel");
  assert.equal(output(exports.destination(0, 1)), "Hotjar");
  assert.equal(exports.destination(0, 2), 0);
  assert.equal(exports.missing(0), 0);
  assert.equal(exports.narrow(0, 0, put("{}")) & 3, 0);
  const body = put('{"context":{},"integrations":{"Facebook Pixel":true}}');
  const stamped = exports.stamp(body);
  assert.equal(
    output(stamped - 1),
    '{"context":{"consent":{"categoryPreferences":{"functional":false,"analytics":true,"marketing":false}}},' +
      '"integrations":{"Facebook Pixel":false}}',
  );
  const before = exports.memory.buffer.byteLength;
  for (let i = 0; i < 100_000; i++) exports.stamp(body);
  const named = put("Facebook Pixelajs-next-1700000000000-a");
  const name = "Facebook Pixel".length;
  assert.equal(exports.receives(name, named - name), 0);
  exports.set(SOURCE_API, (1 << 4) | (1 << 6), 14);
  assert.equal(exports.receives(name, named - name), 1);
  for (let i = 0; i < 100_000; i++) exports.receives(name, named - name);
  exports.lapse(1700000000001);
  assert.equal(exports.receives(name, named - name), 1, "it is open");
  assert.equal(exports.receives(name, 1 << 30), 0);
  assert.equal(exports.memory.buffer.byteLength, before);
});
