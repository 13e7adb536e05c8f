/** Osano CMP (docs.osano.com, JavaScript API). Its cookie is encrypted, and there once the visitor has chosen. */
import { hasCookie, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const osano = {
  name: "osano",
  global: "Osano.cm",
  on(cmp, tell) {
    for (const event of ["initialized", "consent-saved", "consent-changed"])
      cmp.addEventListener("osano-cm-" + event, tell);
  },
  read(cmp) {
    const words = cmp.getConsent();
    return [
      words,
      hasCookie("osano_consentmanager="),
      words.ANALYTICS === "ACCEPT" && words.MARKETING === "ACCEPT" && OPT_OUT,
    ];
  },
};
