/** IAB GPP 1.1: the CMP API. Its string is read, not its parsed sections, whose shape differs from CMP to CMP. */
import { SOURCE_GPP } from "../gen/abi.js";

/** @type {import("./adapter.js").Adapter} */
export const gpp = {
  name: "gpp",
  source: SOURCE_GPP,
  global: "__gpp",
  on: (api, tell) => api("addEventListener", tell),
  read(api, event) {
    const ping = event && event.pingData;
    if (!ping) return undefined;
    let sections = 0;
    if (ping.signalStatus === "ready") {
      // A section of a number that is not known, and -1 for none, are one of no concern.
      for (const id of ping.applicableSections) sections |= 1 << (id >= 0 && id < 31 ? id : 31);
    }
    return [[ping.gppString || "", sections]];
  },
};
