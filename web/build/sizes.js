/** The size of a file as it is and as servers send it. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/**
 * A table of the files' sizes in bytes: raw, gzip -9, brotli -q 11.
 * @param {string[]} files
 */
export async function sizeTable(files) {
  const rows = [["artifact", "raw", "gzip -9", "brotli -q 11"]];
  for (const file of files) {
    const bytes = await readFile(file);
    const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliSize(bytes)];
    rows.push([basename(file), ...sizes.map((size) => size.toLocaleString("en-US"))]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, i) => pad(cell, widths[i], i === 0)).join("  "))
    .join("\n");
}

/** What brotli -q 11 makes of it, in bytes. @param {Uint8Array} bytes */
export function brotliSize(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

/**
 * @param {string} cell
 * @param {number} width
 * @param {boolean} left
 */
function pad(cell, width, left) {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
