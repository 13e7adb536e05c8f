/** CMPs as pages play them: their own interface, from the documentation that each file of src/cmp names. */

/**
 * A CMP's interface as page code. install: before a choice; choose: what happens when everything is accepted (yes) or
 * refused; none: as it is where no banner is needed.
 * @typedef {{ install: string, choose: string, none?: string }} Played
 */

export const EMITTER = `
  var handlers = {};
  var on = (name, tell) => (handlers[name] = handlers[name] || []).push(tell);
  var fire = (name, detail) => (handlers[name] || []).forEach((tell) => tell(detail));
  var cookie = (text) => (document.cookie = text + "; path=/");
`;

/** @type {Record<string, Played>} */
export const CMPS = {
  onetrust: {
    install: `var shut = false, OnetrustActiveGroups = ",C0001,";
      var OneTrust = { OnConsentChanged: (tell) => on("c", tell), IsAlertBoxClosed: () => shut,
        GetDomainData: () => ({ ShowAlertNotice: true, ConsentModel: { Name: "opt-in" } }) };`,
    choose: `shut = true; OnetrustActiveGroups = yes ? ",C0001,C0002,C0003,C0004," : ",C0001,"; fire("c", {});`,
    none: `var OnetrustActiveGroups = ",C0001,C0002,C0003,C0004,";
      var OneTrust = { OnConsentChanged() {}, IsAlertBoxClosed: () => false,
        GetDomainData: () => ({ ShowAlertNotice: false, ConsentModel: { Name: "implied consent" } }) };`,
  },
  cookiebot: {
    install: `var Cookiebot = { hasResponse: false, consent: { stamp: "0", method: null, statistics: false, marketing: false } };`,
    choose: `Cookiebot.hasResponse = true;
      Cookiebot.consent = { stamp: "a", method: "explicit", necessary: true, preferences: yes, statistics: yes, marketing: yes };
      dispatchEvent(new Event(yes ? "CookiebotOnAccept" : "CookiebotOnDecline"));`,
    none: `var Cookiebot = { hasResponse: true, consent: { stamp: "-1", method: "implied", statistics: true, marketing: true } };`,
  },
  "usercentrics 2": {
    install: `var service = (name, categorySlug, status, type) => ({ name, categorySlug, consent: { status, history: [{ type }] } });
      var services = [service("Segment", "functional", true, "implicit"), service("Ads", "marketing", true, "implicit")];
      var UC_UI = { isInitialized: () => true, isConsentRequired: () => true, getServicesBaseInfo: () => services };`,
    choose: `services = [service("Segment", "functional", yes, "explicit"), service("Ads", "marketing", yes, "explicit")];
      dispatchEvent(new CustomEvent("UC_UI_CMP_EVENT", { detail: { type: yes ? "ACCEPT_ALL" : "DENY_ALL" } }));`,
    none: `var UC_UI = { isConsentRequired: () => false,
      getServicesBaseInfo: () => [{ name: "Segment", categorySlug: "functional", consent: { status: true, history: [] } }] };`,
  },
  "usercentrics 3": {
    install: `var details = (type, yes, required) => ({ consent: { type, required },
        services: { a: { name: "Segment", consent: { given: yes } } },
        categories: { functional: { state: yes ? "ALL_ACCEPTED" : "ALL_DENIED" }, marketing: { state: yes ? "ALL_ACCEPTED" : "ALL_DENIED" } } });
      var now = details("IMPLICIT", true, true), __ucCmp = { getConsentDetails: () => Promise.resolve(now) };`,
    choose: `now = details("EXPLICIT", yes, true); dispatchEvent(new CustomEvent("UC_UI_CMP_EVENT"));`,
    none: `var __ucCmp = { getConsentDetails: () => Promise.resolve({ consent: { type: "IMPLICIT", required: false }, services: {}, categories: {} }) };`,
  },
  didomi: {
    install: `var partial = true, purposes = {};
      var Didomi = { on, isConsentRequired: () => true, isUserStatusPartial: () => partial,
        getCurrentUserStatus: () => ({ purposes, vendors: {} }) };`,
    choose: `partial = false; purposes = {};
      for (const id of ["cookies", "measure_content_performance", "create_ads_profile", "select_personalized_ads"])
        purposes[id] = { id, enabled: yes };
      fire("consent.changed", {});`,
    none: `var Didomi = { on, isConsentRequired: () => false, isUserStatusPartial: () => false,
      getCurrentUserStatus: () => ({ purposes: { cookies: { enabled: true } }, vendors: {} }) };`,
  },
  osano: {
    install: `var now = { ESSENTIAL: "ACCEPT", ANALYTICS: "DENY", MARKETING: "DENY", OPT_OUT: "DENY" };
      var Osano = { cm: { addEventListener: on, getConsent: () => now } };`,
    choose: `const word = yes ? "ACCEPT" : "DENY"; now = { ESSENTIAL: "ACCEPT", ANALYTICS: word, MARKETING: word, PERSONALIZATION: word };
      cookie("osano_consentmanager=x"); fire("osano-cm-consent-saved", now);`,
    none: `var Osano = { cm: { addEventListener: on, getConsent: () => ({ ANALYTICS: "ACCEPT", MARKETING: "ACCEPT", OPT_OUT: "DENY" }) } };`,
  },
  trustarc: {
    install: `var PrivacyManagerAPI = { callApi: () => ({ consentDecision: [0], source: "implied" }) };`,
    choose: `cookie("notice_preferences=" + (yes ? "2:" : "0:")); cookie("cmapi_cookie_privacy=permit " + (yes ? "1,2,3" : "1"));`,
    none: `cookie("notice_behavior=implied,us"); var PrivacyManagerAPI = { callApi: () => ({ consentDecision: [0], source: "implied" }) };`,
  },
  cookieyes: {
    install: `var now = { activeLaw: "gdpr", isUserActionCompleted: false, categories: { necessary: true, analytics: false, advertisement: false } };
      function getCkyConsent() { return now; }`,
    choose: `now = { activeLaw: "gdpr", isUserActionCompleted: true,
        categories: { necessary: true, functional: yes, analytics: yes, performance: yes, advertisement: yes } };
      document.dispatchEvent(new CustomEvent("cookieyes_consent_update", { detail: { accepted: [], rejected: [] } }));`,
    none: `function getCkyConsent() { return { activeLaw: "ccpa", isUserActionCompleted: false, categories: { analytics: true, advertisement: true } }; }`,
  },
  termly: {
    install: `var now, Termly = { on, getConsentState: () => now };`,
    choose: `now = { essential: true, performance: yes, analytics: yes, advertising: yes }; fire("consent", { consentState: now });`,
  },
  complianz: {
    install: `var complianz = { consenttype: "optin" }, now = false; function cmplz_has_consent() { return now; }`,
    choose: `now = yes; cookie("cmplz_banner-status=dismissed");
      document.dispatchEvent(new CustomEvent("cmplz_status_change", { detail: { category: "statistics" } }));`,
    none: `var complianz = { consenttype: "optout" }; function cmplz_has_consent() { return true; }`,
  },
  klaro: {
    install: `var manager = { confirmed: false, savedConsents: { segment: false, ads: false }, watch: ({ update }) => on("k", update),
        config: { services: [{ name: "segment", purposes: ["analytics"] }, { name: "ads", purposes: ["marketing"] }] } };
      var klaro = { getManager: () => manager };`,
    choose: `manager.confirmed = true; manager.savedConsents = { segment: yes, ads: yes }; fire("k", manager);`,
  },
  "vanilla-cookieconsent 3": {
    install: `var valid = false, accepted = ["necessary"];
      var CookieConsent = { getUserPreferences: () => ({ acceptedCategories: accepted }), validConsent: () => valid, getConfig: () => "opt-in" };`,
    choose: `valid = true; accepted = yes ? ["necessary", "analytics", "marketing"] : ["necessary"];
      dispatchEvent(new CustomEvent("cc:onChange", { detail: {} }));`,
    none: `var CookieConsent = { getUserPreferences: () => ({ acceptedCategories: [] }), validConsent: () => false, getConfig: () => "opt-out" };`,
  },
  c15t: {
    install: `var now = { consents: { necessary: true, measurement: false, marketing: false }, consentInfo: null, model: "opt-in", isLoadingConsentInfo: false };
      var c15tStore = { subscribe: (tell) => on("s", tell), getState: () => now };`,
    choose: `now = { ...now, consents: { necessary: true, measurement: yes, marketing: yes }, consentInfo: { time: 1 } }; fire("s", now);`,
    none: `var c15tStore = { subscribe() {}, getState: () => ({ consents: { measurement: true }, consentInfo: null, model: "opt-out" }) };`,
  },
  ketch: {
    install: `var queue = []; function ketch(action, name, tell) { if (action === "on") on(name, tell); }`,
    choose: `cookie("_ketch_consent_v1_=x"); fire("consent", { purposes: { essential_services: true, analytics: yes, targeted_advertising: yes } });`,
    none: `function ketch(action, name, tell) { if (name === "consent") tell({ purposes: { analytics: true, targeted_advertising: true } }); }`,
  },
  transcend: {
    install: `var now = { purposes: { Analytics: false, Advertising: false }, confirmed: false };
      var airgap = { ready: (go) => go(airgap), addEventListener: on, getConsent: () => now };`,
    choose: `now = { purposes: { Functional: yes, Analytics: yes, Advertising: yes, SaleOfInfo: yes }, confirmed: true }; fire("consent-change", {});`,
    none: `var airgap = { ready: (go) => go(airgap), addEventListener() {}, getConsent: () => ({ purposes: { Analytics: "Auto", Advertising: "Auto" }, confirmed: false }) };`,
  },
  cookiefirst: {
    install: `var CookieFirst = { consent: null };`,
    choose: `CookieFirst.consent = { necessary: true, performance: yes, functional: yes, advertising: yes };
      dispatchEvent(new CustomEvent("cf_consent", { detail: CookieFirst.consent }));`,
  },
  "cookie-script": {
    install: `var now = {}, CookieScript = { instance: { currentState: () => now } };`,
    choose: `now = yes ? { action: "accept", categories: ["strict", "performance", "targeting"] } : { action: "reject", categories: [] };
      dispatchEvent(new CustomEvent(yes ? "CookieScriptAcceptAll" : "CookieScriptReject"));`,
  },
  consentmanager: {
    install: `var now = { purposeConsents: {}, vendorConsents: {} }, chosen = false;
      function __cmp(command, parameter) {
        if (command === "addEventListener") on(parameter[0], parameter[1]);
        return command === "consentStatus" ? { userChoiceExists: chosen } : now;
      }`,
    choose: `chosen = true; now = { purposeConsents: { analytics: yes }, vendorConsents: { marketing: yes } }; fire("consent");`,
  },
  shopify: {
    install: `var now = { marketing: "", analytics: "", preferences: "", sale_of_data: "" };
      var Shopify = { customerPrivacy: { currentVisitorConsent: () => now, shouldShowBanner: () => true, analyticsProcessingAllowed: () => false } };`,
    choose: `const word = yes ? "yes" : "no"; now = { marketing: word, analytics: word, preferences: word };
      document.dispatchEvent(new CustomEvent("visitorConsentCollected", { detail: {} }));`,
    none: `var Shopify = { customerPrivacy: { currentVisitorConsent: () => ({ analytics: "", marketing: "" }), shouldShowBanner: () => false, analyticsProcessingAllowed: () => true } };`,
  },
  "wp-consent-api": {
    install: `var wp_consent_type = "optin";`,
    choose: `const word = yes ? "allow" : "deny"; for (const name of ["statistics", "marketing"]) cookie("wp_consent_" + name + "=" + word);
      document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change", { detail: {} }));`,
    none: `var wp_consent_type = "optout";`,
  },
  hubspot: {
    install: `var _hsp = { push: ([, tell]) => on("h", tell) };`,
    choose: `cookie("__hs_cookie_cat_pref=1:" + yes + ",2:" + yes + ",3:" + yes);
      fire("h", { allowed: yes, categories: { necessary: true, analytics: yes, advertisement: yes, functionality: yes } });`,
    none: `var _hsp = { push: ([, tell]) => tell({ allowed: true, categories: { analytics: true, advertisement: true } }) };`,
  },
  consentstack: {
    install: `var record = null, consentstack = { on, getConsent: () => record };`,
    choose: `record = { categories: { essential: true, analytics: yes, marketing: yes } }; fire("consent", record);`,
  },
};
