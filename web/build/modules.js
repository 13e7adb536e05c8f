/** Modules of the page's side by themselves, for tests that need no browser. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

/**
 * Loads a module of web/src with other natives.
 * @param {string} name
 * @param {string} natives the text of a module that has those it needs
 * @param {string} [ask] the text of one in place of ask.js, where the engine is not wanted
 */
export async function load(name, natives, ask) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${name}`, import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      {
        name: "natives",
        setup({ onLoad }) {
          onLoad({ filter: /natives\.js$/ }, () => ({ contents: natives }));
          const resolveDir = fileURLToPath(new URL("../src", import.meta.url));
          if (ask) onLoad({ filter: /ask\.js$/ }, () => ({ contents: ask, resolveDir }));
        },
      },
    ],
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

/** Numbers that look random, in their lowest bits too, and are the same each time (mulberry32). @param {number} seed */
export function randomly(seed) {
  return (/** @type {number} */ below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
