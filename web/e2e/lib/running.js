/**
 * What runs for the tests of this process: the recording proxy, and one browser at a time. To start a browser costs up to five
 * seconds of processor, so the files of a process use the same one after the other.
 */
import { oneTab } from "./visitors.js";
import { startWorld } from "./world.js";

/**
 * A browser, its proxy, and the visitor that tests share.
 * @typedef {{ key: string, world: import("./world.js").World, browser: any, shared: ReturnType<typeof oneTab> }} Running
 */

/** @type {import("./world.js").World | undefined} */
let world;
/** @type {Running | undefined} */
let running;

/**
 * The browser that runs, when it is of this engine and was started with these arguments; otherwise another takes its place.
 * @param {string} engine
 * @param {string[]} args for its command line
 * @returns {Promise<Running>}
 */
export async function bringUp(engine, args) {
  const key = [engine, ...args].join(" ");
  if (running?.key === key && running.browser.alive()) return running;
  await closeBrowser();
  world ??= await startWorld();
  const { launch } = await import(`./browsers/${engine}.js`);
  const browser = await launch({ proxy: world.address, args });
  running = { key, world, browser, shared: oneTab(browser, world) };
  return running;
}

async function closeBrowser() {
  const gone = running;
  running = undefined;
  await gone?.shared.close().catch(() => {});
  await gone?.browser.close();
}

/** Ends a browser that hangs; bringUp starts another. */
export async function killBrowser() {
  const gone = running;
  running = undefined;
  await gone?.browser.kill();
}

/** Ends all of it. */
export async function takeDown() {
  await closeBrowser();
  const gone = world;
  world = undefined;
  await gone?.close();
}
