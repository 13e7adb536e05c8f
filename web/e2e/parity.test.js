/**
 * One engine in every place: the corpus of decisions, the corpus of configurations and seeded random requests get the
 * same answers natively (blocker/internal/parity), from the module that TinyGo builds and from the one of standard Go.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { settingsWord, speak, startTinyGo, startWasip1 } from "./lib/abi.js";
import { ACTIONS, CATEGORIES, KINDS, REASONS, SOURCES, STATES, METHODS } from "../src/gen/abi.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TINYGO = join(ROOT, "web/dist/segment-blocker.wasm");
const REFUSALS = ["error", "empty", "pending"];
const NAMED = ["cookie", "storage", "database", "destination"];
/** 500 requests each. */
const SCENARIOS = 250;
const SEED = "20231123";

/** @type {string} */
let work;
/** @type {Record<string, () => import("./lib/abi.js").Engine>} */
const builds = {
  TinyGo: () => speak(startTinyGo(TINYGO)),
  "standard Go": () => speak(startWasip1(join(work, "engine.wasm"))),
};

before(() => {
  assert.ok(existsSync(TINYGO), `${TINYGO} is missing: run "make build" first`);
  work = mkdtempSync(join(tmpdir(), "segment-blocker-"));
  go(["build", "-buildmode=c-shared", "-o", join(work, "engine.wasm"), "./wasm"], {
    GOOS: "wasip1",
    GOARCH: "wasm",
  });
  go(["build", "-o", join(work, "parity"), "./blocker/internal/parity"]);
});

after(() => work && rmSync(work, { recursive: true }));

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function go(args, env = {}) {
  execFileSync("go", args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: "inherit" });
}

/**
 * What the native engine answers.
 * @param {string[]} args
 * @returns {any[]}
 */
function native(...args) {
  const lines = execFileSync(join(work, "parity"), args, { cwd: ROOT, maxBuffer: 1 << 28 });
  return lines
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/**
 * The files of a corpus, in the order of their names.
 * @param {string} name
 * @returns {any[]}
 */
function corpus(name) {
  const dir = join(ROOT, "testdata", name);
  const files = readdirSync(dir)
    .filter((file) => file.endsWith(".json"))
    .sort();
  return files.map((file) => JSON.parse(readFileSync(join(dir, file), "utf8")));
}

/**
 * What a source says, through the exports.
 * @param {import("./lib/abi.js").Engine} engine
 * @param {any} signal
 */
function signal(engine, { source, states, heard, stored }) {
  if (stored) {
    engine.tell("stored", [stored.key ?? "", stored.jar], [stored.seconds]);
    return;
  }
  const from = indexOf(SOURCES, source);
  if (heard) {
    const { name = "", text = "", a = 0, b = 0 } = heard;
    engine.tell("hear", [name, text], [from, a, b]);
  }
  let word = 0;
  let mask = 0;
  for (const [category, state] of Object.entries(states ?? {})) {
    word |= indexOf(STATES, state) << (2 * indexOf(CATEGORIES, category));
    mask |= 1 << indexOf(CATEGORIES, category);
  }
  if (mask) engine.step("set", [from, word, mask]);
}

/**
 * @param {string[]} words
 * @param {string} word
 */
function indexOf(words, word) {
  const index = words.indexOf(word);
  assert.notEqual(index, -1, `no such word: ${word}`);
  return index;
}

/**
 * @param {import("./lib/abi.js").Engine} engine
 * @param {string} kind
 * @param {string} target
 */
function decide(engine, kind, target) {
  const number = indexOf(KINDS, kind);
  if (NAMED.includes(kind)) return engine.decide(number, "", target);
  const slash = target.indexOf("/");
  if (slash < 0) return engine.decide(number, target, "");
  return engine.decide(number, target.slice(0, slash), target.slice(slash));
}

/**
 * A packed decision in the words of the corpus.
 * @param {import("./lib/abi.js").Engine} engine
 * @param {number} packed
 */
function words(engine, packed) {
  const decision = ACTIONS[packed & 3];
  return {
    decision,
    category: CATEGORIES[(packed >> 4) & 7],
    reason: REASONS[(packed >> 8) & 255],
    rule: engine.rule(packed >>> 16),
    ...(decision === "drop" ? { refusal: REFUSALS[(packed >> 2) & 3] } : {}),
  };
}

for (const [build, start] of Object.entries(builds)) {
  describe(`the engine built by ${build}`, () => {
    test("decides the corpus as it is written, and as the native engine does", () => {
      const cases = corpus("decisions");
      const answers = native("corpus", "testdata/decisions");
      assert.equal(cases.length, answers.length);
      let asked = 0;
      for (const [i, { title, config, page, signals, requests }] of cases.entries()) {
        const engine = start();
        const answer = answers[i];
        assert.equal(answer.title, title);
        assert.equal(engine.configure(JSON.stringify(config), page), answer.problems, title);
        for (const s of signals) signal(engine, s);
        assert.equal(engine.settings(), answer.settings, title);
        assert.equal(engine.consent(), answer.consent, title);
        for (const [j, { kind, target, want }] of requests.entries()) {
          const packed = decide(engine, kind, target);
          assert.deepEqual(words(engine, packed), want, `${title}: ${kind} ${target}`);
          assert.equal(packed, answer.decisions[j], `${title}: ${kind} ${target}`);
          asked++;
        }
      }
      const natively = answers.reduce((sum, { decisions }) => sum + decisions.length, 0);
      assert.equal(asked, natively, "every case is replayed on both sides");
      assert.ok(asked > 200, `only ${asked} cases`);
    });

    test("reads every configuration of the corpus with the same faults and settings", () => {
      const engine = start();
      const strict = { gpc: true, storedConsent: true, debug: false, cmp: "auto", queue: 1000 };
      let read = 0;
      for (const { title, text, config, problems, want } of corpus("config").flat()) {
        const said = engine.configure(text ?? JSON.stringify(config), "");
        assert.equal(said, problems.map((/** @type {string} */ p) => `${p}\n`).join(""), title);
        assert.equal(engine.settings(), settingsWord({ ...strict, ...want }), title);
        read++;
      }
      assert.ok(read > 140, `only ${read} configurations`);
    });

    test("agrees with the native engine on 125,000 random requests", () => {
      let asked = 0;
      let matched = 0;
      for (const scenario of native("random", SEED, String(SCENARIOS))) {
        const engine = start();
        const where = JSON.stringify([scenario.config, scenario.page, scenario.steps]);
        assert.equal(engine.configure(scenario.config, scenario.page), scenario.problems, where);
        assert.equal(engine.settings(), scenario.settings, where);
        for (const { call, texts, numbers, answer } of scenario.steps ?? []) {
          const told = call === "hear" || call === "stored";
          const got = told ? engine.tell(call, texts, numbers) : engine.step(call, numbers);
          assert.equal(got, answer, `${call} ${texts} ${numbers} in ${where}`);
        }
        assert.equal(engine.consent(), scenario.consent, where);
        for (const [kind, host, rest, packed] of scenario.requests) {
          const got = engine.decide(kind, host, rest);
          // Compared first: a message is made only for what fails.
          if (got !== packed) assert.equal(got, packed, `${kind} ${host} ${rest} in ${where}`);
          if (packed) matched++;
          asked++;
        }
        for (const [number, name] of Object.entries(scenario.rules)) {
          assert.equal(engine.rule(Number(number)), name, where);
        }
        for (const [list, left] of scenario.masks) {
          assert.equal(engine.mask(list), left, `${list} in ${where}`);
        }
      }
      assert.equal(asked, SCENARIOS * 500);
      assert.ok(matched > asked / 4, `only ${matched} of ${asked} requests met a rule`);
    });

    test("arranges every call of up to four arguments as the native engine does", () => {
      const engine = start();
      const answers = native("arrange");
      assert.deepEqual(
        answers.map(({ method }) => method),
        METHODS,
      );
      let arranged = 0;
      for (const { method, calls } of answers) {
        for (const [sorts, packed] of Object.entries(calls)) {
          assert.equal(engine.arrange(method, sorts), packed, `${method}(${sorts})`);
          arranged++;
        }
      }
      assert.equal(arranged, METHODS.length * (1 + 6 + 36 + 216 + 1296));
      for (const method of ["", "Track", "ready", "tracks"]) {
        assert.equal(engine.arrange(method, "so"), 0, `${method} is not replayed`);
      }
    });
  });
}
