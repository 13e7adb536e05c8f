/** c15t 2 (c15t.com/docs): the store. */
import { OPT_IN, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const c15t = {
  name: "c15t",
  global: "c15tStore",
  on: (store, tell) => store.subscribe(() => tell()),
  read(store) {
    const { consents, consentInfo, model, isLoadingConsentInfo } = store.getState();
    if (isLoadingConsentInfo) return undefined;
    return [consents, consentInfo, model === "opt-out" ? OPT_OUT : model && OPT_IN];
  },
};
