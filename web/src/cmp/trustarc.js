/** TrustArc (PrivacyManagerAPI of its consent manager). Changes are seen by its cookies. */
import { pageAddress } from "../natives.js";
import { hasCookie, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const trustarc = {
  name: "trustarc",
  global: "PrivacyManagerAPI",
  read(cmp) {
    const answer = cmp.callApi("getGDPRConsentDecision", pageAddress().hostname);
    const list = answer.consentDecision;
    return [
      list,
      list[0] > 0 && answer.source !== "implied",
      hasCookie("notice_behavior=implied") && OPT_OUT,
    ];
  },
};
