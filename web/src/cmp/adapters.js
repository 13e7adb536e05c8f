/**
 * Every adapter. A CMP that is not here is heard by what it writes: the cookies and keys of the engine's table
 * (blocker/consent/cmps.go) are the whole of its adapter. Sourcepoint and InMobi Choice speak through TCF and GPP.
 */
import { c15t } from "./c15t.js";
import { complianz } from "./complianz.js";
import { consentmanager } from "./consentmanager.js";
import { consentstack } from "./consentstack.js";
import { cookieScript } from "./cookie-script.js";
import { cookiebot } from "./cookiebot.js";
import { cookiefirst } from "./cookiefirst.js";
import { cookieyes } from "./cookieyes.js";
import { didomi } from "./didomi.js";
import { gcm, ics } from "./gcm.js";
import { generic } from "./generic.js";
import { gpp } from "./gpp.js";
import { hubspot } from "./hubspot.js";
import { ketch } from "./ketch.js";
import { klaro } from "./klaro.js";
import { onetrust } from "./onetrust.js";
import { osano } from "./osano.js";
import { shopify } from "./shopify.js";
import { tcf } from "./tcf.js";
import { termly } from "./termly.js";
import { transcend } from "./transcend.js";
import { trustarc } from "./trustarc.js";
import { usercentrics2, usercentrics3 } from "./usercentrics.js";
import { usp } from "./usp.js";
import { vanillaCookieConsent } from "./vanilla-cookieconsent.js";
import { wpConsentApi } from "./wp-consent-api.js";

/** @type {import("./adapter.js").Adapter[]} */
export const ADAPTERS = [
  c15t,
  complianz,
  consentmanager,
  consentstack,
  cookieScript,
  cookiebot,
  cookiefirst,
  cookieyes,
  didomi,
  generic,
  hubspot,
  ketch,
  klaro,
  onetrust,
  osano,
  shopify,
  termly,
  transcend,
  trustarc,
  usercentrics2,
  usercentrics3,
  vanillaCookieConsent,
  wpConsentApi,
  tcf,
  gpp,
  usp,
  gcm,
  ics,
];
