/** Complianz for WordPress (complianz.io/developers). Robots and visitors of opt-out regions are told yes for everything. */
import { win } from "../natives.js";
import { hasCookie, OPT_IN, OPT_OUT } from "./reading.js";

const WORDS = ["statistics", "marketing", "preferences"];

/** @type {import("./adapter.js").Adapter} */
export const complianz = {
  name: "complianz",
  global: "cmplz_has_consent",
  events: "cmplz_status_change cmplz_fire_categories cmplz_revoke cmplz_cookie_warning_loaded",
  read(has) {
    /** @type {Record<string, unknown>} */
    const words = {};
    for (const word of WORDS) words[word] = has(word);
    const { consenttype } = win.complianz || {};
    return [
      words,
      hasCookie("cmplz_banner-status=dismissed"),
      consenttype === "optin" ? OPT_IN : consenttype && OPT_OUT,
    ];
  },
};
