/**
 * The other half of encode.js, bundled into the page: text in, the engine's bytes out. It must stay tiny and quick: it runs before the
 * page's first script, when JavaScript is interpreted, not compiled. So its loop is a wasm module of its own (decode.wat).
 */

/** Printable ASCII without the quotation mark, the less-than sign and the backslash. */
export const ALPHABET = 92;

/** The code of the first of the last three characters of the alphabet. They announce a byte, the others are one. */
export const ANNOUNCER = 124;

/** Where the meanings of direct characters and the text are in the reader's memory, and how long that is (decode.wat). */
const MEANINGS = 128;
const TEXT = 256;
export const MOST = 4 * 65536 - TEXT;

/**
 * @param {string} text size characters, a byte each; then the table of the direct ones, two characters each; then a
 *   character for each byte that was only announced
 * @param {number} size of the result
 * @param {number[]} reader the module of decode.wat
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decode(text, size, reader) {
  const module = new WebAssembly.Module(new Uint8Array(reader));
  const { memory, read } = /** @type {any} */ (new WebAssembly.Instance(module).exports);
  const bytes = new Uint8Array(memory.buffer);
  const codes = new TextEncoder().encode(text);
  bytes.set(codes, TEXT);
  for (let code = 32, place = 0; code < 127; code++) {
    if (code !== 34 && code !== 60 && code !== 92) bytes[code] = place++;
  }
  let next = size;
  for (let code = 32; code < ANNOUNCER; code++) {
    if (code !== 34 && code !== 60 && code !== 92) {
      const third = codes[next++] - ANNOUNCER;
      bytes[MEANINGS + code] = bytes[codes[next++]] + ALPHABET * third;
    }
  }
  if (size) read(size, next);
  return bytes.subarray(TEXT, TEXT + size);
}
