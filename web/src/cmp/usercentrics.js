/** Usercentrics: the browser UI of version 2 and the Web CMP of version 3 (docs.usercentrics.com). */
import { both, OPT_OUT } from "./reading.js";

const EVENTS = "UC_UI_INITIALIZED UC_UI_CMP_EVENT UC_CMP_API_READY";

/** @type {import("./adapter.js").Adapter} */
export const usercentrics2 = {
  name: "usercentrics",
  global: "UC_UI",
  events: EVENTS,
  read(cmp) {
    /** @type {Record<string, unknown>} */
    const words = {};
    let decided;
    for (const { name, categorySlug, consent } of cmp.getServicesBaseInfo()) {
      both(words, categorySlug, consent.status);
      both(words, name, consent.status);
      for (const { type } of consent.history) if (type === "explicit") decided = true;
    }
    return [words, decided, cmp.isConsentRequired && cmp.isConsentRequired() === false && OPT_OUT];
  },
};

/** @type {import("./adapter.js").Adapter} */
export const usercentrics3 = {
  name: "usercentrics",
  global: "__ucCmp",
  events: EVENTS,
  read: (cmp) =>
    cmp.getConsentDetails().then((/** @type {any} */ { consent, services, categories }) => {
      /** @type {Record<string, unknown>} */
      const words = {};
      for (const id in services) both(words, services[id].name, services[id].consent.given);
      for (const slug in categories) both(words, slug, categories[slug].state === "ALL_ACCEPTED");
      return [words, consent.type === "EXPLICIT", consent.required === false && OPT_OUT];
    }),
};
