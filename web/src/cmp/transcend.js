/** Transcend airgap.js (docs.transcend.io): purposes that are "Auto" are allowed until the visitor objects. */
import { open, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const transcend = {
  name: "transcend",
  global: "airgap",
  on: (cmp, tell) =>
    cmp.ready((/** @type {any} */ ready) => {
      ready.addEventListener("consent-change", () => tell());
      tell();
    }),
  read(cmp) {
    const { purposes, confirmed } = cmp.getConsent();
    return [purposes, confirmed, open(purposes) && OPT_OUT];
  },
};
