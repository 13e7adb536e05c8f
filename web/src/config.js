/** The site's configuration: found here, understood by the engine. */
import { configure, settings } from "./engine.js";
import { complain } from "./events.js";
import {
  doc,
  getAttribute,
  getCurrentScript,
  getOwnPropertyDescriptor,
  pageAddress,
  stringify,
  win,
} from "./natives.js";

/** Reads the configuration, hands it to the engine and reports its faults. Returns the settings word of the ABI. */
export function readConfig() {
  const problems = configure(text(), pageAddress().host);
  if (problems) {
    for (const line of problems.trim().split("\n")) complain(line);
  }
  return settings();
}

/**
 * The global, be it declared by let or const, which makes no member of the window. An element may have that name too, and is a
 * member that the window inherits.
 */
function declared() {
  const member = win.segmentBlockerConfig;
  if (getOwnPropertyDescriptor(win, "segmentBlockerConfig")) return member;
  try {
    // Asked for its type first: with a debugger beside it an error that is thrown while the gate starts costs 10 ms and more in
    // Chromium, which then reads all of the gate once more for the places on its stack.
    return typeof segmentBlockerConfig === "undefined" || segmentBlockerConfig === member
      ? undefined
      : segmentBlockerConfig;
  } catch {
    return undefined;
  }
}

/** The configuration as JSON: the global, else the attribute of our own script tag. */
function text() {
  const given = declared();
  if (given !== undefined) {
    try {
      return stringify(given) || "?";
    } catch {
      return "?";
    }
  }
  const script = getCurrentScript(doc);
  const attribute = script && getAttribute(script, "data-config");
  return attribute || "{}";
}
