/** Where things are, and clear words when they are not there. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, and the built gate in it. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const GATE = join(ROOT, "web/dist/segment-blocker.js");

/** Fails when the gate has not been built. */
export function needGate() {
  if (!existsSync(GATE)) throw new Error(`${GATE} is missing: run make build`);
}

/**
 * The path of a program: what the environment says, else the first candidate that exists. Candidates are commands or
 * absolute paths.
 * @param {string} variable
 * @param {string[]} candidates
 */
export function findProgram(variable, candidates) {
  const given = process.env[variable];
  for (const candidate of given ? [given] : candidates) {
    const places = candidate.includes("/")
      ? [candidate]
      : (process.env.PATH ?? "").split(delimiter).map((dir) => join(dir, candidate));
    const found = places.find(isExecutable);
    if (found) return found;
  }
  throw new Error(
    `${given ?? candidates[0]} is missing: run make browsers, or set ${variable}= to its path`,
  );
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
