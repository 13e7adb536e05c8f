/** What Chromium and Firefox have in common: both are driven by puppeteer. */

/**
 * Something that went wrong in a page. `csp` are refusals by a content security policy.
 * @typedef {{ errors: string[], console: string[], csp: string[] }} Problems
 */

const CSP = /Content[- ]Security[- ]Policy/i;
const REMARK = /^Error: Cookie “/;

/**
 * A visitor: cookies, storage and tabs of its own.
 * @param {import("puppeteer-core").Browser} browser
 * @param {boolean} tells whether the browser tells of requests and their bodies
 * @param {import("puppeteer-core").BrowserContextOptions} [options]
 */
export async function puppeteerVisitor(browser, tells, options) {
  const context = await browser.createBrowserContext(options);
  /** @type {import("puppeteer-core").Page | undefined} */
  let first;
  return {
    /** Opens a URL in a new tab and waits for its load event. @param {string} url */
    async open(url) {
      const page = await context.newPage();
      first ??= page;
      const tab = puppeteerTab(page, tells);
      await tab.goto(url);
      return tab;
    },
    /** Firefox leaves those of a parent domain when a site clears its own. */
    async deleteCookies() {
      const cookies = await context.cookies();
      if (cookies.length) await context.deleteCookie(...cookies);
    },
    /** Closes all tabs but the first, also those that pages have opened. */
    async keepFirst() {
      const others = (await context.pages()).filter((page) => page !== first);
      await Promise.all(others.map((page) => page.close()));
    },
    close: () => context.close(),
  };
}

/** @param {import("puppeteer-core").Page} page @param {boolean} tells */
function puppeteerTab(page, tells) {
  /** @type {Problems} */
  const problems = { errors: [], console: [], csp: [] };
  /** @type {any[]} */
  const sent = [];
  page.on("pageerror", (error) => {
    const text = String(error);
    // Firefox tells its own remarks about cookies and policies as if the page had thrown them.
    if (!REMARK.test(text)) (CSP.test(text) ? problems.csp : problems.errors).push(text);
  });
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    (CSP.test(message.text()) ? problems.csp : problems.console).push(message.text());
  });
  if (tells) page.on("request", (request) => sent.push(request));
  return {
    /** puppeteer's own page, for what the common interface lacks. */
    page,
    problems,
    /** Forgets problems and events so far. */
    forget() {
      for (const list of [...Object.values(problems), sent]) list.length = 0;
    },
    /** @param {string} url */
    goto: async (url) => void (await page.goto(url, { waitUntil: "load" })),
    reload: async () => void (await page.reload({ waitUntil: "load" })),
    back: () => page.evaluate(() => void setTimeout(() => history.back())),
    forward: () => page.evaluate(() => void setTimeout(() => history.forward())),
    /**
     * Runs code in the page; promises are awaited. A string is an expression.
     * @param {string | ((...args: any[]) => any)} code
     * @param {...any} args
     * @returns {Promise<any>}
     */
    evaluate: (code, ...args) => page.evaluate(code, ...args),
    /** @param {string} selector */
    click: (selector) => page.click(selector),
    /** Every cookie of the visitor, of all domains and paths, also those that script cannot see. */
    cookies: () => page.browserContext().cookies(),
    /**
     * The events in the order in which the page asked for them to be sent: on the network they may overtake each other.
     * Undefined where the browser does not tell the bodies.
     * @returns {Promise<any[] | undefined>}
     */
    async sent() {
      if (!tells) return undefined;
      const events = [];
      // The browser tells what happened before this question before it answers it.
      await page.evaluate("0");
      for (const request of sent) {
        if (request.method() !== "POST") continue;
        const parsed = JSON.parse(request.postData() ?? (await request.fetchPostData()));
        events.push(...(parsed.batch ?? [parsed]));
      }
      return events;
    },
    close: () => page.close(),
  };
}

/** @typedef {Awaited<ReturnType<typeof puppeteerVisitor>>} Visitor */
/** @typedef {ReturnType<typeof puppeteerTab>} Tab */
