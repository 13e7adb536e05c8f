/** vanilla-cookieconsent 3: a banner, and a dialogue with a switch for each category. */

/** @type {import("./index.js").Real} */
export const vanillaCookieConsent = {
  title: "vanilla-cookieconsent 3",
  platform: "vanilla-cookieconsent 3",
  packages: ["vanilla-cookieconsent"],
  script: "vanilla-cookieconsent/dist/cookieconsent.umd.js",
  files: { "/cc.css": "vanilla-cookieconsent/dist/cookieconsent.css" },
  head: (
    at,
    base,
  ) => `<link rel=stylesheet href="${base}/cc.css"><script defer src="${at}"></script>
    <script>addEventListener("load", () => CookieConsent.run({ hideFromBots: false,
      categories: { necessary: { enabled: true, readOnly: true }, analytics: {}, marketing: {} },
      language: { default: "en", translations: { en: {
        consentModal: { title: "t", acceptAllBtn: "a", acceptNecessaryBtn: "n", showPreferencesBtn: "p" },
        preferencesModal: { title: "t", acceptAllBtn: "a", acceptNecessaryBtn: "n", savePreferencesBtn: "s",
          sections: [{ title: "A", linkedCategory: "analytics" }, { title: "M", linkedCategory: "marketing" }] } } } } }));</script>`,
  accept: ["#cc-main .cm [data-role=all]"],
  reject: ["#cc-main .cm [data-role=necessary]"],
  part: [
    "#cc-main .cm [data-role=show]",
    "#cc-main .section__toggle[value=analytics]",
    "#cc-main .pm [data-role=save]",
  ],
  again: ["js:CookieConsent.showPreferences()", "#cc-main .pm [data-role=necessary]"],
};
