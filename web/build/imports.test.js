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

/** @type {{ calledURL: (text: string) => string }} */
const { calledURL } = await load("hooks/imports.js", NATIVES, ASK);

const CALL = `import("${SEGMENT}")`;
const SIGNS = `" ' \` \${ { } ( ) [ ] / / // /* */ ; ; , . ... = => + ++ ! ? x: a 1 \\ a.of`.split(
  " ",
);
const HEADS = "if(1) while(0) for(;;) switch(1) function\u00a0f()".split(" ");
const WORDS = "return typeof await yield async throw in of new else do case class".split(" ");
const PIECES = [CALL, CALL, CALL, ...SIGNS, ...HEADS, ...WORDS.map((word) => `${word} `)].concat([
  "\n",
  "\u2028",
  " ",
  "\u00a0",
]);

/** Whether a program imports the URL, as the parser says; undefined where it is none. @param {string} program */
function imports(program) {
  try {
    const options = { allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true };
    return has(parse(program, { ecmaVersion: "latest", sourceType: "script", ...options }));
  } catch {
    return undefined;
  }
}

/** Whether a tree has such a call in it. @param {any} node @returns {boolean} */
function has(node) {
  if (!node || typeof node !== "object") return false;
  if (node.type === "ImportExpression" && node.source.value === SEGMENT) return true;
  return Object.values(node).some(has);
}

test("no import() of a literal is missed in a million arrangements", () => {
  const random = randomly(9);
  let found = 0;
  for (let i = 0; i < 1_000_000; i++) {
    let program = "";
    for (let length = 2 + random(8); length > 0; length--) program += PIECES[random(PIECES.length)];
    if (!program.includes(CALL) || !imports(program)) continue;
    found++;
    assert.equal(calledURL(program), SEGMENT, JSON.stringify(program));
  }
  assert.ok(found > 5_000, `${found} programs imported it`);
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
  ])
    assert.equal(calledURL(program), "", program);
});
