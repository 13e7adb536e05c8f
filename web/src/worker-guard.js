/* eslint-disable no-restricted-globals -- It runs in a worker, where nothing was captured. */
/**
 * What a worker made from text gets in front of it. It is turned into text itself, so that it may use nothing but its
 * parameter and the worker's own globals; consent cannot reach a worker, so that what is named stays blocked in it.
 * @param {string[][]} hosts with their path prefix
 */
export function workerGuard(hosts) {
  const scope = /** @type {any} */ (self);
  const NativeProxy = Proxy;
  const { apply, construct } = Reflect;
  const parse = URL;
  /** A URL that is refused by every function here, in its own way. */
  const nowhere = `blob:${scope.origin}/`;

  /** @param {any} value */
  function checked(value) {
    try {
      const url = new parse(value.url || value);
      const host = "." + url.hostname.replace(/\.$/, "");
      const found = hosts.some(
        (entry) => host.endsWith("." + entry[0]) && url.pathname.startsWith(entry[1]),
      );
      return found ? nowhere : value;
    } catch {
      return value;
    }
  }

  /** @param {any} owner @param {string} name */
  function wrap(owner, name) {
    if (!owner || !owner[name]) return;
    owner[name] = new NativeProxy(owner[name], {
      apply(native, that, args) {
        const urls = args.map(checked);
        if (name === "importScripts" && urls.indexOf(nowhere) >= 0) {
          throw new DOMException("The script could not be loaded.", "NetworkError");
        }
        return apply(native, that, urls);
      },
      construct: (native, args, newTarget) => construct(native, args.map(checked), newTarget),
    });
  }

  for (const name of ["fetch", "importScripts", "EventSource", "WebSocket"]) wrap(scope, name);
  wrap(scope.XMLHttpRequest && scope.XMLHttpRequest.prototype, "open");
}
