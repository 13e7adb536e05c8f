/**
 * Writes consent strings with the IAB's own libraries, together with what the same libraries read back from them, as one
 * JSON object a line. The Go decoders are held against these lines (blocker/consent/iab).
 *
 *     node consent.js SEED COUNT
 *
 * The same seed gives the same lines. Half the lines are damaged on purpose; those that the library refuses have an
 * `error` in place of the fields. Sets of ids are lists; answers are 0 not applicable, 1 yes, 2 no.
 */
import { SegmentEncoder, Segment, TCModel, TCString, PurposeRestriction } from "@iabtcf/core";
import { GppModel } from "@iabgpp/cmpapi";

const STATES = "nat ca va co ut ct fl mt or tx de ia ne nh nj tn mn md in ky ri".split(" ");
const FIRST_US = 7;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const random = generator(Number(process.argv[2] ?? 1));
const count = Number(process.argv[3] ?? 1000);

for (let i = 0; i < count; i++) {
  const isTCF = i % 2 === 0;
  const [write, read] = isTCF ? [writeTCF, readTCF] : [writeGPP, readGPP];
  const damaged = i % 4 >= 2;
  const s = damaged ? damage(write(damaged)) : write(damaged);
  console.log(JSON.stringify({ kind: isTCF ? "tcf" : "gpp", s, damaged, ...attempt(read, s) }));
}

/**
 * The library's reading, or its complaint.
 *
 * @param {(s: string) => object} read
 * @param {string} s
 * @returns {object}
 */
function attempt(read, s) {
  try {
    return read(s);
  } catch (error) {
    return { error: String(error) };
  }
}

/**
 * A seeded source of numbers from 0 up to 1: a linear congruential generator with the constants of Numerical Recipes.
 *
 * @param {number} seed
 * @returns {() => number}
 */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * @param {number} from
 * @param {number} to inclusive
 * @returns {number}
 */
function integer(from, to) {
  return from + Math.floor(random() * (to - from + 1));
}

/**
 * @param {number} chance
 * @returns {boolean}
 */
function maybe(chance) {
  return random() < chance;
}

/**
 * Each id from 1 to last with the same chance.
 *
 * @param {number} last
 * @param {number} chance
 * @returns {number[]}
 */
function ids(last, chance) {
  return Array.from({ length: last }, (_, i) => i + 1).filter(() => maybe(chance));
}

/**
 * Vendors as CMPs write them: many or few, or a handful of far apart runs, which only ranges hold well.
 *
 * @returns {number[]}
 */
function vendors() {
  if (maybe(0.2)) return [];
  if (maybe(0.6)) return ids(integer(1, 300), random());
  const all = [];
  for (let runs = integer(1, 6), id = 0; runs > 0; runs--) {
    id += integer(2, 6000);
    for (let length = integer(1, 30); length > 0; length--) all.push(id++);
  }
  return all;
}

/** @returns {Date} a day between 2019 and 2027 */
function day() {
  return new Date(Date.UTC(2019, 0, integer(1, 8 * 365)));
}

/** @returns {string} */
function letters() {
  return String.fromCharCode(integer(65, 90), integer(65, 90));
}

/**
 * A string to be damaged gets no restrictions: damage can blow a range up to all ids, which takes the library minutes.
 *
 * @param {boolean} simple
 * @returns {string}
 */
function writeTCF(simple) {
  const model = new TCModel();
  model.cmpId = integer(2, 4095);
  model.cmpVersion = integer(0, 4095);
  model.consentScreen = integer(0, 63);
  model.consentLanguage = letters();
  model.publisherCountryCode = letters();
  model.vendorListVersion = integer(0, 4095);
  model.policyVersion = maybe(0.7) ? integer(4, 5) : integer(0, 63);
  model.isServiceSpecific = maybe(0.8);
  model.purposeOneTreatment = maybe(0.2);
  model.created = day();
  model.lastUpdated = maybe(0.8) ? model.created : day();
  model.specialFeatureOptins.set(ids(12, 0.3));
  model.purposeConsents.set(ids(24, random()));
  model.purposeLegitimateInterests.set(ids(24, maybe(0.5) ? 0 : 0.4));
  model.vendorConsents.set(vendors());
  model.vendorLegitimateInterests.set(vendors());
  if (!simple) restrict(model);
  const segments = [SegmentEncoder.encode(model, Segment.CORE)];
  if (maybe(0.6)) {
    model.vendorsDisclosed.set(vendors());
    segments.push(SegmentEncoder.encode(model, Segment.VENDORS_DISCLOSED));
  }
  if (maybe(0.5)) {
    model.publisherConsents.set(ids(24, maybe(0.4) ? 0 : random()));
    model.publisherLegitimateInterests.set(ids(24, maybe(0.7) ? 0 : 0.3));
    model.numCustomPurposes = maybe(0.7) ? 0 : integer(1, 12);
    model.publisherCustomConsents.set(ids(model.numCustomPurposes, 0.5));
    const publisher = SegmentEncoder.encode(model, Segment.PUBLISHER_TC);
    segments.splice(integer(1, segments.length), 0, publisher);
  }
  return segments.join(".");
}

/**
 * Publisher restrictions. The encoder joins neighbours of a global vendor list, so it gets a list with every id.
 *
 * @param {TCModel} model
 */
function restrict(model) {
  if (maybe(0.6)) return;
  const all = new Set(Array.from({ length: 100 }, (_, i) => i + 1));
  Object.defineProperty(model.publisherRestrictions, "gvl", { value: { vendorIds: all } });
  for (let n = integer(1, 5); n > 0; n--) {
    const restriction = new PurposeRestriction(integer(1, 11), integer(0, 2));
    for (const id of ids(100, random())) model.publisherRestrictions.add(id, restriction);
  }
}

/**
 * @param {string} s
 * @returns {object}
 */
function readTCF(s) {
  const model = TCString.decode(s);
  const restrictions = model.publisherRestrictions.getRestrictions().map((r) => ({
    purpose: r.purposeId,
    type: r.restrictionType,
    vendors: model.publisherRestrictions.getVendors(r),
  }));
  return {
    version: model.version,
    created: deciseconds(model.created),
    lastUpdated: deciseconds(model.lastUpdated),
    cmpId: model.cmpId,
    policyVersion: model.policyVersion,
    isServiceSpecific: model.isServiceSpecific,
    purposeOneTreatment: model.purposeOneTreatment,
    publisherCC: model.publisherCountryCode,
    specialFeatures: members(model.specialFeatureOptins),
    purposeConsents: members(model.purposeConsents),
    purposeLI: members(model.purposeLegitimateInterests),
    publisherConsents: members(model.publisherConsents),
    publisherLI: members(model.publisherLegitimateInterests),
    customPurposes: model.numCustomPurposes,
    vendorConsents: members(model.vendorConsents),
    disclosedVendors: members(model.vendorsDisclosed),
    restrictions,
  };
}

/**
 * @param {Date | undefined} date
 * @returns {number}
 */
function deciseconds(date) {
  return Math.round((date?.getTime() ?? 0) / 100);
}

/**
 * @param {import("@iabtcf/core").Vector} vector
 * @returns {number[]}
 */
function members(vector) {
  /** @type {number[]} */
  const all = [];
  vector.forEach((has, id) => {
    if (has) all.push(id);
  });
  return all;
}

/** @returns {string} */
function writeGPP() {
  const model = new GppModel();
  if (maybe(0.3)) {
    const fields = {
      CmpId: integer(2, 4095),
      PolicyVersion: integer(2, 5),
      IsServiceSpecific: true,
      PurposeConsents: Array.from({ length: 24 }, () => maybe(0.5)),
      VendorConsents: vendors(),
      VendorsDisclosed: vendors(),
      ...dates(),
    };
    set(model, "tcfeuv2", fields);
  }
  if (maybe(0.2)) set(model, "tcfcav1", { CmpId: integer(2, 4095), ...dates() });
  if (maybe(0.3)) {
    set(model, "uspv1", { Notice: letter(), OptOutSale: letter(), LspaCovered: letter() });
  }
  const chance = maybe(0.5) ? 0.1 : random();
  for (const state of STATES) {
    if (maybe(chance)) writeUS(model, `us${state}`);
  }
  return model.encode();
}

/**
 * The dates of a section, to be set last: the library puts today's in at every other change.
 *
 * @returns {Record<string, Date>}
 */
function dates() {
  const date = day();
  return { Created: date, LastUpdated: date };
}

/** @returns {string} */
function letter() {
  return "-YN"[integer(0, 2)];
}

/**
 * @param {GppModel} model
 * @param {string} section
 * @param {Record<string, unknown>} fields
 */
function set(model, section, fields) {
  for (const [name, value] of Object.entries(fields)) model.setFieldValue(section, name, value);
}

/**
 * A US section with random values in whichever of the fields it has.
 *
 * @param {GppModel} model
 * @param {string} section
 */
function writeUS(model, section) {
  set(model, section, { SaleOptOut: integer(0, 2) });
  const names = Object.keys(model.getSection(section) ?? {});
  for (const name of names.filter((n) => /(Notice|OptOut|Consents?|Mode|Transaction)$/.test(n))) {
    const value = model.getFieldValue(section, name);
    const low = name === "MspaCoveredTransaction" ? 1 : 0;
    const any = Array.isArray(value) ? value.map(() => integer(0, 2)) : integer(low, 2);
    set(model, section, { [name]: any });
  }
  if (names.includes("Gpc")) {
    set(model, section, { Gpc: maybe(0.5), GpcSegmentIncluded: maybe(0.7) });
  }
}

/**
 * @param {string} s
 * @returns {object}
 */
function readGPP(s) {
  const model = new GppModel(s);
  /** @type {Record<string, object>} */
  const us = {};
  for (const state of STATES) {
    const section = model.getSection(`us${state}`);
    if (section) us[FIRST_US + STATES.indexOf(state)] = readUS(section);
  }
  const usp = model.getSection("uspv1");
  const tcf = model.getSection("tcfeuv2");
  model.getSection("tcfcav1");
  return {
    sections: model.getSectionIds(),
    us,
    usp: usp && [usp.Notice, usp.OptOutSale, usp.LspaCovered].map((c) => "-YN".indexOf(c)),
    tcf: tcf && {
      cmpId: tcf.CmpId,
      purposeConsents: numbered(tcf.PurposeConsents),
      vendorConsents: tcf.VendorConsents,
      disclosedVendors: tcf.VendorsDisclosed,
    },
  };
}

/**
 * @param {boolean[]} flags
 * @returns {number[]}
 */
function numbered(flags) {
  return flags.flatMap((flag, i) => (flag ? [i + 1] : []));
}

/**
 * @param {Record<string, any>} section
 * @returns {object}
 */
function readUS(section) {
  const uses = ["Sale", "Sharing", "TargetedAdvertising"];
  return {
    version: section.Version ?? section.MspaVersion,
    optOuts: uses.map((use) => section[`${use}OptOut`] ?? 0),
    notices: uses.map((use) => section[`${use}OptOutNotice`] ?? 0),
    gpc: section.Gpc ?? false,
  };
}

/**
 * One change that a broken CMP, a cut cookie or an attacker could make.
 *
 * @param {string} s
 * @returns {string}
 */
function damage(s) {
  const at = integer(0, s.length - 1);
  const other = maybe(0.8) ? ALPHABET[integer(0, 63)] : ".~=+/ %é"[integer(0, 7)];
  switch (integer(0, 3)) {
    case 0:
      return s.slice(0, at);
    case 1:
      return s.slice(0, at) + s.slice(at + 1);
    case 2:
      return s.slice(0, at) + other + s.slice(at);
    default:
      return s.slice(0, at) + other + s.slice(at + 1);
  }
}
