/** CookieConsent 3 by Orest Bida (cookieconsent.orestbida.com). Version 2 has no global and is known by its cookie. */
import { OPT_IN, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const vanillaCookieConsent = {
  name: "vanilla-cookieconsent",
  global: "CookieConsent",
  events: "cc:onFirstConsent cc:onConsent cc:onChange cc:onModalShow",
  read: (cmp) => [
    cmp.getUserPreferences().acceptedCategories,
    cmp.validConsent(),
    cmp.getConfig("mode") === "opt-out" ? OPT_OUT : OPT_IN,
  ],
};
