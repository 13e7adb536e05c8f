/** Cookiebot (cookiebot.com/en/developer). Where no banner is shown its stamp is -1 and the consent implied. */
import { OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const cookiebot = {
  name: "cookiebot",
  global: "Cookiebot",
  events:
    "CookiebotOnConsentReady CookiebotOnAccept CookiebotOnDecline CookiebotOnLoad CookiebotOnDialogDisplay",
  read({ consent, hasResponse }) {
    const implied = consent.stamp === "-1";
    return [consent, hasResponse && !implied && consent.method !== "implied", implied && OPT_OUT];
  },
};
