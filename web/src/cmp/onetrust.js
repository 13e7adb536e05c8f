/** OneTrust, CookiePro (developer.onetrust.com, JavaScript events and OneTrust Web CMP API). */
import { win } from "../natives.js";
import { OPT_IN, OPT_OUT } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const onetrust = {
  name: "onetrust",
  global: "OneTrust",
  events: "OneTrustGroupsUpdated OTConsentApplied",
  on: (cmp, tell) => cmp.OnConsentChanged(tell),
  // The list of active groups holds the defaults before a choice.
  read(cmp) {
    const { ShowAlertNotice, ConsentModel } = cmp.GetDomainData();
    const model = ConsentModel && ConsentModel.Name;
    return [
      win.OnetrustActiveGroups || "",
      cmp.IsAlertBoxClosed(),
      model === "opt-in" ? OPT_IN : (model || ShowAlertNotice === false) && OPT_OUT,
    ];
  },
};
