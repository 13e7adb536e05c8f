/** Tables in web/README.md that tests write and compare. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths.js";

const FILE = join(ROOT, "web/README.md");

/** Tables are told apart by their cells alone: prettier lays them out. @param {string} text */
const cells = (text) =>
  text
    .replace(/ *\| */g, "|")
    .replace(/-{2,}/g, "-")
    .trim();

/**
 * What stands in web/README.md between the comments of a name, and what should. With UPDATE_README it is written first.
 * @param {string} name
 * @param {string} now
 * @returns {[string, string]}
 */
export function inReadme(name, now) {
  const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  const text = readFileSync(FILE, "utf8");
  const wanted = text.replace(place, (_, start, end) => `${start}\n${now}\n\n${end}`);
  if (process.env.UPDATE_README) writeFileSync(FILE, wanted);
  const of = (/** @type {string} */ all) =>
    cells(/** @type {RegExpExecArray} */ (place.exec(all))[0]);
  return [of(readFileSync(FILE, "utf8")), of(wanted)];
}
