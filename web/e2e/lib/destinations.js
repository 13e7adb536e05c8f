/**
 * A source with destinations of every mode and category (testdata/settings/shop.json): its settings, the code of its
 * destinations, and what their vendors serve. Hotjar's code is the real one from npm; the others have the real shape, and
 * load from, write and send to what the real ones do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { ROOT } from "./paths.js";
import { KEY } from "./shop.js";

export const SETTINGS = readFileSync(join(ROOT, "testdata/settings/shop.json"), "utf8");
export const SETTINGS_URL = `https://cdn.segment.com/v1/projects/${KEY}/settings`;

const CDN = "https://cdn.segment.com/next-integrations";
const SCRIPT = { headers: { "Content-Type": "text/javascript" } };

/**
 * What a destination in the page is: where its code is, what it loads, sends to, and writes.
 * @typedef {{ name: string, category: "functional" | "analytics" | "marketing", code: string, loads: string, sends: string, cookie: string }} Tool
 */

/** @type {Tool[]} */
export const TOOLS = [
  {
    name: "Hotjar",
    category: "analytics",
    code: `${CDN}/integrations/hotjar/1.4.0/hotjar.dynamic.js.gz`,
    loads: "https://static.hotjar.com/c/hotjar-7.js?sv=6",
    sends: "https://in.hotjar.com/hit.gif",
    cookie: "_hjSessionUser_7",
  },
  {
    name: "Facebook Pixel",
    category: "marketing",
    code: `${CDN}/integrations/facebook-pixel/2.11.5/facebook-pixel.dynamic.js.gz`,
    loads: "https://connect.facebook.net/en_US/fbevents.js",
    sends: "https://www.facebook.com/tr/hit.gif",
    cookie: "_fbp",
  },
  {
    name: "Intercom",
    category: "functional",
    code: `${CDN}/integrations/intercom/3.1.1/intercom.dynamic.js.gz`,
    loads: "https://widget.intercom.io/widget/x.js",
    sends: "https://api-iam.intercom.io/hit.gif",
    cookie: "intercom-id-x",
  },
  {
    name: "Actions Amplitude",
    category: "analytics",
    code: `${CDN}/actions/amplitude-plugins/67621cf169443c119b.js`,
    loads: "https://cdn.amplitude.com/libs/amplitude.js",
    sends: "https://api2.amplitude.com/hit.gif",
    cookie: "amplitude_id_7",
  },
  {
    name: "TikTok Pixel",
    category: "marketing",
    code: `${CDN}/actions/tiktok-pixel/5f1f4e6b0c119a7d12.js`,
    loads: "https://analytics.tiktok.com/i18n/pixel/events.js",
    sends: "https://analytics.tiktok.com/hit.gif",
    cookie: "_ttp",
  },
  {
    name: "Acme Survey",
    category: "functional",
    code: `${CDN}/actions/acme-survey/0a0b0c0d0e0f010203.js`,
    loads: "https://acme.example/survey.js",
    sends: "https://acme.example/hit.gif",
    cookie: "acme",
  },
];

/** Every destination of the settings and the categories it needs. @type {Record<string, string[]>} */
export const NEEDS = {
  ...Object.fromEntries(TOOLS.map(({ name, category }) => [name, [category]])),
  Zendesk: ["analytics"],
  "Actions Google Analytic 4": ["analytics"],
  "Facebook Conversions API (Actions)": ["marketing"],
  "Nobody Knows": ["marketing"],
  Iterable: ["analytics", "marketing"],
};

/**
 * Bundles code the way a site does.
 * @param {string} contents
 */
export function bundle(contents) {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: join(ROOT, "web") },
    bundle: true,
    write: false,
    format: "iife",
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"', global: "window" },
  });
  return outputFiles[0].text;
}

/** A classic destination's file: a list of dependencies, a loader, and the integration. @param {Tool} tool */
function classicCode(tool) {
  const slug = tool.name.toLowerCase().replace(" ", "-");
  const own =
    tool.name === "Hotjar"
      ? `require("@segment/analytics.js-integration-hotjar")`
      : `(() => {
          const made = require("@segment/analytics.js-integration")(${JSON.stringify(tool.name)})
            .tag('<script src="${tool.loads}">');
          made.prototype.initialize = function () { this.load(() => this.ready()); };
          made.prototype.loaded = () => false;
          made.prototype.track = ${heard(tool.name)};
          made.prototype.page = (page) => (${heard(tool.name)})({ event: () => "page " + page.name() });
          return made;
        })()`;
  return bundle(`
    window["${slug}Deps"] = [];
    window["${slug}Loader"] = () => {};
    window["${slug}Integration"] = ${own};
  `);
}

/** A newer destination's file: a function that makes plugins. @param {Tool} tool */
function actionCode(tool) {
  const folder = tool.code.split("/").at(-2);
  return `window["${folder}Destination"] = () => {
    let loaded = false;
    return [{
      name: "${tool.name} track", type: "destination", version: "1",
      isLoaded: () => loaded,
      load: () => new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = "${tool.loads}";
        script.onload = () => resolve(loaded = true);
        document.head.append(script);
      }),
      track: async (context) => { (${heard(tool.name)})({ event: () => context.event.event }); return context; },
    }];
  };`;
}

/** What a destination does with an event. @param {string} name */
function heard(name) {
  return `(track) => { (window.heard = window.heard || []).push("${name}: " + track.event()); }`;
}

/** The vendor's own script: it writes a cookie, a key, and sends; later sends are window.tools[NAME](). @param {Tool} tool */
function vendorCode({ name, cookie, sends }) {
  return `(() => {
    const send = () => {
      document.cookie = "${cookie}=1; path=/; max-age=3600";
      localStorage.setItem("${cookie}", "1");
      new Image().src = "${sends}?" + Math.random();
    };
    (window.tools = window.tools || {})["${name}"] = send;
    send();
  })();`;
}

/**
 * Serves the source, instead of the plain one that the world has.
 * @param {import("./world.js").World} world
 * @param {string} [settings]
 */
export async function serveSource(world, settings = SETTINGS) {
  const json = { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" };
  await world.page(SETTINGS_URL, settings, { headers: json });
  for (const tool of TOOLS) {
    const code = tool.code.includes("/actions/") ? actionCode(tool) : classicCode(tool);
    await world.page(tool.code, code, SCRIPT);
    await world.page(tool.loads, vendorCode(tool), SCRIPT);
  }
}

/**
 * Opens a site that has Analytics.js in its own bundle.
 * @param {import("./harness.js").Harness} h
 * @param {string} code what it does with it
 * @param {any} [options]
 */
export async function openBundled(h, code, options = {}) {
  await serveSource(h.world);
  const source = `import { AnalyticsBrowser } from "@segment/analytics-next"; ${code}`;
  await h.world.page("https://www.shop.example.co.uk/app.js", bundle(source), {
    headers: { "Content-Type": "text/javascript" },
  });
  return h.open({ snippet: "", after: `<script src="/app.js"></script>`, ...options });
}
