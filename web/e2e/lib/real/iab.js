/** The IAB's own libraries, which platforms are built on. They have no dialogue: the buttons of this page call them. */

/** A page's own banner over say(name): three answers, and a link that opens it again. */
const BANNER = `
  const box = document.createElement("div");
  for (const id of ["all", "none", "some", "open"])
    box.append(Object.assign(document.createElement("button"), { id, textContent: id, onclick: () => say(id) }));
  const show = () => document.body.append(box);
  if (document.body) show(); else addEventListener("DOMContentLoaded", show);`;

const CLICKS = { accept: ["#all"], reject: ["#none"], part: ["#some"], again: ["#open", "#none"] };

/** The CMP API and the encoder of TCF, behind the stub. @type {import("./index.js").Real} */
export const tcf = {
  title: "IAB TCF",
  packages: ["@iabtcf/cmpapi", "@iabtcf/core", "@iabtcf/stub"],
  called: true,
  files: { "/stub.js": "@iabtcf/stub/lib/stub.js" },
  bundle: `import { CmpApi } from "@iabtcf/cmpapi";
    import { GVL, TCModel, TCString } from "@iabtcf/core";
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const purposes = Object.fromEntries(all.map((id) => [id, { id, name: "p", description: "", illustrations: [] }]));
    const api = new CmpApi(10, 1, true);
    const model = new TCModel(new GVL({ gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 4,
      lastUpdated: new Date().toISOString(), purposes, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {},
      dataCategories: {}, vendors: {} }));
    Object.assign(model, { cmpId: 10, cmpVersion: 1, isServiceSpecific: true });
    // TCF 2.3: a string says whom the visitor was shown.
    model.vendorsDisclosed.set(755);
    const kept = () => /euconsent-v2=([^;]*)/.exec(document.cookie)?.[1];
    function say(answer) {
      if (answer === "open") return api.update(kept() ?? "", true);
      model.unsetAllPurposeConsents();
      for (const id of { all, some: [1, 8], none: [] }[answer]) model.purposeConsents.set(id);
      const text = TCString.encode(model, { isForVendors: true, segments: ["core", "vendorsDisclosed"] });
      document.cookie = "euconsent-v2=" + text + "; path=/";
      api.update(text, false);
    }
    if (kept()) api.update(kept(), false); else api.update("", true);
    ${BANNER}`,
  head: (at, base) => `<script src="${base}/stub.js"></script><script defer src="${at}"></script>`,
  ...CLICKS,
};

/** The CMP API of GPP with the section that carries TCF. @type {import("./index.js").Real} */
export const gpp = {
  title: "IAB GPP",
  packages: ["@iabgpp/cmpapi"],
  called: true,
  bundle: `import { CmpApi } from "@iabgpp/cmpapi";
    const api = new CmpApi(10, 1), all = Array(24).fill(true), none = Array(24).fill(false);
    const kept = () => /__gpp=([^;]*)/.exec(document.cookie)?.[1];
    api.setApplicableSections([2]);
    function say(answer) {
      api.setSignalStatus("not ready");
      if (answer === "open") return api.setCmpDisplayStatus("visible");
      const consents = { all, none, some: none.map((_, i) => i === 0 || i === 7) }[answer];
      for (const [name, value] of Object.entries({ CmpId: 10, CmpVersion: 1, PurposeConsents: consents }))
        api.setFieldValue("tcfeuv2", name, value);
      document.cookie = "__gpp=" + api.getGppString() + "; path=/";
      done();
    }
    function done() {
      api.fireSectionChange("tcfeuv2");
      api.setCmpStatus("loaded");
      api.setCmpDisplayStatus("hidden");
      api.setSignalStatus("ready");
    }
    if (kept()) { api.setGppString(kept()); done(); } else api.setCmpDisplayStatus("visible");
    ${BANNER}`,
  head: (at) => `<script>window.__gpp = (...call) => {
      (__gpp.queue ??= []).push(call);
      if (call[0] === "ping") call[1]({ gppVersion: "1.1", cmpStatus: "stub", signalStatus: "not ready", applicableSections: [] }, true);
    };</script><script defer src="${at}"></script>`,
  ...CLICKS,
};
