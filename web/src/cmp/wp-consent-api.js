/**
 * WP Consent API (github.com/WordPress/wp-consent-level-api): the consent type. The choices are in its cookies, because
 * its function answers yes where no plugin has set a type.
 */
import { win } from "../natives.js";
import { OPT_IN, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const wpConsentApi = {
  name: "wp-consent-api",
  global: "wp_consent_type",
  events: "wp_listen_for_consent_change wp_consent_type_defined",
  read: () => [undefined, false, win.wp_consent_type === "optout" ? OPT_OUT : OPT_IN],
};
