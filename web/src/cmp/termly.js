/** Termly (support.termly.io, consent state and events). No state before a choice. */

/** @type {import("./adapter.js").Adapter} */
export const termly = {
  name: "termly",
  global: "Termly",
  on(cmp, tell) {
    cmp.on("initialized", tell);
    cmp.on("consent", tell);
  },
  read(cmp) {
    const words = cmp.getConsentState();
    return [words || {}, words];
  },
};
