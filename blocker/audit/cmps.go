package audit

// cmp is how a visitor's choice is made with one consent platform.
type cmp struct {
	Name string
	// Present is a JavaScript expression that is truthy where the platform is.
	Present string
	// Accept and Reject are tried as a click first: that is what a visitor does. Withdraw is Reject unless it says otherwise,
	// by its function first, since no banner is open then.
	Accept, Reject, Withdraw means
	// Accepted and Rejected are expressions that are true once the platform has taken the choice in; empty where nothing tells.
	// A button can say no more than "OK", and mean what was ticked before.
	Accepted, Rejected string
}

// means are ways to make a choice.
type means struct {
	// Click are CSS selectors; the first visible element is clicked, in shadow roots and frames too.
	Click []string
	// Call is a JavaScript expression; a promise is awaited.
	Call string
}

// cmps are the platforms that are recognised, the unmistakable first. Element names and functions are those of the platforms'
// own documentation and scripts.
var cmps = []cmp{
	{
		Name:     "OneTrust",
		Present:  `window.OneTrust && OneTrust.AllowAll || document.getElementById("onetrust-banner-sdk")`,
		Accept:   means{[]string{"#onetrust-accept-btn-handler", "#accept-recommended-btn-handler"}, "OneTrust.AllowAll()"},
		Reject:   means{[]string{"#onetrust-reject-all-handler", ".ot-pc-refuse-all-handler"}, "OneTrust.RejectAll()"},
		Accepted: "OneTrust.IsAlertBoxClosed()",
		Rejected: "OneTrust.IsAlertBoxClosed()",
	},
	{
		Name:    "Cookiebot",
		Present: "window.Cookiebot && Cookiebot.consent && Cookiebot.submitCustomConsent",
		Accept: means{
			[]string{"#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll", "#CybotCookiebotDialogBodyButtonAccept"},
			"Cookiebot.submitCustomConsent(true, true, true)",
		},
		Reject: means{
			[]string{"#CybotCookiebotDialogBodyButtonDecline", "#CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll"},
			"Cookiebot.submitCustomConsent(false, false, false)",
		},
		Withdraw: means{nil, "Cookiebot.withdraw()"},
		Accepted: "Cookiebot.consent.statistics && Cookiebot.consent.marketing",
		Rejected: "Cookiebot.hasResponse && !Cookiebot.consent.statistics && !Cookiebot.consent.marketing",
	},
	{
		Name:    "Didomi",
		Present: "window.Didomi && Didomi.setUserAgreeToAll",
		Accept:  means{[]string{"#didomi-notice-agree-button"}, "Didomi.setUserAgreeToAll()"},
		Reject:  means{[]string{"#didomi-notice-disagree-button", ".didomi-continue-without-agreeing"}, "Didomi.setUserDisagreeToAll()"},
	},
	{
		Name:    "Usercentrics",
		Present: "window.UC_UI && UC_UI.acceptAllConsents || window.__ucCmp && __ucCmp.acceptAllConsents",
		Accept: means{
			[]string{"[data-testid=uc-accept-all-button]", "#uc-btn-accept-banner", "#usercentrics-cmp-ui [data-action-type=accept]"},
			"window.__ucCmp ? __ucCmp.acceptAllConsents() : UC_UI.acceptAllConsents()",
		},
		Reject: means{
			[]string{"[data-testid=uc-deny-all-button]", "#uc-btn-deny-banner", "#usercentrics-cmp-ui [data-action-type=deny]"},
			"window.__ucCmp ? __ucCmp.denyAllConsents() : UC_UI.denyAllConsents()",
		},
	},
	{
		Name:     "CookieYes",
		Present:  `typeof getCkyConsent === "function" || document.querySelector(".cky-consent-container")`,
		Accept:   means{[]string{"[data-cky-tag=accept-button]"}, `performBannerAction("accept_all")`},
		Reject:   means{[]string{"[data-cky-tag=reject-button]"}, `performBannerAction("reject")`},
		Accepted: "getCkyConsent().isUserActionCompleted",
		Rejected: "getCkyConsent().isUserActionCompleted",
	},
	{
		Name:    "Klaro",
		Present: "window.klaro && klaro.getManager",
		Accept: means{
			[]string{".klaro .cm-btn-accept-all", ".klaro .cookie-notice .cm-btn-success"},
			"klaro.getManager().changeAll(true), klaro.getManager().saveAndApplyConsents()",
		},
		Reject: means{
			[]string{".klaro .cn-decline", ".klaro .cm-btn-decline"},
			"klaro.getManager().changeAll(false), klaro.getManager().saveAndApplyConsents()",
		},
		Accepted: "klaro.getManager().confirmed && Object.values(klaro.getManager().consents).every(Boolean)",
		Rejected: "klaro.getManager().confirmed",
	},
	{
		Name:     "vanilla-cookieconsent",
		Present:  "window.CookieConsent && CookieConsent.acceptCategory && CookieConsent.validConsent",
		Accept:   means{[]string{"#cc-main [data-role=all]"}, `CookieConsent.acceptCategory("all")`},
		Reject:   means{[]string{"#cc-main [data-role=necessary]"}, "CookieConsent.acceptCategory([])"},
		Accepted: `CookieConsent.validConsent() && CookieConsent.getUserPreferences().acceptType === "all"`,
		Rejected: "CookieConsent.validConsent()",
	},
	{
		Name:    "Osano",
		Present: "window.Osano && Osano.cm",
		Accept:  means{[]string{".osano-cm-accept-all", ".osano-cm-accept"}, ""},
		Reject:  means{[]string{".osano-cm-denyAll", ".osano-cm-deny"}, ""},
	},
	{
		Name:    "TrustArc",
		Present: `window.truste && truste.eu || window.PrivacyManagerAPI || document.getElementById("truste-consent-track")`,
		Accept:  means{[]string{"#truste-consent-button", ".trustarc-agree-btn", "a.call"}, ""},
		Reject:  means{[]string{"#truste-consent-required", ".trustarc-declineall-btn", "a.required"}, ""},
	},
	{
		Name:    "iubenda",
		Present: "window._iub && _iub.cs && _iub.cs.api",
		Accept:  means{[]string{".iubenda-cs-accept-btn"}, "_iub.cs.api.acceptAll()"},
		Reject:  means{[]string{".iubenda-cs-reject-btn"}, "_iub.cs.api.rejectAll()"},
	},
	{
		Name:    "Complianz",
		Present: `typeof cmplz_has_consent === "function" || document.querySelector(".cmplz-cookiebanner")`,
		Accept:  means{[]string{".cmplz-cookiebanner .cmplz-accept"}, "cmplz_accept_all()"},
		Reject:  means{[]string{".cmplz-cookiebanner .cmplz-deny"}, "cmplz_deny_all()"},
	},
	{
		Name:    "Termly",
		Present: `window.Termly && Termly.getConsentState || document.getElementById("termly-code-snippet-support")`,
		Accept:  means{[]string{"[data-tid=banner-accept]"}, ""},
		Reject:  means{[]string{"[data-tid=banner-decline]"}, ""},
	},
	{
		Name:    "Axeptio",
		Present: `window.axeptioSDK || document.querySelector(".axeptio_mount, .axeptio_widget")`,
		Accept:  means{[]string{"#axeptio_btn_acceptAll"}, ""},
		Reject:  means{[]string{"#axeptio_btn_dismiss", "button.ax-discardButton"}, ""},
	},
	{
		Name:    "tarteaucitron",
		Present: "window.tarteaucitron && tarteaucitron.userInterface",
		Accept: means{
			[]string{"#tarteaucitronPersonalize2", "#tarteaucitronAllAllowed2", "#tarteaucitronAllAllowed"},
			"tarteaucitron.userInterface.respondAll(true)",
		},
		Reject: means{
			[]string{"#tarteaucitronAllDenied2", "#tarteaucitronAllDenied"},
			"tarteaucitron.userInterface.respondAll(false)",
		},
	},
	{
		Name:    "Orejime",
		Present: "window.orejime && orejime.manager",
		Accept:  means{[]string{".orejime-Banner-acceptAllButton", ".orejime-Banner-saveButton"}, "orejime.manager.acceptAll()"},
		Reject:  means{[]string{".orejime-Banner-declineButton"}, "orejime.manager.declineAll()"},
	},
	{
		Name:     "CookieFirst",
		Present:  `window.CookieFirst && "consent" in CookieFirst`,
		Accept:   means{[]string{"[data-cookiefirst-action=accept]"}, ""},
		Reject:   means{[]string{"[data-cookiefirst-action=reject]"}, ""},
		Accepted: "CookieFirst.consent !== null",
		Rejected: "CookieFirst.consent !== null",
	},
	{
		Name:    "CookieScript",
		Present: `window.CookieScript && CookieScript.instance || document.getElementById("cookiescript_injected")`,
		Accept:  means{[]string{"#cookiescript_accept"}, "CookieScript.instance.acceptAllAction()"},
		Reject:  means{[]string{"#cookiescript_reject"}, "CookieScript.instance.rejectAllAction()"},
	},
	{
		Name:    "Borlabs Cookie",
		Present: `window.BorlabsCookie || document.querySelector(".brlbs-cmpnt-dialog, ._brlbs-bar-wrap, ._brlbs-box-wrap")`,
		Accept:  means{[]string{".brlbs-btn-accept-all", "a[data-cookie-accept-all]"}, ""},
		Reject:  means{[]string{".brlbs-btn-accept-only-essential", "a[data-cookie-refuse]"}, ""},
	},
	{
		Name:    "Civic Cookie Control",
		Present: `window.CookieControl && document.getElementById("ccc")`,
		Accept:  means{[]string{"#ccc-notify-accept", "#ccc-recommended-settings", ".ccc-accept-button"}, ""},
		Reject:  means{[]string{"#ccc-notify-reject", "#ccc-reject-settings", ".ccc-reject-button"}, ""},
	},
	{
		Name:     "consentmanager.net",
		Present:  `typeof __cmp === "function" && __cmp("getCMPData")`,
		Accept:   means{nil, `__cmp("setConsent", 1)`},
		Reject:   means{nil, `__cmp("setConsent", 0)`},
		Accepted: `__cmp("consentStatus").userChoiceExists`,
		Rejected: `__cmp("consentStatus").userChoiceExists`,
	},
	{
		Name:    "Tealium",
		Present: `window.utag && utag.gdpr && utag.gdpr.setConsentValue`,
		Accept:  means{nil, "utag.gdpr.setConsentValue(true)"},
		Reject:  means{nil, "utag.gdpr.setConsentValue(false)"},
	},
	{
		Name:     "HubSpot",
		Present:  `document.getElementById("hs-eu-cookie-confirmation")`,
		Accept:   means{[]string{"#hs-eu-confirmation-button"}, ""},
		Reject:   means{[]string{"#hs-eu-decline-button"}, ""},
		Withdraw: means{nil, `(window._hsp = window._hsp || []).push(["revokeCookieConsent"])`},
	},
	{
		Name:    "Ketch",
		Present: `document.querySelector("#ketch-banner, #lanyard_root [role=dialog]")`,
		Accept:  means{[]string{"#ketch-banner-button-primary"}, ""},
		Reject:  means{[]string{"#ketch-banner button[aria-label^=Reject i]", "#lanyard_root button[aria-label^=Reject i]"}, ""},
	},
	{
		Name:    "InMobi Choice (Quantcast)",
		Present: `document.getElementById("qc-cmp2-container")`,
		Accept:  means{[]string{".qc-cmp2-summary-buttons > button[mode=primary]"}, ""},
		Reject:  means{[]string{"#disagree-btn"}, ""},
	},
	// Nothing public says how to choose by script: it is named, so that the report can ask for selectors.
	{Name: "ConsentStack", Present: "window.consentstack && consentstack.getConsent"},
}
