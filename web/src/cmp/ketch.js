/** Ketch (docs.ketch.com, consent events). Consent is told of before a choice too: what the law of the place allows. */
import { hasCookie, open, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const ketch = {
  name: "ketch",
  global: "ketch",
  on: (cmp, tell) => cmp("on", "consent", tell),
  read: (cmp, { purposes }) => [
    purposes,
    hasCookie("_ketch_consent_v1_="),
    open(purposes) && OPT_OUT,
  ],
};
