/** Klaro: a notice, and a dialogue with a switch for each purpose. */

/** @type {import("./index.js").Real} */
export const klaro = {
  title: "Klaro",
  platform: "klaro",
  packages: ["klaro"],
  script: "klaro/dist/klaro.js",
  head: (
    at,
  ) => `<script>window.klaroConfig = { elementID: "klaro", storageMethod: "cookie", acceptAll: true,
      privacyPolicy: "/p", translations: { en: { privacyPolicyUrl: "/p" } }, lang: "en",
      services: [{ name: "segment", title: "S", purposes: ["analytics"] }, { name: "ads", title: "A", purposes: ["marketing"] }] };</script>
    <script defer src="${at}"></script>`,
  accept: [".klaro .cookie-notice .cm-btn-success"],
  reject: [".klaro .cookie-notice .cn-decline"],
  part: [
    ".klaro .cookie-notice .cm-link",
    ".klaro label[for=purpose-item-analytics]",
    ".klaro .cm-btn-accept",
  ],
  again: [
    "js:klaro.show(undefined, true)",
    ".klaro label[for=purpose-item-disableAll]",
    ".klaro .cm-btn-accept",
  ],
};
