/**
 * Loading destinations into an Analytics.js that runs already. Newer ones (remote plugins) are loaded and registered the way
 * Analytics.js does it. Classic ones need a class of Analytics.js that can be had only from another classic one; where
 * none runs, they come with the next page.
 */
import { guard } from "./effects.js";
import { decide } from "./engine.js";
import { place } from "./gate.js";
import {
  addEventListener,
  appendChild,
  createElement,
  doc,
  getPathname,
  isArray,
  keysOf,
  NativePromise,
  NativeURL,
  setAttribute,
  then,
  win,
} from "./natives.js";
import { KIND_SCRIPT } from "./gen/abi.js";

/**
 * @param {any} analytics the running instance
 * @param {any} settings those of the destinations to load
 */
export function loadMissing(analytics, settings) {
  for (const plugin of settings.remotePlugins || []) guard(() => loadPlugin(analytics, plugin));
  const peer = analytics.queue.plugins.find(
    (/** @type {any} */ one) => one.buffer && one.integration,
  );
  for (const name of keysOf(settings.integrations)) {
    const own = settings.integrations[name];
    if (peer && isClassic(own)) guard(() => loadClassic(analytics, peer, name, own));
  }
}

/**
 * @param {any} analytics
 * @param {{ url: string, libraryName: string, name: string, creationName: string, settings: any }} plugin
 */
function loadPlugin(analytics, plugin) {
  const script = createElement(doc, "script");
  addEventListener(script, "load", () =>
    guard(() => {
      const made = win[plugin.libraryName](plugin.settings);
      then(NativePromise.resolve(made), (/** @type {any} */ all) => {
        for (const one of isArray(all) ? all : [all]) {
          analytics.register({
            __proto__: one,
            name: plugin.creationName,
            alternativeNames: [one.name, plugin.name],
          });
        }
      });
    }),
  );
  setAttribute(script, "src", addressOf(analytics, plugin.url));
  appendChild(doc.head, script);
}

/**
 * What Segment's CDN serves may come from the site's own host.
 * @param {any} analytics
 * @param {string} url
 */
function addressOf(analytics, url) {
  const base = analytics.settings.cdnURL;
  const where = place(url);
  return base && where && decide(KIND_SCRIPT, where.host, where.path) >>> 16
    ? base + getPathname(new NativeURL(url))
    : url;
}

/** Whether settings make a classic destination that runs in the page, as Analytics.js tells it. @param {any} own */
function isClassic(own) {
  const version = own.versionSettings || {};
  return (
    own.bundlingStatus !== "unbundled" &&
    (own.type === "browser" || (version.componentTypes || []).includes("browser"))
  );
}

/**
 * @param {any} analytics
 * @param {any} peer a classic destination that runs
 * @param {string} name
 * @param {any} own its settings
 */
function loadClassic(analytics, peer, name, own) {
  const { override, version } = own.versionSettings || {};
  analytics.register(
    new peer.constructor(
      name,
      override || version || "latest",
      analytics.settings.writeKey,
      own,
      peer.options,
    ),
  );
}
