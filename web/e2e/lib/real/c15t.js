/** c15t: the store, with the banner and the dialogue of its React components. */

/** @type {import("./index.js").Real} */
export const c15t = {
  title: "c15t",
  platform: "c15t",
  packages: ["c15t", "@c15t/react"],
  bundle: `import { createElement as h } from "react";
    import { createRoot } from "react-dom/client";
    import { ConsentManagerProvider, ConsentBanner, ConsentDialog, ConsentDialogLink } from "@c15t/react";
    const options = { mode: "offline", consentCategories: ["necessary", "measurement", "marketing"] };
    const app = h(ConsentManagerProvider, { options }, h(ConsentBanner), h(ConsentDialog), h(ConsentDialogLink, null, "Cookies"));
    addEventListener("load", () => createRoot(document.body.appendChild(document.createElement("div"))).render(app));
    if (document.readyState === "complete") dispatchEvent(new Event("load"));`,
  files: { "/c15t.css": "@c15t/react/dist/styles.css" },
  head: (at, base) =>
    `<link rel=stylesheet href="${base}/c15t.css"><script defer src="${at}"></script>`,
  accept: ["[data-testid=consent-banner-accept-button]"],
  reject: ["[data-testid=consent-banner-reject-button]"],
  part: [
    "[data-testid=consent-banner-customize-button]",
    "[data-testid=consent-widget-switch-measurement]",
    "[data-testid=consent-widget-footer-save-button]",
  ],
  again: ["[data-testid=consent-dialog-link]", "[data-testid=consent-widget-reject-button]"],
};
