/**
 * CMPs as npm has them, on a page as a site would write it. What is clicked is their own interface, by the browser's own
 * input events.
 */
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { c15t } from "./c15t.js";
import { cookieconsent } from "./cookieconsent.js";
import { gpp, tcf } from "./iab.js";
import { klaro } from "./klaro.js";
import { orejime } from "./orejime.js";
import { tarteaucitron } from "./tarteaucitron.js";
import { vanillaCookieConsent } from "./vanilla-cookieconsent.js";

/**
 * platform: its name among those that are played, if it is one. packages: whose versions count. script: the CMP's own script, a package's file; bundle: or its source, which is
 * bundled. files: what else it loads, by path. head: what the site writes, with the script's address and that of the host
 * of all files. accept, reject, part (analytics alone), again (the dialogue once more, and rejecting there): what is
 * clicked, one after the other; "js:" starts what a site's own link does. called: it has no dialogue of its own.
 * @typedef {{ title: string, platform?: string, packages: string[], script?: string, bundle?: string, files?: Record<string, string>,
 *   head: (at: string, base: string) => string, accept: string[], reject: string[], part?: string[], again: string[],
 *   called?: boolean }} Real
 */

/** @type {Real[]} */
export const REAL = [
  c15t,
  cookieconsent,
  gpp,
  tcf,
  klaro,
  orejime,
  tarteaucitron,
  vanillaCookieConsent,
];

/** A package's file. @param {string} path */
const read = (path) =>
  readFileSync(new URL(`../../../node_modules/${path}`, import.meta.url), "utf8");

/** The packages with their versions. @param {Real} cmp */
export const versions = ({ packages }) =>
  packages.map((name) => `${name} ${JSON.parse(read(`${name}/package.json`)).version}`).join(", ");

/** The text of a CMP's own script. @param {Real} cmp @returns {Promise<string>} */
export async function scriptOf({ script, bundle = "" }) {
  if (script) return read(script);
  const { outputFiles } = await build({
    stdin: { contents: bundle, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: "iife",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** What else it loads, by path. @param {Real} cmp */
export const filesOf = ({ files = {} }) =>
  Object.entries(files).map(([path, file]) => /** @type {const} */ ([path, read(file)]));

/** Where its host has the CMP's own script: some find their other files by its name. @param {Real} cmp */
export const pathOf = ({ script = "bundle.js" }) => `/${script.slice(script.lastIndexOf("/") + 1)}`;

/** What was tested how: the packages and their versions, clicked or called. @param {Real} cmp */
export const testedHow = (cmp) => `${versions(cmp)}, ${cmp.called ? "called" : "clicked"}`;
