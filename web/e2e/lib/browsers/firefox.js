/** Firefox, driven over WebDriver BiDi. */
import puppeteer from "puppeteer-core";
import { findProgram } from "../paths.js";
import { puppeteerVisitor } from "./puppeteer.js";

const CANDIDATES = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/** Processes that Firefox starts for what no test has to do with, and its new-tab page: a fifth of what its start costs. */
const LEAN = {
  "dom.ipc.processPrelaunch.enabled": false,
  "media.rdd-process.enabled": false,
  "media.utility-process.enabled": false,
  "network.process.enabled": false,
  "extensions.webextensions.remote": false,
  "browser.newtabpage.enabled": false,
  "toolkit.telemetry.enabled": false,
};

/**
 * @param {{ proxy: string, args?: string[] }} options proxy as host and port
 */
export async function launch({ proxy, args = [] }) {
  const [host, port] = proxy.split(":");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: findProgram("FIREFOX", CANDIDATES),
    acceptInsecureCerts: true,
    args,
    extraPrefsFirefox: {
      ...LEAN,
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
    visitor: () => puppeteerVisitor(browser),
    alive: () => browser.connected,
    close: () => browser.close(),
  };
}
