/**
 * The guard of workers that are made from text (blob:, data:). Consent cannot reach a worker, so that what is named stays
 * blocked in it: a refused URL is exchanged for one that fails in the same way without anybody being asked. The page puts
 * it before a worker's text, and the guard before those of the workers that this one makes. For that it is turned into
 * text: it uses nothing but its parameters and what it takes from a global object at its start. What is replaced later
 * changes nothing: no method is looked up after the start, a value is converted once, and an object that a browser may
 * read more of than was put into it has no prototype.
 * @param {any} scope the global object: a window, or a worker's
 * @param {Record<string, Source>} blobs what stands behind blob URLs; without prototype
 * @param {() => string} refused what a worker may not reach, with spaces between: hosts, with a folder of their paths if
 *   only that is meant. A dot before a host stands for its subdomains too
 * @param {(url: string) => any} [trust] what makes a trusted type of a URL; without it a policy is made when one is needed
 * @returns {any} what the page needs of it
 * @typedef {{ blob?: Blob, guarded?: string, awaited?: boolean, opening?: string }} Source awaited: what waits has this URL;
 *   opening: what its text begins with, and must begin with (a directive), or may not stand elsewhere (`#!`)
 */
export function workerGuard(scope, blobs, refused, trust) {
  const { URL, Blob, Proxy, RegExp, XMLHttpRequest, btoa, encodeURIComponent, trustedTypes } =
    scope;
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } =
    scope.Reflect;
  const { createObjectURL, revokeObjectURL } = URL;
  const { stringify } = scope.JSON;
  const { iterator } = scope.Symbol;
  const { fromCodePoint } = scope.String;
  const { isView } = scope.ArrayBuffer;
  const { slice } = scope.String.prototype;
  const { exec } = scope.RegExp.prototype;
  const functionText = scope.Function.prototype.toString;
  const { get, set } = scope.WeakMap.prototype;
  /** What stands behind a wrapper. */
  const natives = new scope.WeakMap();
  const { open, send } = proto("XMLHttpRequest");
  const { set: setType } = accessor("XMLHttpRequest", "responseType");
  const { get: getResponse } = accessor("XMLHttpRequest", "response");
  const createPolicy = trustedTypes && trustedTypes.createPolicy;
  const createTrusted = proto("TrustedTypePolicy").createScriptURL;
  const getTrusted = proto("TrustedScriptURL").toString;
  const getHref = accessor("URL", "href").get;
  const getLength = accessor("ArrayBuffer", "byteLength").get;
  /** @type {any} */
  let policy;

  /** @param {string} name */
  function proto(name) {
    return scope[name] ? scope[name].prototype : { __proto__: null };
  }

  /** @param {string} name @param {string} key */
  function accessor(name, key) {
    return getOwnPropertyDescriptor(proto(name), key) || { __proto__: null };
  }

  /** A URL as the browser spells it. @param {string} text @param {string} [base] @returns {string} */
  function spelled(text, base) {
    return apply(getHref, new URL(text, base), []);
  }

  /** @param {string} text @param {number} from @param {number} [to] @returns {string} */
  function cut(text, from, to) {
    return apply(slice, text, [from, to]);
  }

  /** @param {RegExp} pattern @param {string} text @returns {any} */
  function match(pattern, text) {
    return apply(exec, pattern, [text]);
  }

  /** A list as a browser reads it, whatever became of arrays. @param {any} list */
  function sequence(list) {
    let i = 0;
    const next = () => ({ done: i >= list.length, value: list[i++] });
    return { __proto__: null, [iterator]: () => ({ next }) };
  }

  /** Remembers what stands behind a blob URL. @param {string} url @param {any} blob */
  function keep(url, blob) {
    blobs[url] = { blob };
  }

  /** Forgets what stands behind a blob URL. A shared worker that was made from it is still found by it. @param {any} url */
  function drop(url) {
    url = `${url}`;
    const guarded = blobs[url] && blobs[url].guarded;
    delete blobs[url];
    if (guarded) {
      apply(revokeObjectURL, URL, [guarded]);
      blobs[url] = { guarded };
    }
    return url;
  }

  /**
   * Makes a function of a URL that is converted here once and for all. An object that can be read stays itself.
   * @param {Function | undefined} read
   * @param {(url: string, given: any) => any} use
   * @returns {(value: any) => any}
   */
  function converted(read, use) {
    return (given) => {
      let url;
      try {
        url = apply(read, given, []);
      } catch {
        url = given = `${given}`;
      }
      return use(url, given);
    };
  }

  /** The URL for a worker, with the guard before its text if that is known. @param {string} url @param {any} given */
  function front(url, given) {
    try {
      url = guarded(spelled(url));
      if (!url || typeof given === "string") return url || given;
      if (trust) return trust(url) || given;
      const rules = { __proto__: null, createScriptURL: (/** @type {string} */ text) => text };
      policy = policy || apply(createPolicy, trustedTypes, ["segment-blocker", rules]);
      return apply(createTrusted, policy, [url]);
    } catch {
      // A relative URL; or the page has not allowed for our policy, and its worker matters more than the guard.
      return given;
    }
  }

  /** @param {string} url as the browser spells it */
  function guarded(url) {
    const text = `(()=>{"use strict";(${apply(functionText, workerGuard, [])})(self,{__proto__:null},()=>${stringify(refused())})})();`;
    const parts = match(/^(data:[^#,]*,)?[^#]*/, url);
    const head = parts[1];
    const entry = head ? undefined : blobs[parts[0]] || readAnew(parts[0]);
    if (entry) {
      if (!entry.guarded) {
        const { opening = "", blob } = entry;
        // Behind something else such a mark is none: its line becomes a comment.
        const whole = opening === "#!" ? [text, "//", blob] : [opening, text, blob];
        const made = new Blob(sequence(whole), { type: "text/javascript" });
        entry.guarded = apply(createObjectURL, URL, [made]);
      }
      return entry.guarded + cut(url, parts[0].length);
    }
    if (!head) return "";
    // Three characters are four of base64: padded so, the guard can stand before what is there.
    const code = match(/; *base64 *,$/i, head)
      ? btoa(text + cut("  ", 0, (3 - (text.length % 3)) % 3))
      : encodeURIComponent(text);
    return head + code + cut(url, head.length);
  }

  /** What stands behind a blob URL that the page or another worker made: here one may wait for it. @param {string} url */
  function readAnew(url) {
    if (scope.document || !match(/^blob:/, url)) return undefined;
    const asked = new XMLHttpRequest();
    apply(open, asked, ["GET", url, false]);
    apply(setType, asked, ["blob"]);
    apply(send, asked, []);
    return { blob: apply(getResponse, asked, []) };
  }

  if (scope.document) return { keep, drop, front: converted(getTrusted, front) };
  const places = refused()
    .replace(/[^\w/ ]/g, "\\$&")
    .replace(
      /(^| )(\\\.)?([^/ ]*)/g,
      (_, start, dot, host) => (start && "|") + (dot ? "([^/]*\\.)?" : "") + host + "\\.?(:\\d+)?",
    );
  const pattern = new RegExp(`^([a-z]+:)//([^/]*@)?(${places})(?=[/?#]|$)`);

  /**
   * What stands for a URL that is refused: no browser opens such a port. Else nothing.
   * @param {string} text
   * @param {string} [base]
   */
  function instead(text, base) {
    try {
      return match(pattern, spelled(text, base))[1] + "//0.0.0.0:1/";
    } catch {
      return "";
    }
  }

  /** What goes on in place of a URL. @param {string} url @param {any} given */
  const checked = (url, given) => instead(url) || given;
  const text = converted(undefined, checked);
  const request = converted(accessor("Request", "url").get, checked);
  // Firefox's event sources and sockets have the page's base.
  const based = (/** @type {string} */ url) => instead(url) || instead(url, "https://x");
  const socket = converted(undefined, (url, given) => based(url) || given);
  // WebKit's event sources say nothing about a port, but they do of a blob that is not there.
  const { origin } = scope;
  const events = converted(undefined, (url, given) => (based(url) ? `blob:${origin}/` : given));
  const worker = converted(getTrusted, (url, given) => instead(url) || front(url, given));

  /** @param {any} values */
  function requests(values) {
    /** @type {any} */
    const list = { __proto__: null, length: 0 };
    for (const value of values) list[list.length++] = request(value);
    return sequence(list);
  }

  /** A list of sources: with a refused URL, wherever in it, it becomes that URL's stand-in. @param {any} value */
  function font(value) {
    try {
      if (isView(value) || apply(getLength, value, [])) return value;
    } catch {
      value = `${value}`;
    }
    let url = "";
    let rest = unescaped(value);
    for (let found; !url && (found = match(/["'(]([^]*)/, rest));) {
      rest = found[1];
      url = instead(upTo(/"|$/, rest)) || instead(upTo(/'|$/, rest)) || instead(upTo(/\)|$/, rest));
    }
    return url ? `url(${url})` : value;
  }

  /** @param {RegExp} end @param {string} text */
  function upTo(end, text) {
    return cut(text, 0, match(end, text).index);
  }

  /** What a text of CSS means (CSS Syntax 4.3.7), but for quotes and brackets that end nothing. @param {string} css */
  function unescaped(css) {
    let done = "";
    for (let found; (found = match(/\\(?:([\da-f]{1,6})\s?|([^]))/i, css));) {
      const code = /** @type {any} */ ("0x" + found[1]);
      const letter = found[1] ? fromCodePoint(code % 0x110000) : found[2];
      done += cut(css, 0, found.index) + (match(/["'()]/, letter) ? "_" : letter);
      css = cut(css, found.index + found[0].length);
    }
    return done + css;
  }

  /**
   * Puts a check before the arguments of a function, on the object that has it.
   * @param {any} owner
   * @param {string} name
   * @param {(value: any) => any} check
   * @param {number} [first] the first argument that is checked
   * @param {number} [end] behind the last
   * @param {(result: any, value: any) => void} [after] is told of the result
   * @param {(self: any) => any} [of] what it is called on instead
   */
  function wrap(owner, name, check, first = 0, end = first + 1, after, of) {
    while (owner && !getOwnPropertyDescriptor(owner, name)) owner = getPrototypeOf(owner);
    if (!owner) return;
    const found = getOwnPropertyDescriptor(owner, name);
    const native = found.value;
    /** @param {any[]} args */
    const pass = (args) => {
      for (let i = first; i < end && i < args.length; i++) {
        try {
          args[i] = check(args[i]);
        } catch (error) {
          const fail = () => {
            throw error;
          };
          // The function itself is to fail, in its own way.
          args[i] = { __proto__: null, toString: fail, [iterator]: fail };
        }
      }
      return args;
    };
    found.value = new Proxy(native, {
      __proto__: null,
      apply(/** @type {any} */ _, /** @type {any} */ self, /** @type {any[]} */ args) {
        const result = apply(native, of ? of(self) : self, pass(args));
        if (after) after(result, args[0]);
        return result;
      },
      construct: (/** @type {any} */ _, /** @type {any[]} */ args, /** @type {any} */ target) =>
        construct(native, pass(args), target),
    });
    apply(set, natives, [found.value, native]);
    defineProperty(owner, name, found);
    // A constructor is also what its prototype names.
    if (native.prototype) defineProperty(native.prototype, "constructor", found);
  }

  const behind = (/** @type {any} */ self) => apply(get, natives, [self]) || self;
  wrap(scope.Function.prototype, "toString", text, 0, 0, undefined, behind);
  wrap(scope, "fetch", request);
  wrap(scope, "importScripts", converted(getTrusted, checked), 0, Infinity);
  wrap(scope, "EventSource", events);
  for (const name of ["WebSocket", "WebSocketStream", "WebTransport"]) wrap(scope, name, socket);
  for (const name of ["Worker", "SharedWorker"]) wrap(scope, name, worker);
  wrap(scope, "FontFace", font, 1);
  wrap(proto("XMLHttpRequest"), "open", text, 1);
  wrap(proto("Cache"), "add", request);
  wrap(proto("Cache"), "addAll", requests);
  wrap(URL, "revokeObjectURL", drop);
  wrap(URL, "createObjectURL", text, 0, 0, keep);
}
