/** FontFace: a source that may not be loaded is replaced by one that is no font, so that loading it fails. */
import { against } from "../ask.js";
import { construct, fromCodePoint, indexOf, isBytes, lower, slice } from "../natives.js";
import { wrapConstructor } from "../wrap.js";
import { KIND_FONT } from "../gen/abi.js";

const HEX = "0123456789abcdef";

export function hookFont() {
  return wrapConstructor("FontFace", (native, args, newTarget) => {
    if (args.length > 1 && !isBytes(args[1])) {
      args[0] = `${args[0]}`;
      const sources = `${args[1]}`;
      const plain = indexOf(sources, "\\") < 0 ? sources : unescape(sources);
      const open = allowed(plain);
      // What is escaped may mean something else without the escapes: it stays as it is where all of it may load.
      args[1] = open === plain ? sources : open;
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

/**
 * A CSS text without its escapes (CSS Syntax 4.3.7).
 * @param {string} text
 */
function unescape(text) {
  let done = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") {
      done += text[i];
      continue;
    }
    let end = i + 1;
    while (end < i + 7 && text[end] && indexOf(HEX, lower(text[end])) >= 0) end++;
    done += end > i + 1 ? sign(slice(text, i + 1, end)) : text[end] || "";
    // One white space belongs to a number.
    i = end > i + 1 && !(text[end] > " ") ? end : end > i + 1 ? end - 1 : end;
  }
  return done;
}

/** @param {string} hex */
function sign(hex) {
  const point = +`0x${hex}`;
  return fromCodePoint(point > 0x10ffff ? 0xfffd : point);
}
