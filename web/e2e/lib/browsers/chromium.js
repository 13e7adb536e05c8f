/** Chromium, driven over its own protocol. */
import puppeteer from "puppeteer-core";
import { findProgram } from "../paths.js";
import { puppeteerVisitor } from "./puppeteer.js";

const CANDIDATES = [
  ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * What Chromium loads into its own window for its address bar, before anyone types: pages of a megabyte of script, which took
 * 0.3 of the 0.7 s that a visitor with a tab costs, and which no test has to do with.
 */
const ADDRESS_BAR = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];

/** A list of hosts to reach without the proxy that names none: requests to this machine are recorded too. */
const NO_BYPASS = "<-loopback>";

/**
 * @param {{ proxy: string, args?: string[] }} options proxy as host and port
 */
export async function launch({ proxy, args = [] }) {
  const browser = await puppeteer.launch({
    executablePath: findProgram("CHROMIUM", CANDIDATES),
    acceptInsecureCerts: true,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      `--disable-features=${ADDRESS_BAR}`,
      `--proxy-server=${proxy}`,
      `--proxy-bypass-list=${NO_BYPASS}`,
      ...args,
    ],
  });
  return {
    name: "chromium",
    /** @param {string} entrance host and port of a proxy for this visitor alone */
    visitor: (entrance) =>
      puppeteerVisitor(browser, true, {
        proxyServer: entrance,
        proxyBypassList: [NO_BYPASS],
      }),
    alive: () => browser.connected,
    close: () => browser.close(),
  };
}
