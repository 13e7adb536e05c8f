/** consentmanager.net (help.consentmanager.net, __cmp commands): purposes and vendors by the site's numbers. */

/** @type {import("./adapter.js").Adapter} */
export const consentmanager = {
  name: "consentmanager",
  global: "__cmp",
  on: (cmp, tell) => cmp("addEventListener", ["consent", () => tell(), false], null),
  read(cmp) {
    const { purposeConsents, vendorConsents, customVendorConsents } = cmp("getCMPData");
    return [
      { ...purposeConsents, ...vendorConsents, ...customVendorConsents },
      cmp("consentStatus").userChoiceExists,
    ];
  },
};
