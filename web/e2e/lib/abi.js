/**
 * Speaks to the engine by wasm/abi/abi.go and nothing else, so that a test of the module does not lean on the page's own
 * side of the boundary.
 */
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import { ABI_VERSION, SETTING } from "../../src/gen/abi.js";

/**
 * The module's exports, as wasm/abi/abi.go lists them. Numbers come back signed.
 * @typedef {{
 *   memory: WebAssembly.Memory,
 *   version(): number,
 *   reserve(size: number): number,
 *   output(): number,
 *   configure(json: number, page: number): number,
 *   settings(): number,
 *   decide(kind: number, host: number, rest: number): number,
 *   rule(number: number): number,
 *   set(source: number, states: number, mask: number): number,
 *   hear(name: number, text: number, source: number, a: number, b: number): number,
 *   stored(key: number, jar: number, seconds: number): number,
 *   keeps(key: number): number,
 *   listens(name: number): number,
 *   consent(): number,
 *   mask(length: number): number,
 *   arrange(name: number, sorts: number): number,
 * }} Exports
 */

/**
 * @param {string} file a module built by TinyGo
 * @returns {Exports}
 */
export function startTinyGo(file) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
  /** @type {any} */ (exports)._initialize();
  return /** @type {any} */ (exports);
}

/**
 * @param {string} file a module built by standard Go for wasip1
 * @returns {Exports}
 */
export function startWasip1(file) {
  const wasi = new WASI({ version: "preview1" });
  const module = new WebAssembly.Module(readFileSync(file));
  const instance = new WebAssembly.Instance(
    module,
    /** @type {WebAssembly.Imports} */ (wasi.getImportObject()),
  );
  wasi.initialize(instance);
  return /** @type {any} */ (instance.exports);
}

/**
 * An engine in words: texts go in and come out, packed answers are unsigned numbers.
 * @param {Exports} exports
 */
export function speak(exports) {
  if (exports.version() !== ABI_VERSION) throw new Error("the module is of another ABI version");
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  /**
   * Writes texts to the input buffer, one behind the other, and returns their lengths.
   * @param {string[]} texts
   */
  function write(...texts) {
    const parts = texts.map((text) => encoder.encode(text));
    const all = Buffer.concat(parts);
    const address = exports.reserve(all.length) >>> 0;
    new Uint8Array(exports.memory.buffer, address, all.length).set(all);
    return parts.map((part) => part.length);
  }

  /** @param {number} length of the text in the output buffer */
  function read(length) {
    return decoder.decode(
      new Uint8Array(exports.memory.buffer, exports.output() >>> 0, length).slice(),
    );
  }

  return {
    /**
     * @param {string} json
     * @param {string} page
     * @returns {string} the problems, one a line
     */
    configure(json, page) {
      const [pageLength, jsonLength] = write(page, json);
      return read(exports.configure(jsonLength, pageLength));
    },
    /**
     * @param {number} kind
     * @param {string} host
     * @param {string} rest
     */
    decide(kind, host, rest) {
      const [hostLength, restLength] = write(host, rest);
      return exports.decide(kind, hostLength, restLength) >>> 0;
    },
    /** @param {number} number */
    rule(number) {
      return read(exports.rule(number));
    },
    /**
     * @param {"set"} call
     * @param {number[]} numbers
     */
    step(call, [a, b, c]) {
      return exports[call](a, b, c) >>> 0;
    },
    /**
     * @param {"hear" | "stored"} call
     * @param {string[]} texts both of them
     * @param {number[]} numbers that follow their lengths
     */
    tell(call, texts, numbers) {
      const [first, second] = write(...texts);
      const [a, b, c] = numbers;
      return exports[call](first, second, a, b, c) >>> 0;
    },
    /** @param {string} key */
    keeps: (key) => exports.keeps(write(key)[0]) === 1,
    /** @param {string} name */
    listens: (name) => exports.listens(write(name)[0]) === 1,
    /**
     * @param {string} list
     * @returns {string | null} what is left of the list; null when nothing was taken
     */
    mask(list) {
      const length = exports.mask(write(list)[0]);
      return length ? read(length - 1) : null;
    },
    /**
     * @param {string} method
     * @param {string} sorts
     */
    arrange(method, sorts) {
      const [nameLength, sortsLength] = write(method, sorts);
      return exports.arrange(nameLength, sortsLength) >>> 0;
    },
    consent: () => exports.consent() >>> 0,
    settings: () => exports.settings() >>> 0,
  };
}

/** @typedef {ReturnType<typeof speak>} Engine */

/**
 * The settings word for settings in words.
 * @param {{ gpc: boolean, storedConsent: boolean, debug: boolean, cmp: unknown, queue: number }} settings
 */
export function settingsWord({ gpc, storedConsent, debug, cmp, queue }) {
  return (
    (gpc ? SETTING.gpc : 0) |
    (storedConsent ? SETTING.stored : 0) |
    (debug ? SETTING.debug : 0) |
    (Array.isArray(cmp) && cmp.length === 0 ? 0 : SETTING.cmp) |
    (queue << SETTING.queueShift)
  );
}
