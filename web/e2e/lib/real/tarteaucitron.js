/** tarteaucitron: a banner, and a panel with two buttons for each service. It keeps away from browsers that are driven. */

const service = (/** @type {string} */ key, /** @type {string} */ type) =>
  `tarteaucitron.services.${key} = { key: "${key}", type: "${type}", name: "${key}", uri: "", needConsent: true, cookies: [], js() {}, fallback() {} };
   (tarteaucitron.job = tarteaucitron.job || []).push("${key}");`;

/** Until its buttons hear, which is a while after they are shown. */
const READY = "js:bound";

/** @type {import("./index.js").Real} */
export const tarteaucitron = {
  title: "tarteaucitron",
  platform: "tarteaucitron",
  packages: ["tarteaucitronjs"],
  script: "tarteaucitronjs/tarteaucitron.min.js",
  files: {
    "/tarteaucitron.services.min.js": "tarteaucitronjs/tarteaucitron.services.min.js",
    "/lang/tarteaucitron.en.min.js": "tarteaucitronjs/lang/tarteaucitron.en.min.js",
    "/css/tarteaucitron.min.css": "tarteaucitronjs/css/tarteaucitron.min.css",
  },
  head: (at) => `<script>Object.defineProperty(navigator, "webdriver", { value: false });
      window.tarteaucitronForceLanguage = "en";</script>
    <script src="${at}"></script>
    <script>tarteaucitron.init({ highPrivacy: true, cookieslist: false, handleBrowserDNTRequest: false,
        orientation: "bottom", DenyAllCta: true, AcceptAllCta: true, removeCredit: true });
      tarteaucitron.events.load = () => { window.bound = true; };
      ${service("segment", "analytic")} ${service("ads", "ads")}</script>`,
  accept: [READY, "#tarteaucitronPersonalize2"],
  reject: [READY, "#tarteaucitronAllDenied2"],
  part: [
    READY,
    "#tarteaucitronCloseAlert",
    "#segmentAllowed",
    "#adsDenied",
    "#tarteaucitronSaveButton",
  ],
  again: [
    READY,
    "js:tarteaucitron.userInterface.openPanel()",
    "#tarteaucitronAllDenied",
    "#tarteaucitronSaveButton",
    // It loads the page again when something that ran is refused.
    `js:performance.getEntriesByType("navigation")[0].type === "reload" || notYet`,
  ],
};
