/** Firefox, driven over WebDriver BiDi. */
import { once } from "node:events";
import puppeteer from "puppeteer-core";
import { findProgram } from "../paths.js";
import { puppeteerVisitor } from "./puppeteer.js";

const CANDIDATES = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/** Processes that Firefox starts for what no test has to do with, and its new-tab page: a fifth of what its start costs. */
export const LEAN = {
  "dom.ipc.processPrelaunch.enabled": false,
  "media.rdd-process.enabled": false,
  "media.utility-process.enabled": false,
  "network.process.enabled": false,
  "extensions.webextensions.remote": false,
  "browser.newtabpage.enabled": false,
  "toolkit.telemetry.enabled": false,
};

/**
 * Drawing took a quarter of what Firefox does for a test: ten times in a second is enough for frames that a page asks for, and its
 * window, which nobody sees, moves nothing.
 */
const DRAWING = { "layout.frame_rate": 10, "ui.prefersReducedMotion": 1 };

/**
 * @param {{ proxy: string, args?: string[] }} options proxy as host and port
 */
export async function launch({ proxy, args = [] }) {
  const [host, port] = proxy.split(":");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: findProgram("FIREFOX", CANDIDATES),
    acceptInsecureCerts: true,
    // The proxy hears requests; to have the browser tell of each too would be a tenth of its work.
    networkEnabled: false,
    args,
    extraPrefsFirefox: {
      ...LEAN,
      ...DRAWING,
      "network.proxy.type": 1,
      "network.proxy.http": host,
      "network.proxy.http_port": Number(port),
      "network.proxy.ssl": host,
      "network.proxy.ssl_port": Number(port),
      "network.proxy.allow_hijacking_localhost": true,
      "network.proxy.no_proxies_on": "",
      // What Firefox asks for by itself.
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
      "services.settings.server": "data:,",
      "browser.safebrowsing.provider.mozilla.updateURL": "",
      "dom.push.connection.enabled": false,
      // Blocks Segment in private windows, and would do the gate's work for it.
      "privacy.trackingprotection.enabled": false,
      "privacy.trackingprotection.pbmode.enabled": false,
    },
  });
  return {
    name: "firefox",
    visitor: () => puppeteerVisitor(browser, false),
    alive: () => browser.connected,
    close: () => browser.close(),
    /** Ends it without a word to its driver, which may not answer any more. */
    async kill() {
      const running = browser.process();
      if (!running || running.exitCode !== null) return;
      const exit = once(running, "exit");
      running.kill("SIGKILL");
      await exit;
    },
  };
}
