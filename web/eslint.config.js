/** Rules that guard structure; tsc finds mistakes, prettier owns layout. */

/** What natives.js captures. Nothing else may use it, so that a page which replaces it later changes nothing. */
const CAPTURED = [
  ...["document", "window", "self", "globalThis", "navigator", "location", "console", "crypto"],
  ...[
    "fetch",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "Image",
    "Worker",
    "Request",
    "Response",
  ],
  ...["localStorage", "sessionStorage", "indexedDB", "cookieStore", "BroadcastChannel"],
  ...["setTimeout", "setInterval", "queueMicrotask", "requestAnimationFrame", "eval"],
  ...["Reflect", "JSON", "Date", "Promise", "Proxy", "Map", "WeakMap", "Uint8Array", "URL"],
  ...["Event", "CustomEvent", "DOMException", "MutationObserver", "TextEncoder", "TextDecoder"],
  ...["WebAssembly"],
];

/** Hosts, cookie names and storage keys of Segment are the catalog's (blocker/catalog) and come through gen/. */
const CATALOG_WORDS = "/segment\\.(com|io)|segmentapis|ajs_|analytics\\.js\\//i";
const CATALOG_MESSAGE =
  "Hosts, cookies and keys are lines of blocker/catalog; import them from gen/.";

/** @type {import("eslint").Linter.Config[]} */
export default [
  { ignores: ["node_modules/**"] },
  {
    files: ["**/*.{js,mjs}"],
    ignores: ["dist/**"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": "error",
    },
  },
  {
    files: ["src/**/*.js"],
    ignores: ["src/natives.js", "src/gen/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...CAPTURED.map((name) => ({ name, message: "Import it from natives.js." })),
      ],
      "no-restricted-syntax": [
        "error",
        { selector: `Literal[value=${CATALOG_WORDS}]`, message: CATALOG_MESSAGE },
        { selector: `TemplateElement[value.raw=${CATALOG_WORDS}]`, message: CATALOG_MESSAGE },
        { selector: "ClassDeclaration, ClassExpression", message: "A function does." },
        { selector: "ExportAllDeclaration", message: "Import from the file that defines it." },
        {
          selector: "MemberExpression[object.name='doc'][property.name='cookie']",
          message: "Use the captured accessor of natives.js.",
        },
      ],
    },
  },
  // The bundles must parse in the oldest engine that build.js targets.
  {
    files: ["dist/*.js"],
    languageOptions: { ecmaVersion: 2018, sourceType: "script" },
  },
  {
    files: ["dist/*.mjs"],
    languageOptions: { ecmaVersion: 2018, sourceType: "module" },
  },
];
