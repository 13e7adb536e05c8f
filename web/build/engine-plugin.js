/** The esbuild plugin behind `import wasm from "segment-blocker:wasm"`: the engine as text, and how to read it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { encode } from "./encode.js";

const DECODER = fileURLToPath(new URL("decode.js", import.meta.url));
/** What decode.wat is assembled to (make build). */
const READER = fileURLToPath(new URL("decode.wasm", import.meta.url));

/**
 * @param {string} wasm path of the module
 * @returns {import("esbuild").Plugin}
 */
export function enginePlugin(wasm) {
  return {
    name: "segment-blocker:wasm",
    setup(build) {
      build.onResolve({ filter: /^segment-blocker:wasm$/ }, ({ path }) => ({
        path,
        namespace: "engine",
      }));
      build.onLoad({ filter: /.*/, namespace: "engine" }, async () => ({
        contents: moduleText(await readFile(wasm), await readFile(READER)),
        resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      }));
    },
  };
}

/** @param {Uint8Array} bytes @param {Uint8Array} reader */
function moduleText(bytes, reader) {
  return `
    import { decode } from ${JSON.stringify(DECODER)};
    const text = ${JSON.stringify(encode(bytes))};
    export default { text, decode: () => decode(text, ${bytes.length}, ${JSON.stringify([...reader])}) };
  `;
}
