/** IAB TCF 2.2 and 2.3: the CMP API. The immediate answer to the subscription is one like any other, and never waited for. */
import { indexIn } from "../natives.js";
import { HEAR_STATUS, HEAR_KEPT, HEAR_NOT_GDPR, SOURCE_TCF } from "../gen/abi.js";
import { bits } from "./reading.js";

/** By number (consent.TCFStatus). */
const STATUSES = ["", "tcloaded", "useractioncomplete", "cmpuishown"];

/** @type {import("./adapter.js").Adapter} */
export const tcf = {
  name: "tcf",
  source: SOURCE_TCF,
  global: "__tcfapi",
  on: (api, tell) => api("addEventListener", 2, tell),
  read(api, data) {
    if (!data || data.cmpStatus === "stub") return undefined;
    const { purpose = {}, publisher = {}, gdprApplies, tcString } = data;
    const own = publisher.customPurpose || {};
    const given = bits(publisher.consents);
    const kept = given | bits(publisher.legitimateInterests) | bits(own.consents);
    const loaded = !data.cmpStatus || data.cmpStatus === "loaded";
    const status = loaded ? indexIn(STATUSES, data.eventStatus) : 0;
    return [
      [
        tcString || "",
        bits(purpose.consents) |
          ((status > 0 ? status : 0) << HEAR_STATUS) |
          (kept ? HEAR_KEPT : 0) |
          (loaded && gdprApplies === false ? HEAR_NOT_GDPR : 0),
        given,
      ],
    ];
  },
};
