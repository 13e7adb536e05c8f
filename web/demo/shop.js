/** The shop: three pages without a reload between them, the consent banner, and buttons that call Analytics.js. */
const { shopConsent: consent } = window;

const PAGES = {
  "/": [
    "Home",
    "A small shop. Walk around, then look at the panel: what do others learn about you?",
  ],
  "/teapot": ["Teapot", "Holds one litre. Its handle stays cool, its lid stays on."],
  "/basket": ["Basket", "Whatever you have added waits here."],
};
const CHOSEN = {
  all: "You accepted everything.",
  analytics: "You accepted analytics, not marketing.",
  none: "You rejected everything.",
};

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

function showPage() {
  const [title, text] = PAGES[location.pathname] ?? PAGES["/"];
  document.title = `${title} · Corner Shop`;
  byId("title").textContent = title;
  byId("text").textContent = text;
  for (const link of document.querySelectorAll("nav [data-page]")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showChoice() {
  const name = consent.read();
  byId("banner").hidden = name !== "";
  byId("chosen").hidden = name === "";
  byId("chosen-text").textContent = CHOSEN[name] ?? "";
  byId("withdraw").hidden = name === "none";
}

/** @param {string} method */
function call(method) {
  const { analytics } = window;
  if (method === "track") analytics.track("Product Added", { product: "Teapot", price: 24 });
  if (method === "identify") analytics.identify("ada", { plan: "tea lover" });
  if (method === "page") analytics.page();
  if (method === "reset") analytics.reset();
}

for (const link of document.querySelectorAll("[data-page]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState({}, "", link.pathname);
    showPage();
    window.analytics.page();
  });
}
for (const button of document.querySelectorAll("[data-call]"))
  button.addEventListener("click", () => call(button.dataset.call));
for (const button of document.querySelectorAll("[data-choice]")) {
  button.addEventListener("click", () => {
    consent.choose(button.dataset.choice);
    showChoice();
  });
}
byId("withdraw").addEventListener("click", () => {
  consent.withdraw();
  showChoice();
});
byId("change").addEventListener("click", () => {
  consent.forget();
  showChoice();
});
addEventListener("popstate", showPage);
addEventListener("pageshow", showChoice);
// Another tab of the shop may have chosen.
addEventListener("storage", showChoice);

showPage();
showChoice();
