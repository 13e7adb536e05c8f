/**
 * Loading destinations into an Analytics.js that runs already, as it does itself when it starts (AN browser, plugins/remote-loader and
 * plugins/ajs-destination): only what the site has left on, with the options and the middlewares that it gives. Newer ones (remote
 * plugins) are loaded and registered. Classic ones need a class of Analytics.js that can be had only from another classic one; where
 * none runs, they come with the next page. So do those whose filters only an Analytics.js that starts can apply.
 */
import { guard } from "./effects.js";
import { decide } from "./engine.js";
import { actionOf, place } from "./gate.js";
import {
  addEventListener,
  appendChild,
  apply,
  createElement,
  defineProperty,
  doc,
  encodeBase64,
  filter,
  getPathname,
  isArray,
  keysOf,
  lower,
  mapGet,
  mapSet,
  NativePromise,
  NativeURL,
  NativeWeakMap,
  parseJSON,
  push,
  replace,
  setAttribute,
  split,
  startsWith,
  stringify,
  then,
  win,
} from "./natives.js";
import { ALLOW, KIND_DESTINATION, KIND_SCRIPT } from "./gen/abi.js";

/** @typedef {{ url: string, libraryName: string, name: string, creationName: string, settings: any }} Plugin */

/** By instance, the calls of addDestinationMiddleware: destinations that come later get theirs too. @type {WeakMap<object, any[][]>} */
const given = new NativeWeakMap();

/** Hears of the middlewares that the site gives for destinations. @param {any} analytics an instance that starts */
export function noteMiddlewares(analytics) {
  const native = analytics.addDestinationMiddleware;
  if (typeof native !== "function" || mapGet(given, analytics)) return;
  /** @type {any[][]} */
  const calls = [];
  mapSet(given, analytics, calls);
  defineProperty(analytics, "addDestinationMiddleware", {
    // @ts-expect-error a dictionary without prototype
    __proto__: null,
    configurable: true,
    writable: true,
    value: (/** @type {any[]} */ ...args) => {
      push(calls, args);
      return apply(native, analytics, args);
    },
  });
}

/**
 * The middlewares for a destination (AN core/analytics, addDestinationMiddleware).
 * @param {any} analytics
 * @param {string} name
 * @returns {any[]}
 */
function middlewaresOf(analytics, name) {
  /** @type {any[]} */
  const found = [];
  for (const [whose, ...list] of mapGet(given, analytics) || [])
    if (whose === "*" || lower(`${whose}`) === lower(name))
      for (const one of list) push(found, one);
  return found;
}

/**
 * @param {any} analytics the running instance
 * @param {any} missing settings of the destinations to load
 */
export function loadMissing(analytics, missing) {
  const settings = asSiteWants(analytics, missing);
  const { integrations } = settings;
  for (const plugin of settings.remotePlugins || [])
    if (!isPluginOff(analytics, plugin) && mayCome(analytics, settings, plugin.creationName))
      guard(() => loadPlugin(analytics, plugin, optionsOf(analytics, integrations, plugin.name)));
  const peer = analytics.queue.plugins.find(
    (/** @type {any} */ one) => one.buffer && one.integration,
  );
  if (!peer) return;
  for (const name of keysOf(integrations))
    if (
      isClassic(name, integrations[name]) &&
      !isClassicOff(analytics, name) &&
      mayCome(analytics, settings, name)
    )
      guard(() => loadClassic(analytics, peer, name, optionsOf(analytics, integrations, name)));
}

/**
 * The settings as the site's own function leaves them (load option updateCDNSettings). It expects those of the whole source.
 * @param {any} analytics
 * @param {any} missing
 */
function asSiteWants(analytics, missing) {
  const update = loadOptions(analytics).updateCDNSettings;
  const plugins = missing.remotePlugins || [];
  if (typeof update !== "function") return missing;
  const before = analytics.settings.cdnSettings;
  const whole = {
    ...before,
    middlewareSettings: missing.middlewareSettings,
    integrations: { ...before.integrations, ...missing.integrations },
    remotePlugins: [...(before.remotePlugins || []), ...plugins],
  };
  const { integrations, remotePlugins, middlewareSettings } = update(parseJSON(stringify(whole)));
  /** @type {Record<string, any>} */
  const its = {};
  for (const name of keysOf(missing.integrations))
    if (integrations[name]) its[name] = integrations[name];
  return {
    middlewareSettings,
    integrations: its,
    remotePlugins: filter(remotePlugins || [], (/** @type {Plugin} */ one) =>
      plugins.some((/** @type {Plugin} */ other) => other.creationName === one.creationName),
    ),
  };
}

/** What the site has given to load(). @param {any} analytics */
function loadOptions(analytics) {
  return analytics.options || {};
}

/** What the site has said of destinations, when it loaded Analytics.js and by now. @param {any} analytics @returns {any[]} */
function wishes(analytics) {
  return [loadOptions(analytics).integrations || {}, analytics.integrations || {}];
}

/** @param {any} analytics @param {Plugin} plugin */
function isPluginOff(analytics, { creationName, name }) {
  return wishes(analytics).some(
    (own) =>
      own[creationName] === false ||
      own[name] === false ||
      (own.All === false && !own[creationName] && !own[name]),
  );
}

/** @param {any} analytics @param {string} name */
function isClassicOff(analytics, name) {
  return wishes(analytics).some(
    (own) => own[name] === false || (own.All === false && own[name] === undefined),
  );
}

/**
 * Whether a destination is not there yet and everything that is to stand before it can be put there. Analytics.js has the code for a
 * destination's filters (routing rules) only from its start.
 * @param {any} analytics
 * @param {any} settings
 * @param {string} name
 */
function mayCome(analytics, settings, name) {
  const { routingRules } = settings.middlewareSettings || {};
  return (
    !(routingRules || []).some((/** @type {any} */ rule) => rule.destinationName === name) &&
    !analytics.queue.plugins.some((/** @type {any} */ one) => one.name === name)
  );
}

/**
 * A destination's settings, with the site's options over them (AN lib/merged-options).
 * @param {any} analytics
 * @param {any} integrations
 * @param {string} name
 */
function optionsOf(analytics, integrations, name) {
  const own = wishes(analytics)[0][name];
  return integrations[name] && { ...integrations[name], ...(typeof own === "object" && own) };
}

/**
 * @param {any} analytics
 * @param {Plugin} plugin
 * @param {any} options
 */
function loadPlugin(analytics, plugin, options) {
  const { creationName, libraryName, name } = plugin;
  // It is a class of Analytics.js that lets middlewares see events first.
  const peer = analytics.queue.plugins.find(
    (/** @type {any} */ one) => one.action && one.addMiddleware,
  );
  if (!peer && middlewaresOf(analytics, creationName).length) return;
  loadCode(analytics, plugin.url, () => {
    const made = win[libraryName]({ ...plugin.settings, ...options });
    then(NativePromise.resolve(made), (/** @type {any} */ all) => {
      for (const one of isArray(all) ? all : [all])
        register(
          analytics,
          creationName,
          peer
            ? new peer.constructor(creationName, one)
            : { __proto__: one, name: creationName, alternativeNames: [one.name, name] },
        );
    });
  });
}

/**
 * Runs a destination's code. It may have a hidden name (load option obfuscate), which not all have.
 * @param {any} analytics
 * @param {string} url
 * @param {() => void} done
 */
function loadCode(analytics, url, done) {
  const parts = split(url, "/");
  const folder = parts[parts.length - 2];
  const hidden = loadOptions(analytics).obfuscate && replace(encodeBase64(folder), /=/g, "");
  const script = insertScript(
    addressOf(analytics, hidden ? replace(url, folder, hidden) : url),
    done,
  );
  if (hidden)
    addEventListener(script, "error", () =>
      guard(() => insertScript(addressOf(analytics, url), done)),
    );
}

/** @param {string} url @param {() => void} done */
function insertScript(url, done) {
  const script = createElement(doc, "script");
  addEventListener(script, "load", () => guard(done));
  setAttribute(script, "src", url);
  appendChild(doc.head, script);
  return script;
}

/**
 * Hands a destination over to Analytics.js. One whose category was withdrawn meanwhile comes with the next page.
 * @param {any} analytics
 * @param {string} name
 * @param {any} one
 */
function register(analytics, name, one) {
  if (actionOf(decide(KIND_DESTINATION, "", name)) !== ALLOW) return;
  const middlewares = middlewaresOf(analytics, name);
  if (middlewares.length) {
    if (typeof one.addMiddleware !== "function") return;
    one.addMiddleware(...middlewares);
  }
  analytics.register(one);
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

/**
 * Whether settings make a classic destination that runs in the page, as Analytics.js tells it (plugins/ajs-destination/utils).
 * @param {string} name
 * @param {any} own
 */
function isClassic(name, own) {
  const version = own.versionSettings || {};
  return (
    !startsWith(name, "Segment") &&
    name !== "Iterable" &&
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
  register(
    analytics,
    name,
    new peer.constructor(
      name,
      override || version || "latest",
      analytics.settings.writeKey,
      own,
      peer.options,
    ),
  );
}
