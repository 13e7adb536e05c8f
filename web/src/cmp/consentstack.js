/** ConsentStack (consentstack.io/docs/developers/javascript-api). No record before a choice. */

/** @type {import("./adapter.js").Adapter} */
export const consentstack = {
  name: "consentstack",
  global: "consentstack",
  on(cmp, tell) {
    cmp.on("ready", () => tell());
    cmp.on("consent", () => tell());
  },
  read(cmp) {
    const record = cmp.getConsent();
    return [record ? record.categories || record : {}, record];
  },
};
