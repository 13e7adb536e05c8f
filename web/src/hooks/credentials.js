/** What a federated sign-in fetches: it waits for the first of its identity providers that may not be asked (FedCM 3.1, configURL). */
import { apply, NativePromise, win } from "../natives.js";
import { wrapMethod } from "../wrap.js";
import { afterAll, listOf } from "./fetch.js";

export function hookCredentials() {
  const container = win.CredentialsContainer && win.CredentialsContainer.prototype;
  return wrapMethod(container, "get", onGet);
}

/**
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 */
function onGet(native, self, args) {
  const urls = [];
  try {
    const options = args[0];
    const identity = options && options.identity;
    const providers = identity && listOf(identity.providers);
    if (!providers) return apply(native, self, args);
    for (let i = 0; i < providers.length; i++) {
      urls[i] = `${providers[i].configURL}`;
      // Read once: a getter may answer otherwise the next time.
      providers[i] = { __proto__: providers[i], configURL: urls[i] };
    }
    args[0] = { __proto__: options, identity: { __proto__: identity, providers } };
  } catch (error) {
    return NativePromise.reject(error);
  }
  return afterAll(urls, () => apply(native, self, args));
}
