/** cookieconsent 3.1: a banner with two answers for everything; it has no dialogue for parts. */

/** @type {import("./index.js").Real} */
export const cookieconsent = {
  title: "cookieconsent 3.1",
  platform: "cookieconsent",
  packages: ["cookieconsent"],
  script: "cookieconsent/build/cookieconsent.min.js",
  files: { "/cc3.css": "cookieconsent/build/cookieconsent.min.css" },
  head: (
    at,
    base,
  ) => `<link rel=stylesheet href="${base}/cc3.css"><script defer src="${at}"></script>
    <script>addEventListener("load", () => cookieconsent.initialise({ type: "opt-in", revokable: true, animateRevokable: false }));</script>`,
  accept: [".cc-window .cc-allow"],
  reject: [".cc-window .cc-deny"],
  again: [".cc-revoke", ".cc-window .cc-deny"],
};
