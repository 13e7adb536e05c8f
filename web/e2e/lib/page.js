/** A page of the shop, with the verbs of who uses it: the visitor, and the site's own code. */

import { PATIENCE } from "./world.js";

/**
 * How long Analytics.js gets to do what it must not do, in milliseconds; the controls show that it needs less. In parts, with a
 * request after each: what a busy machine does late it does late to these too, and the time grows with them.
 */
const GRACE = 300;
const PARTS = 5;

/** A request that marks the end of a grace time in the log. */
export const BARRIER = "https://settled.test/";
/** How often a page is asked for a state that it does not announce, in milliseconds. */
const POLL = 20;
/** What drivers say when the page they speak to is being replaced. */
const LEAVING = /context|navigat|frame|realm|document/i;

/** @typedef {{ functional?: boolean | null, analytics?: boolean | null, marketing?: boolean | null }} Choice */

/**
 * A call as it was made: when, and on which page.
 * @typedef {{ time: number, url: string, path: string, search: string, title: string, referrer: string }} Moment
 */

let barriers = 0;

/** @param {Error} error */
function unlessLeaving(error) {
  if (!LEAVING.test(error.message)) throw error;
  return false;
}

/**
 * @param {import("./harness.js").Harness} h
 * @param {import("./browsers/puppeteer.js").Tab} tab
 */
export function pageObject(h, tab) {
  const page = {
    tab,
    /** Errors no one caught, errors on the console, refusals by a policy; undefined where the engine does not tell. */
    problems: tab.problems,
    evaluate: tab.evaluate,
    reload: tab.reload,
    /** @param {string} selector */
    click: (selector) => tab.click(selector),
    close: () => tab.close(),

    // The visitor's choice, told to the gate as a consent banner does.
    /** @param {Choice} [choice] */
    grant: (choice = { functional: true, analytics: true, marketing: true }) => page.choose(choice),
    /** @param {Choice} [choice] */
    deny: (choice = { functional: false, analytics: false, marketing: false }) =>
      page.choose(choice),
    withdraw: () => tab.evaluate("segmentBlocker.withdraw()"),
    /** @param {Choice} choice */
    choose: (choice) => tab.evaluate((given) => window.segmentBlocker.setConsent(given), choice),

    // Calls the site makes. Each returns its moment.
    /** @param {string} name @param {object} [properties] */
    track: (name, properties) => page.call("track", name, properties ?? {}),
    /** @param {string} id @param {object} [traits] */
    identify: (id, traits) => page.call("identify", id, traits ?? {}),
    /**
     * @param {string} method
     * @param {...any} args
     * @returns {Promise<Moment>}
     */
    call: (method, ...args) => tab.evaluate(callInPage, method, args),
    /**
     * What a single-page application does on a click.
     * @param {string} path
     * @param {string} title
     */
    navigate: (path, title) =>
      tab.evaluate(
        (to, name) => {
          history.pushState({}, "", to);
          document.title = name;
        },
        path,
        title,
      ),

    // What can be seen.
    /** The gate's answer to a question. @param {string} expression on segmentBlocker, e.g. "queue.length" */
    gate: (expression) => tab.evaluate(`segmentBlocker.${expression}`),
    cookies: () => tab.cookies(),
    /** Names of all cookies of the visitor, sorted. */
    cookieNames: async () => (await tab.cookies()).map((cookie) => cookie.name).sort(),
    /** Names of all keys in localStorage and sessionStorage, sorted. @returns {Promise<string[]>} */
    keys: () =>
      tab.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage)).sort()"),
    /** Names of what is stored anywhere, sorted. */
    stored: async () => [...(await page.cookieNames()), ...(await page.keys())].sort(),
    /** The value of Segment's id, or undefined. @returns {Promise<string | undefined>} */
    anonymousId: () =>
      tab.evaluate("JSON.parse(localStorage.getItem('ajs_anonymous_id')) || undefined"),
    /** Events in the order the page sent them; in order of arrival where the engine does not tell. */
    sent: async () => (await tab.sent()) ?? (await h.world.received()).map(({ event }) => event),

    /**
     * Waits until an expression is true in the page, across navigations.
     * @param {string} expression
     * @param {number} [patience] in milliseconds, for pages that have more to do than others
     */
    async until(expression, patience = PATIENCE) {
      const code = `(() => { try { return !!(${expression}); } catch { return false; } })()`;
      const end = Date.now() + patience;
      while (!(await tab.evaluate(code).catch(unlessLeaving))) {
        if (Date.now() > end) throw new Error(`never came: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, POLL));
      }
    },
    /** Lets time go by in the page, so that times before and after can be told apart. @param {number} ms */
    pass: (ms) => tab.evaluate((span) => new Promise((resolve) => setTimeout(resolve, span)), ms),
    /** Waits until Analytics.js has taken over the global. */
    started: () => page.until("analytics.initialized"),
    /**
     * Gives whatever could still happen its time, then makes sure that the proxy has seen all that left before. For
     * proving that something does not happen.
     * @param {number} [grace] in milliseconds; none where it is known that nothing more will leave
     */
    async settle(grace = GRACE) {
      const url = `${BARRIER}?${++barriers}-`;
      const last = await tab.evaluate(
        async (to, span, parts) => {
          // A hidden page's timers are an engine's to delay, by a second each.
          const count = document.hidden ? 1 : parts;
          for (let i = 0; i < count; i++) {
            await new Promise((resolve) => setTimeout(resolve, span / count));
            await fetch(to + i, { mode: "no-cors" });
          }
          return to + (count - 1);
        },
        url,
        grace,
        PARTS,
      );
      await h.world.waitForRequests((record) => record.url === last);
    },
  };
  return page;
}

/** @typedef {ReturnType<typeof pageObject>} Page */

/**
 * Runs in the page.
 * @param {string} method
 * @param {any[]} args
 */
function callInPage(method, args) {
  const moment = {
    time: Date.now(),
    url: location.href,
    path: location.pathname,
    search: location.search,
    title: document.title,
    referrer: document.referrer,
  };
  /** @type {any} */ (window).analytics[method](...args);
  return moment;
}
