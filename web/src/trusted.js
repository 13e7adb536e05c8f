/**
 * Trusted types: a page that demands them gets them for what is made of its own texts, if its policy allows for ours
 * (`trusted-types segment-blocker`). It is asked when one is needed, and once only: each refusal is reported to it.
 */
import { attempt } from "./effects.js";
import {
  apply,
  createPolicy,
  createTrustedHTML,
  createTrustedURL,
  isTrustedType,
  trustedTypes,
} from "./natives.js";

const NAME = "segment-blocker";

/** @type {any} */
let policy;
let asked = !trustedTypes;

/** @param {string} text */
const same = (text) => text;

function ask() {
  if (asked) return;
  asked = true;
  const rules = { __proto__: null, createHTML: same, createScriptURL: same };
  attempt(() => (policy = apply(createPolicy, trustedTypes, [NAME, rules])));
}

/**
 * Markup that may be parsed; the text itself where there is no policy.
 * @param {string} text
 */
export function trustHTML(text) {
  ask();
  try {
    return policy ? createTrustedHTML(policy, text) : text;
  } catch {
    // In a frame that was taken away WebKit's policies make nothing any more.
    return text;
  }
}

/**
 * A script's URL that may be used; nothing where there is no policy.
 * @param {string} url
 */
export function trustURL(url) {
  ask();
  return policy && createTrustedURL(policy, url);
}

/**
 * A value converted once: texts stay, trusted-type objects stay themselves, anything else becomes its text.
 * @param {any} value
 */
export function once(value) {
  return isTrustedType(value) ? value : `${value}`;
}
