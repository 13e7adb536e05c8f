/**
 * The other half of encode.js, bundled into the page: text in, the engine's bytes out. It must stay tiny and quick:
 * it runs before the page's first script, and is interpreted, not compiled. A typed array's map is the fastest loop
 * there, faster than a written one.
 */

/** Printable ASCII without the quotation mark, the less-than sign and the backslash. */
export const ALPHABET = 92;

/** The code of the first of the last three characters of the alphabet. They announce a byte, the others are one. */
export const ANNOUNCER = 124;

/**
 * @param {string} text size characters, a byte each; then the table of the direct ones, two characters each; then a
 *   character for each byte that was only announced
 * @param {number} size of the result
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decode(text, size) {
  const codes = new TextEncoder().encode(text);
  const places = new Uint8Array(127);
  const meanings = new Uint8Array(127);
  let next = size;
  /** @param {number} code of an announcing character */
  const announced = (code) => places[codes[next++]] + ALPHABET * (code - ANNOUNCER);

  for (let code = 32, place = 0; code < 127; code++) {
    if (code !== 34 && code !== 60 && code !== 92) places[code] = place++;
  }
  for (let code = 32; code < ANNOUNCER; code++) {
    if (code !== 34 && code !== 60 && code !== 92) meanings[code] = announced(codes[next++]);
  }
  return codes
    .subarray(0, size)
    .map((code) => (code < ANNOUNCER ? meanings[code] : announced(code)));
}
