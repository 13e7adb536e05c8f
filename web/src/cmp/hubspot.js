/** HubSpot's banner (developers.hubspot.com, addPrivacyConsentListener): told at once where there is no banner. */
import { hasCookie, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const hubspot = {
  name: "hubspot",
  global: "_hsp",
  on: (queue, tell) => queue.push(["addPrivacyConsentListener", tell]),
  read: (queue, { allowed, categories }) => [
    categories,
    hasCookie("__hs_cookie_cat_pref="),
    allowed && OPT_OUT,
  ],
};
