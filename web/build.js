/**
 * Bundles web/src and the engine into web/dist, and prints what each artifact weighs.
 *
 * Usage: node build.js, after dist/segment-blocker.wasm and build/decode.wasm were built (`make build` does all).
 */
import { build } from "esbuild";
import { copyFile, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { enginePlugin } from "./build/engine-plugin.js";
import { brotliSize, sizeTable } from "./build/sizes.js";

/**
 * What the bundles' syntax is lowered to. An engine that has WebAssembly with the features the module uses is much
 * newer; this is for the others, which must be able to parse the script in order to hold Segment without the engine.
 */
const TARGET = "es2018";

/** @param {string} path relative to this file */
function here(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

const WASM = here("dist/segment-blocker.wasm");
const SCRIPT = here("dist/segment-blocker.js");
const MODULE = here("dist/segment-blocker.mjs");
const TYPES = here("dist/segment-blocker.d.ts");

/**
 * The whole gate is one function of a window: for a frame of the page's origin it runs once more (src/above.js), when the page
 * may have taken Object, which what esbuild adds needs, away. It starts when that function has returned: with a debugger beside it
 * Chromium reads every function again from which something is called whose place it notes (a cookie that is read), and this one is
 * long.
 */
const OPENING = '(function gate(window,above){"use strict";var Object=window.Object,begin;';
const CLOSING = "return begin})(window)();";

/** A bundle may be evaluated on a server too, for pages that are rendered there: then it does nothing. */
const MODULE_OPENING = `typeof window!="undefined"&&${OPENING}`;
const MODULE_TAIL = 'export default typeof window=="undefined"?void 0:window.segmentBlocker;';

/**
 * @param {boolean} [module] for bundlers
 * @returns {Promise<import("esbuild").BuildOptions>}
 */
async function options(module) {
  const { version } = JSON.parse(await readFile(here("package.json"), "utf8"));
  return {
    entryPoints: [here("src/main.js")],
    format: "esm",
    target: TARGET,
    bundle: true,
    minify: true,
    charset: "ascii",
    legalComments: "none",
    define: { __VERSION__: JSON.stringify(version) },
    banner: {
      js: `/*! segment-blocker ${version} | MIT licence */\n${module ? MODULE_OPENING : OPENING}`,
    },
    footer: { js: CLOSING + (module ? MODULE_TAIL : "") },
    tsconfigRaw: {},
    plugins: [enginePlugin(WASM)],
    logLevel: "warning",
  };
}

/**
 * @param {string} outfile
 * @param {boolean} [module]
 */
async function bundle(outfile, module) {
  await build({ ...(await options(module)), outfile });
  await checkInlinable(outfile);
}

/** What the adapters of src/cmp weigh: the script with all of them, less the script with none. */
async function adaptersSize() {
  const { outputFiles } = await build({
    ...(await options()),
    write: /** @type {const} */ (false),
    plugins: [
      enginePlugin(WASM),
      {
        name: "no-adapters",
        setup: (bundler) =>
          bundler.onLoad({ filter: /cmp[\\/]adapters\.js$/ }, () => ({
            contents: "export const ADAPTERS = [];",
          })),
      },
    ],
  });
  return brotliSize(await readFile(SCRIPT)) - brotliSize(outputFiles[0].contents);
}

/**
 * The script must survive being pasted into an HTML page of any encoding.
 * @param {string} file
 */
async function checkInlinable(file) {
  const found = /[^\n\x20-\x7e]|<\/script|<!--|<script/i.exec(await readFile(file, "latin1"));
  if (found) {
    throw new Error(
      `${file}: ${JSON.stringify(found[0])} at ${found.index} cannot stand in an HTML page`,
    );
  }
}

await bundle(SCRIPT);
await bundle(MODULE, true);
await copyFile(here("src/api.d.ts"), TYPES);
console.log(await sizeTable([SCRIPT, MODULE, TYPES, WASM]));
console.log(`adapters of consent sources: ${await adaptersSize()} bytes of it, brotli -q 11`);
