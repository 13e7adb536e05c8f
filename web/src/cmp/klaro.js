/** Klaro 0.7 (klaro.org/docs): services by name and purpose, as they were saved. What is open in its dialogue is a draft. */
import { both } from "./reading.js";

/** @type {import("./adapter.js").Adapter} */
export const klaro = {
  name: "klaro",
  global: "klaro",
  on: (cmp, tell) => cmp.getManager().watch({ update: () => tell() }),
  read(cmp) {
    const { config, savedConsents, confirmed } = cmp.getManager();
    /** @type {Record<string, unknown>} */
    const words = {};
    for (const { name, purposes } of config.services) {
      for (const word of [name].concat(purposes)) both(words, word, savedConsents[name]);
    }
    return [words, confirmed];
  },
};
