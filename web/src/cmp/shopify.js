/** Shopify Customer Privacy (shopify.dev/docs/api/customer-privacy). What the visitor did not choose is an empty text. */
import { OPT_IN, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const shopify = {
  name: "shopify",
  global: "Shopify.customerPrivacy",
  events: "visitorConsentCollected shopifyCustomerPrivacyApiLoaded",
  read: (cmp) => [
    cmp.currentVisitorConsent(),
    true,
    cmp.shouldShowBanner() ? OPT_IN : cmp.analyticsProcessingAllowed() && OPT_OUT,
  ],
};
