/** Segment's official snippets, rendered from their npm packages. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const PACKAGES = {
  "4.1.0": "segment-snippet-4-1",
  "4.16.2": "segment-snippet-4-16",
  "5.2.1": "@segment/snippet",
};

/** @typedef {keyof typeof PACKAGES} SnippetVersion */

/** @type {SnippetVersion[]} */
export const VERSIONS = ["4.1.0", "4.16.2", "5.2.1"];

/**
 * @param {SnippetVersion} version
 * @param {{ form?: "min" | "max", apiKey?: string, host?: string, page?: boolean | object, load?: boolean | object,
 *   ajsPath?: string, useHostForBundles?: boolean, globalAnalyticsKey?: string }} [options] those of the package
 * @returns {string} JavaScript
 */
export function snippet(version, { form = "min", ...options } = {}) {
  return require(PACKAGES[version])[form]({ ...options });
}
