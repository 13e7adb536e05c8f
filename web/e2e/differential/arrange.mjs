/**
 * Holds the engine's arrangements against the real Analytics.js: reads lines of
 * {"method", "sorts", "slots", "options", "callback"} from standard input, resolves the original arguments and the
 * arranged ones with Analytics.js' own resolvers, and writes {"cases", "rejected", "differences"} to standard output.
 *
 * Run by blocker/replay/differential_test.go, which makes the lines.
 */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const require = createRequire(import.meta.url);
// By path, because the package does not export its resolvers.
const RESOLVERS =
  "../../node_modules/@segment/analytics-next/dist/cjs/core/arguments-resolver/index.js";
const resolvers = /** @type {any} */ (require(RESOLVERS));

const storedUser = { id: () => "the stored id" };
const resolveUser = resolvers.resolveUserArguments(storedUser);

/** @type {Record<string, (...args: any[]) => any[]>} */
const RESOLVE = {
  track: resolvers.resolveArguments,
  page: resolvers.resolvePageArguments,
  screen: resolvers.resolvePageArguments,
  identify: resolveUser,
  group: resolveUser,
  alias: resolvers.resolveAliasArguments,
};

class Instance {
  /** @param {number} i */
  constructor(i) {
    this.o = i;
  }
}

/**
 * The values that stand for a sort, in several sets: Analytics.js must not be told apart from the engine by any of them.
 * @type {Array<Record<string, (i: number) => unknown>>}
 */
const VALUES = [
  {
    s: (i) => `text ${i}`,
    n: (i) => i + 1,
    f: (i) => () => i,
    o: (i) => ({ o: i, event: `event ${i}`, properties: { p: i } }),
    u: () => undefined,
    x: (i) => [i],
  },
  {
    s: (i) => `text ${i}`,
    n: () => 0,
    f: (i) => async () => i,
    o: (i) => Object.assign(new Instance(i), { event: `event ${i}`, timestamp: "its own" }),
    u: () => null,
    x: () => true,
  },
  {
    s: () => "",
    n: () => NaN,
    f: () => class {},
    o: (i) => ({ o: i }),
    u: () => undefined,
    x: (i) => new Date(i),
  },
];

/**
 * @param {string} method
 * @param {unknown[]} args
 */
function resolve(method, args) {
  try {
    return RESOLVE[method](...args);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function isPlainObject(value) {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/**
 * What Analytics.js reads of options: their members. What is no plain object (a list, a date, a text where options
 * belong) has none that it knows.
 * @param {any} options
 */
function members(options) {
  const known = isPlainObject(options) ? Object.entries(options) : [];
  return Object.fromEntries(known.filter(([name]) => name !== "timestamp"));
}

/**
 * @param {{slots: number[], options: number}} line
 * @param {unknown[]} args
 */
function arrange(line, args) {
  const arranged = line.slots.map((slot) => (slot < 0 ? undefined : args[slot]));
  if (line.options >= 0) {
    const given = /** @type {object | undefined} */ (arranged[line.options]);
    arranged[line.options] = { ...given, timestamp: "of the call" };
  }
  return arranged;
}

/**
 * The one call that cannot be given a timestamp: an alias whose id is an object. Analytics.js takes the first object
 * for the options, and here that is the id itself, which must not be changed.
 * @param {{method: string, sorts: string, slots: number[]}} line
 */
function aliasOfAnObject({ method, sorts, slots }) {
  return method === "alias" && slots[0] === 0 && sorts[0] === "o";
}

/**
 * Returns what differs, or undefined.
 * @param {any} line
 * @param {unknown[]} args
 */
function difference(line, args) {
  const want = resolve(line.method, args);
  const arranged = arrange(line, args);
  const got = resolve(line.method, arranged);
  if (!want || !got)
    return want === got ? undefined : want ? "rejects what was fine" : "takes what was rejected";
  const at = want.length - 2;
  for (let i = 0; i < want.length; i++) {
    const [a, b] = i === at ? [members(want[i]), members(got[i])] : [want[i], got[i]];
    if (!isDeepStrictEqual(a, b)) return `result ${i}`;
  }
  if (got[at].timestamp !== "of the call" && !aliasOfAnObject(line)) return "the timestamp is lost";
  return line.callback >= 0 &&
    arranged[line.callback] !== undefined &&
    got[at + 1] !== arranged[line.callback]
    ? "the callback slot"
    : undefined;
}

async function main() {
  let cases = 0;
  let rejected = 0;
  let count = 0;
  /** @type {string[]} */
  const differences = [];
  for await (const text of createInterface({ input: process.stdin })) {
    const line = JSON.parse(text);
    for (const values of VALUES) {
      const args = [...line.sorts].map((sort, i) => values[sort](i));
      cases++;
      if (!resolve(line.method, args)) rejected++;
      const what = difference(line, args);
      if (what === undefined) continue;
      count++;
      if (differences.length < 40)
        differences.push(`${line.method}(${line.sorts}): ${what}, slots ${line.slots}`);
    }
  }
  process.stdout.write(JSON.stringify({ cases, rejected, count, differences }) + "\n");
}

await main();
