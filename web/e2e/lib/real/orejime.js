/** Orejime: a banner, and a dialogue with a switch for each purpose. */

/** @type {import("./index.js").Real} */
export const orejime = {
  title: "Orejime",
  platform: "orejime",
  packages: ["orejime"],
  script: "orejime/dist/orejime-standard-en.js",
  files: { "/orejime.css": "orejime/dist/orejime-standard.css" },
  head: (at, base) => `<script>window.orejimeConfig = { privacyPolicyUrl: "/p",
      purposes: [{ id: "analytics", title: "A", cookies: [] }, { id: "marketing", title: "M", cookies: [] }] };</script>
    <link rel=stylesheet href="${base}/orejime.css"><script defer src="${at}"></script>`,
  accept: [".orejime-Banner-actionItem:nth-child(1) button"],
  reject: [".orejime-Banner-actionItem:nth-child(2) button"],
  part: [
    ".orejime-Banner-actionItem:nth-child(3) button",
    "label[for=orejime-purpose-analytics]",
    ".orejime-Modal-saveButton",
  ],
  again: ["js:orejime.prompt()", ".orejime-PurposeToggles-disableAll", ".orejime-Modal-saveButton"],
};
