/**
 * Who visits the pages of a test. To bring up a visitor is most of what a short test costs (0.9 s of processor in Chromium, 2 in
 * WebKit, where another page in a tab that is there costs 0.2), so most tests share one.
 */

/** @typedef {import("./browsers/puppeteer.js").Tab} Tab */
/** @typedef {import("./browsers/puppeteer.js").Visitor} Visitor */
/** @typedef {{ visitor(entrance: string): Promise<Visitor> }} Browser */
/** @typedef {ReturnType<typeof ownVisitors>} Visitors */

/**
 * A visitor for each test, with as many tabs as it opens pages.
 * @param {Browser} browser
 */
export function ownVisitors(browser) {
  /** Comes with the first page: not every test opens one. @type {ReturnType<Browser["visitor"]> | undefined} */
  let visitor;
  return {
    /** @param {string} url @param {string} entrance of the proxy, for this test alone @returns {Promise<Tab>} */
    open: async (url, entrance) => (await (visitor ??= browser.visitor(entrance))).open(url),
    /** What a test has done is gone. */
    async end() {
      const gone = visitor;
      visitor = undefined;
      await (await gone)?.close();
    },
  };
}

/**
 * The page between two tests. Its answer takes away what the origin has stored (https://w3c.github.io/webappsec-clear-site-data),
 * and the page is asked whether anything is left.
 */
const BETWEEN = "/between-tests";
const CLEARING = { "Content-Type": "text/html", "Clear-Site-Data": '"cookies", "storage"' };
const LEFT = `(async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await caches.keys()),
  ...(await indexedDB.databases()).map(({ name }) => name), ...(await navigator.serviceWorker.getRegistrations()),
].filter(Boolean).length)()`;

/**
 * Clears an origin; tells how much is left there.
 * @param {string} origin
 * @param {Tab} tab
 * @param {Visitor} visitor
 * @returns {Promise<number>}
 */
async function leftAt(origin, tab, visitor) {
  await tab.goto(origin + BETWEEN);
  await visitor.deleteCookies();
  return (await tab.evaluate(LEFT)) + (await tab.cookies()).length;
}

/**
 * One visitor with one tab for all tests, at one page at a time. When its browser does not come back clean from a test, the
 * next test has a new one.
 * @param {Browser} browser
 * @param {import("./world.js").World} world
 */
export function oneTab(browser, world) {
  /** @type {Visitor | undefined} */
  let visitor;
  /** @type {Tab | undefined} */
  let tab;
  /** The page that the tab is at, and where the test has been. @type {ReturnType<typeof stay> | undefined} */
  let current;
  /** @type {Set<string>} */
  const origins = new Set();

  async function clean() {
    if (!tab || !visitor || origins.size === 0) return;
    // A fault that the test has set may hold the page between.
    await world.reset();
    for (const origin of origins) {
      await world.page(origin + BETWEEN, "<!doctype html>", { headers: CLEARING });
      // Once more, since a page may store something as it is left, which is after the answer has come.
      if ((await leftAt(origin, tab, visitor)) && (await leftAt(origin, tab, visitor)))
        throw new Error(`something is left at ${origin}`);
    }
    await visitor.keepFirst();
    tab.forget();
    origins.clear();
  }

  async function close() {
    const gone = visitor;
    visitor = tab = undefined;
    origins.clear();
    await gone?.close();
  }

  return {
    /** @param {string} url */
    async open(url) {
      current?.end(url);
      origins.add(new URL(url).origin);
      visitor ??= await browser.visitor(world.address);
      if (tab) {
        tab.forget();
        await tab.goto(url);
      } else {
        tab = await visitor.open(url);
      }
      current = stay(tab);
      return current.tab;
    },
    async end() {
      current?.end("the next test");
      current = undefined;
      await clean().catch(close);
    },
    close,
  };
}

/**
 * A tab for as long as it is at one page: whoever asks it later would be told of another page.
 * @param {Tab} tab
 */
function stay(tab) {
  let next = "";
  const leased = Object.fromEntries(
    Object.entries(tab).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : (/** @type {any[]} */ ...args) => {
            if (next) throw new Error(`${name}: the tab has gone on to ${next}; see OWN_VISITOR`);
            return /** @type {any} */ (value)(...args);
          },
    ]),
  );
  return {
    tab: /** @type {Tab} */ (leased),
    /** @param {string} to */
    end(to) {
      next = to;
    },
  };
}
