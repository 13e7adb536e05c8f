/**
 * How a site tells the gate what its visitor chose. It runs right after the gate, remembers a choice once there is one,
 * and applies it on every load and when a page comes back from the back-forward cache.
 */
(function () {
  const KEY = "shop-consent";
  const CHOICES = {
    all: { functional: true, analytics: true, marketing: true },
    analytics: { functional: false, analytics: true, marketing: false },
    none: { functional: false, analytics: false, marketing: false },
  };

  function read() {
    const name = localStorage.getItem(KEY);
    return Object.hasOwn(CHOICES, name) ? name : "";
  }

  function apply() {
    const name = read();
    if (name) window.segmentBlocker.setConsent(CHOICES[name]);
  }

  apply();
  addEventListener("pageshow", (event) => {
    if (event.persisted) apply();
  });

  window.shopConsent = {
    /** "all", "analytics", "none", or "" before a choice. */
    read,
    choose(name) {
      localStorage.setItem(KEY, name);
      apply();
    },
    withdraw() {
      localStorage.setItem(KEY, "none");
      window.segmentBlocker.withdraw();
    },
    /** Back to no choice at all. */
    forget() {
      localStorage.removeItem(KEY);
      window.segmentBlocker.setConsent({ functional: null, analytics: null, marketing: null });
    },
  };
})();
