package consent

// cmps is the table of the CMPs, sorted by name, with a row of "name;keys;words;places" for each way that one stores a
// choice; the rows of a CMP have the same words. Words and formats are from the vendors' documentation and from what
// their releases write; testdata/consent/cmps has samples of each with their source.
//
// keys are the cookies or storage keys that the choice is kept in. One may end in '?', for whatever follows, or in '*',
// if what follows is a word.
//
// words are the CMP's own, as "word=letters", before the common ones. The letters are those of the categories that the
// word stands for: f, a, m. A small one both grants and refuses, a capital one only refuses, none takes a common word
// away. A word that is neither here, nor common, nor the site's own stands for nothing.
//
// places say what to make of the values: a sign and a path. The path is empty for the first key and the number of the
// key for the others (from 1), then after a dot each comes what the value holds (see Reader.value). A '*' stands for any
// text. The signs are:
//
//	$     the state of the word at '*', and of the word at '^' before it
//	~     the same, if it is a refusal
//	+ <   a list of accepted or refused words; or with '*' in the end a word that has a list, which is empty or not
//	&     as +, and words that are not in it are refused
//	^     the word for a state that follows in the same object
//	%     a string of a standard: the TCF, GPP or USP, by its first character
//	=     a rule: it must be one of the words after ':'
//	!     a rule: if it is there, it must be one of the words after ':'
//	?     a rule: it must be there
//	@     a rule: it must be a point in time of the last 13 months
//	>     a rule: if it is there, it must be a point in time to come
//
// Osano encrypts its cookie; consentmanager.net, ConsentStack and InMobi Choice document no format of their own. Their
// choice is known only from their API, or from a standard's string.
const cmps = `axeptio;axeptio_cookies;;$.* =.$$completed:true @.$$date
axeptio;axeptio_authorized_vendors;;+
borlabs;borlabs-cookie;;&.consents.*
c15t;c15t;;&.c.* @.i.t
c15t;c15t;;$.consents.* @.consentInfo.time
civic;CookieControl;;$.optionalCookies.* =.interactedWith:true @.consentDate
complianz;cmplz_*;functional=;$.* =.banner-status:dismissed
consentmanager;;;
consentstack;;;
cookie-information;CookieInformationConsent;cookie_cat_functional=f,cookie_cat_statistic=a,cookie_cat_marketing=m;&.consents_approved @.timestamp
cookie-script;CookieScriptConsent;performance=a,targeting=m;&.categories =.action:accept,reject
cookiebot;CookieConsent;;$.* =.method:'explicit' @.utc
cookieconsent;cookieconsent_*;status=fam;$.*
cookiefirst;cookiefirst-consent;performance=a;$.* @.timestamp
cookiehub;cookiehub;;^.categories.id $.categories.value =.answered:true @.timestamp
cookieyes;cookieyes-consent;;$.* =.action:yes
didomi;didomi_token;c:segment*=a,cookies=FAM,measure_content_performance=a,create_ads_profile=m,select_personalized_ads=M,create_content_profile=f;+.purposes.enabled <.purposes.disabled +.vendors.enabled <.vendors.disabled @.updated
fides;fides_consent;data_sales_and_sharing=M;$.consent.* =.fides_meta.consentMethod:accept,reject,save @.fides_meta.updatedAt
gpp;__gpp OTGPPConsent;;% %1
hubspot;__hs_cookie_cat_pref;1=a,2=m,3=f;$.*
inmobi;;;
iubenda;_iub_cs-?;2=f,3=f,4=a,5=m,consent=fam;$.purposes.* $.* @.timestamp
ketch;_ketch_consent_v1_;behavioral_advertising=m,targeted_advertising=m;$.*.status
klaro;klaro;;$.*
onetrust;OptanonConsent OptanonAlertBoxClosed;C0002=a,C0003=f,C0004=m;$.groups.* !.AwaitingReconsent:false @1
orejime;eu-consent orejime;;$.* $1.*
osano;;personalization=f;
piwikpro;ppms_privacy_?;remarketing=m,conversion_tracking=m;$.consents.*.status
porsche;cookies_accepted_categories;;&
securiti;__privaci_cookie_consents;analytics and customization=a,performance and functionality=f;$.consents.* =.implicit_consent:false
segment;tracking-preferences;marketingAndAnalytics=am;$.custom.*
shopify;_tracking_consent;a=a,m=m,p=f;$.con.CMP.* ~.purposes.*
silktide;silktideCookieChoice_* silktideCookieBanner_InitialChoice;;$.* ?1
sourcepoint;_sp_user_consent_?;;%.gdpr.euconsent !.gdpr.consentStatus.hasConsentData:true
sourcepoint;_sp_user_consent_?;;%.gppData.gppString
tarteaucitron;tarteaucitron;;$.*
tcf;euconsent-v2 eupubconsent-v2;;% %1
tealium;CONSENTMGR;c1=a,c3=m,c6=f,consent=fam;$.* @.ts
termly;TERMLY_API_CACHE;;$.TERMLY_COOKIE_CONSENT.value.*
transcend;tcmConsent;saleofinfo=M;$.purposes.* =.confirmed:true @.timestamp
trustarc;cmapi_cookie_privacy notice_preferences;2=fa,3=m;& ?1
usercentrics;ucData;functional=a,analyticsStorage=a,adStorage=m,adUserData=M,adPersonalization=M,functionalityStorage=f;$.gcm.* ^.consent.services.*.name $.consent.services.*.consent =.consent.type:EXPLICIT
usercentrics;uc_gcm uc_settings uc_user_interaction;functional=a,analyticsStorage=a,adStorage=m,adUserData=M,adPersonalization=M,functionalityStorage=f;$.* ^1.services.id $1.services.status =2:true
usp;usprivacy;;% %.uspString
vanilla-cookieconsent;cc_cookie;;&.categories >.expirationTime
wp-consent-api;wp_consent_*;functional=;$.*`
