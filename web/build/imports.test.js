/** import() of a literal is found wherever a parser of the language finds it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "acorn";
import { load, randomly } from "./modules.js";

const NATIVES = `
  const call = (name) => (text, ...args) => text[name](...args);
  export const [indexOf, slice, startsWith, charCodeAt] = ["indexOf", "slice", "startsWith", "charCodeAt"].map(call);
  export const push = (list, value) => list.push(value);
  export const { fromCodePoint } = String;
  export const getHref = (url) => url.href;
  export const NativeURL = URL;
`;
const SEGMENT = "https://cdn.segment.com/x";
const ASK = `export const closedURL = (kind, url) => (url === "${SEGMENT}" ? url : "");`;

/** @type {{ calledURL: (text: string) => string, moduleURL: (text: string) => string }} */
const { calledURL, moduleURL } = await load("hooks/imports.js", NATIVES, ASK);

const LITERAL = `"${SEGMENT}"`;
const CALL = `import(${LITERAL})`;
const CALLS = [CALL, CALL, `import(a, ${"`${" + LITERAL + "}`"})`, `import(\`\${${LITERAL}}b\`)`];
const SIGNS =
  `" ' \` \${ { } ( ) [ ] / / // /* */ ; ; , . ... = => + ++ ! ? x: a 1 \\ a.of <!-- -->`.split(
    " ",
  );
const HEADS = "if(1) while(0) for(;;) switch(1) function\u00a0f()".split(" ");
const WORDS = "return typeof await yield async throw in of new else do case class".split(" ");
const REST = [...SIGNS, ...HEADS, ...WORDS.map((word) => `${word} `)].concat([
  "\n",
  "\n-->",
  "\u2028",
  "\\\u2028",
  "\\\r\n",
  " ",
  "\u00a0",
]);
const PIECES = [...CALLS, "import", "import(", LITERAL, ...REST];
const STATIC = [`import ${LITERAL};`, `import a from ${LITERAL};`, `export * from ${LITERAL}`];
const OPENINGS = ["", "", "#!`\n", "#!'\u2028"];

/**
 * Whether a program imports the URL, as the parser says; undefined where it is none.
 * @param {string} program
 * @param {"script" | "module"} sourceType
 */
function imports(program, sourceType) {
  try {
    const options = { allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true };
    return has(parse(program, { ecmaVersion: "latest", sourceType, ...options }));
  } catch {
    return undefined;
  }
}

/** Whether a tree has such an import in it. @param {any} node @returns {boolean} */
function has(node) {
  if (!node || typeof node !== "object") return false;
  const { type, source } = node;
  const isImport =
    type === "ImportExpression" || (/^(Im|Ex)port/.test(type) && source?.type === "Literal");
  if (isImport && names(source)) return true;
  return Object.values(node).some(has);
}

/** Whether the URL is a literal somewhere in a tree. @param {any} node @returns {boolean} */
function names(node) {
  if (!node || typeof node !== "object") return false;
  return node.value === SEGMENT || Object.values(node).some(names);
}

/**
 * Counts those of many arrangements that import the URL, all of which must be found.
 * @param {"script" | "module"} sourceType
 * @param {string[]} pieces
 * @param {(text: string) => string} read
 * @param {number} count
 */
function search(sourceType, pieces, read, count) {
  const random = randomly(9);
  let found = 0;
  for (let i = 0; i < count; i++) {
    let program = OPENINGS[random(OPENINGS.length)];
    for (let length = 2 + random(8); length > 0; length--) program += pieces[random(pieces.length)];
    if (!program.includes(LITERAL) || !imports(program, sourceType)) continue;
    found++;
    assert.equal(read(program), SEGMENT, JSON.stringify(program));
  }
  return found;
}

test("no import() of a literal is missed in a million arrangements", () => {
  const found = search("script", PIECES, calledURL, 1_000_000);
  assert.ok(found > 5_000, `${found} programs imported it`);
});

test("nothing that a module imports is missed in 300,000 arrangements", () => {
  const found = search("module", [...PIECES, ...STATIC], moduleURL, 300_000);
  assert.ok(found > 1_500, `${found} programs imported it`);
});

/** Programs that import it, which differ in what comes before or how it is spelled; those that are modules only come last. */
const SCRIPTS = [
  `import("https://cdn.seg\\\u2028ment.com/x")`,
  `import("https://cdn.seg\\\u2029ment.com/x")`,
  `import("https://cdn.seg\\\r\nment.com/x")`,
  `a = "\\\r\n'"; ${CALL}; a = '"'`,
  "import(`${" + LITERAL + "}`)",
  "import(`a${1}b${`${" + LITERAL + "}`}`)",
  "import(`${{ a: `}` }}${" + LITERAL + "}`)",
  `import(${"a+".repeat(5_000)}${LITERAL})`,
  `import(/"/.test(a) ? ${LITERAL} : a)`,
  `import /**/ (/* ) */ ${LITERAL})`,
  `import. defer(${LITERAL})`,
  `import /* a */ . /* b */ source /* c */ (${LITERAL})`,
  `a = [...${CALL}]`,
  `<!-- \`\n${CALL} // \``,
  `a <!-- '/*\`\n${CALL} // \``,
  `--> \`\n${CALL} // \``,
  `a\n /* b */ --> \`\n${CALL} // \``,
  `a /*\n*/ --> \`\n${CALL} // \``,
  `import <!-- \`\n(\n--> \`\n${LITERAL}) // \``,
  `#! \`\n${CALL} // \``,
  `\ufeff#! \`\n${CALL} // \``,
];
const MODULES = [
  `a = b <!--c; d = \`\`; ${CALL}`,
  `a<!--b;/* \n */c\n--> d ? ${CALL} : 0`,
  `a = 1 <!--b, ${CALL}`,
  `#! \`\n${CALL}`,
];

for (const program of [...SCRIPTS, ...MODULES])
  test(`waits for what it imports: ${JSON.stringify(program.slice(0, 70))}`, () => {
    assert.equal(calledURL(program), SEGMENT);
    assert.equal(moduleURL(program), SEGMENT);
  });

test("programs of megabytes are read in a time that grows with them", () => {
  const strings = `a["b:c"] = 'd' + "\\"" + \`e\${f}\` / 2; `.repeat(25_000);
  const json = `JSON.parse("${'\\"a\\":'.repeat(100_000)}");`;
  const calls = `import(/"/.test(a) ? b : (c`.repeat(25_000);
  const begun = performance.now();
  for (const program of [`import(a);${strings}`, `import(a);${json}`, calls, `${calls}\n${CALL}`])
    calledURL(program);
  for (const program of [`import(a);${strings}`, strings, json, "import(a);".repeat(50_000)])
    assert.equal(calledURL(`${program}\n${CALL}`), SEGMENT);
  assert.ok(performance.now() - begun < 10_000);
});

test("what only speaks of such a call is no reason to wait", () => {
  for (const program of [
    `"import(\\"${SEGMENT}\\")"`,
    `'${CALL}'`,
    "`" + CALL + "`",
    "`${a} " + CALL + "`",
    `// ${CALL}`,
    `/* ${CALL} */`,
    `/${CALL.replaceAll("/", "\\\\/")}/`,
    `a.${CALL}`,
    `my${CALL}`,
    `b = a / 2; s = '${CALL}'; c = b / 2`,
    `import(a).then(() => ${LITERAL})`,
    `import(\`\${a}\`), ${LITERAL}`,
    `import.meta(${LITERAL})`,
    `import(a.replace(/[)"]/g, "(")); b = ${LITERAL}`,
  ])
    assert.equal(calledURL(program), "", program);
});
