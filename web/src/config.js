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

/** The configuration as JSON: the global, else the attribute of our own script tag. */
function text() {
  // An element may have that name, and so be a member of the window too.
  const own = getOwnPropertyDescriptor(win, "segmentBlockerConfig");
  const given = own && win.segmentBlockerConfig;
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
