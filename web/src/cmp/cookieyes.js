/** CookieYes (cookieyes.com/documentation, getCkyConsent and events). */
import { OPT_IN, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const cookieyes = {
  name: "cookieyes",
  global: "getCkyConsent",
  events: "cookieyes_banner_load cookieyes_consent_update",
  read(get) {
    const { activeLaw, categories, isUserActionCompleted } = get();
    return [categories, isUserActionCompleted, activeLaw === "ccpa" ? OPT_OUT : OPT_IN];
  },
};
