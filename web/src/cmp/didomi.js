/** Didomi (developers.didomi.io/cmp/web-sdk/reference/api). Where no consent is required, what is enabled is a default. */
import { members, open, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const didomi = {
  name: "didomi",
  global: "Didomi",
  on(cmp, tell) {
    cmp.on("consent.changed", tell);
    cmp.on("notice.shown", tell);
  },
  read(cmp) {
    const { purposes, vendors } = cmp.getCurrentUserStatus();
    const words = members(vendors, "enabled", members(purposes, "enabled", {}));
    return cmp.isConsentRequired()
      ? [words, !cmp.isUserStatusPartial()]
      : [words, !open(words), OPT_OUT];
  },
};
