/** Cookie-Script (help.cookie-script.com, custom functions and events). */

/** @type {import("./adapter.js").Adapter} */
export const cookieScript = {
  name: "cookie-script",
  global: "CookieScript.instance",
  events: "CookieScriptLoaded CookieScriptAccept CookieScriptAcceptAll CookieScriptReject",
  read(cmp) {
    const { action, categories } = cmp.currentState();
    return [categories || [], action];
  },
};
