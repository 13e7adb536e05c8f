/** CookieFirst (support.cookiefirst.com, public API). No consent before a choice. */

/** @type {import("./adapter.js").Adapter} */
export const cookiefirst = {
  name: "cookiefirst",
  global: "CookieFirst",
  events: "cf_init cf_consent",
  read: ({ consent }) => [consent || {}, consent],
};
