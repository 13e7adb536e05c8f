/** FontFace: a source that may not be loaded is replaced by one that is no font, so that loading it fails. */
import { against } from "../ask.js";
import { construct, indexOf, isBytes, lower, slice } from "../natives.js";
import { wrapConstructor } from "../wrap.js";
import { KIND_FONT } from "../gen/abi.js";

export function hookFont() {
  return wrapConstructor("FontFace", (native, args, newTarget) => {
    if (args.length > 1 && !isBytes(args[1])) {
      args[0] = `${args[0]}`;
      args[1] = allowed(`${args[1]}`);
    }
    return construct(native, args, newTarget);
  });
}

/**
 * A CSS source list with an empty URL for each that may not be loaded.
 * @param {string} sources
 */
function allowed(sources) {
  let done = "";
  let from = 0;
  for (let at = indexOf(sources, "("); at >= 0; at = indexOf(sources, "(", at)) {
    let start = ++at;
    if (start < 4 || lower(slice(sources, start - 4, start)) !== "url(") continue;
    while (sources[start] <= " ") start++;
    const quote = sources[start] === '"' || sources[start] === "'" ? sources[start++] : ")";
    const end = indexOf(sources, quote, start);
    at = end < 0 ? sources.length : end;
    if (start === at || !against(KIND_FONT, slice(sources, start, at))) continue;
    done += slice(sources, from, start) + "data:,";
    from = at;
  }
  return done + slice(sources, from);
}
