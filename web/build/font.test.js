/** What FontFace is given: each URL that may not be loaded is taken out, wherever a comment or string seems to be. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const NATIVES = `
  const call = (name) => (text, ...args) => text[name](...args);
  export const [indexOf, slice, charCodeAt] = ["indexOf", "slice", "charCodeAt"].map(call);
  export const lower = (text) => text.toLowerCase();
  export const { fromCodePoint } = String;
  export const { construct } = Reflect;
  export const isBytes = (value) => typeof value === "object" && ArrayBuffer.isView(value);
`;
const SEGMENT = "https://cdn.segment.com/x";
const ASK = `
  export const against = (kind, url) =>
    new URL(url, "https://shop.example").host === "cdn.segment.com" ? {} : undefined;
`;
const WRAP = `export const wrapConstructor = (name, wrapped) => (globalThis.makeFont = wrapped);`;

/** The module with others than those it is made with: the wrapper is read as it is given. */
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../src/hooks/font.js", import.meta.url))],
  bundle: true,
  format: "esm",
  write: false,
  plugins: [
    {
      name: "others",
      setup({ onLoad }) {
        onLoad({ filter: /natives\.js$/ }, () => ({ contents: NATIVES }));
        onLoad({ filter: /ask\.js$/ }, () => ({ contents: ASK }));
        onLoad({ filter: /wrap\.js$/ }, () => ({ contents: WRAP }));
      },
    },
  ],
});
const { hookFont } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
);
hookFont();

/** What the browser is given for a source list. @param {any} sources */
function given(sources) {
  /** @this {any} @param {any[]} args */
  function FontFace(...args) {
    this.args = args;
  }
  return /** @type {any} */ (globalThis).makeFont(FontFace, ["x", sources], FontFace).args[1];
}

/** Source lists, and what becomes of them. */
const CLOSED = [
  [`url(${SEGMENT})`, "url(data:,)"],
  [
    `URL( '${SEGMENT}' ) format("woff2"), local("a")`,
    `URL( 'data:,' ) format("woff2"), local("a")`,
  ],
  [`url( "${SEGMENT}" format("woff2"))`, `url( "data:," format("woff2"))`],
  [`url("${SEGMENT}`, `url("data:,`],
  [`src("${SEGMENT}")`, `src("data:,")`],
  [`/* url( */ url(${SEGMENT})`, "/* url( */ url(data:,)"],
  [`/* " */ url(${SEGMENT}) /* " */`, `/* " */ url(data:,) /* " */`],
  [`local("url("), url("${SEGMENT}")`, `local("url("), url("data:,")`],
  [`local("url(\\""), url("${SEGMENT}")`, `local("url(\\""), url("data:,")`],
  [`local("\\"url("), url(${SEGMENT})`, `local("\\"url("), url(data:,)`],
  [`url(a\\) url(${SEGMENT})`, `url(a\\) url(data:,)`],
  [`url("a\\"), url("), url(${SEGMENT})`, `url("a\\"), url("), url(data:,)`],
  [`u\\72 l(${SEGMENT})`, `u\\72 l(data:,)`],
  [`\\000075rl("${SEGMENT}")`, `\\000075rl("data:,")`],
  [`u\\52\r\nl(${SEGMENT})`, `u\\52\r\nl(data:,)`],
  [`url("https://cdn\\.segment\\2e com/x")`, `url("data:,")`],
  [`url("https://cdn.seg\\\fment.com/x")`, `url("data:,")`],
  [`url("https://cdn.seg\\\r\nment.com/x")`, `url("data:,")`],
  // Without the inner one the outer one leads to another host than it did.
  [`url("https://url(${SEGMENT})@cdn.segment.com/")`, `url("data:,")`],
];

for (const [sources, left] of CLOSED)
  test(`takes out what may not be loaded: ${JSON.stringify(sources)}`, () =>
    assert.equal(given(sources), left));

test("leaves what may be loaded as it is", () => {
  for (const sources of [
    "",
    "url(/own.woff2)",
    "local(none), url('/o(2)')",
    "url()",
    `url("") format("woff2")`,
    "url(\\2fown\\.woff2) format(woff2)",
    `/* ${SEGMENT} */ url(data:font/woff2;base64,AA==)`,
    `local("${SEGMENT}")`,
    "url(a\\",
  ])
    assert.equal(given(sources), sources);
  const bytes = new Uint8Array(8);
  assert.equal(given(bytes), bytes);
});
