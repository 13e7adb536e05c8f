/** FontFace: a source that may not be loaded is replaced by one that is no font, so that loading it fails. */
import { against } from "../ask.js";
import { construct, replace } from "../natives.js";
import { wrapConstructor } from "../wrap.js";
import { KIND_FONT } from "../gen/abi.js";

/** The URLs of a CSS source list. */
const URLS = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)/gi;

export function hookFont() {
  return wrapConstructor("FontFace", (native, args, newTarget) => {
    if (typeof args[1] === "string") {
      args[1] = replace(args[1], URLS, (/** @type {string[]} */ ...found) =>
        against(KIND_FONT, found[1] || found[2] || found[3] || "") ? "url(data:,)" : found[0],
      );
    }
    return construct(native, args, newTarget);
  });
}
