/**
 * The gate above this one. The whole gate is one function of a window (see build.js): for a frame that has the page's
 * origin it runs once more, on the frame's own functions, and asks the gate of the page that holds the frame. There is
 * one engine, one consent, one list of what is held and one log, whatever realm the page's code works in.
 */

/**
 * What a frame's gate has from the gate above it; `isLater` is whether the frame's window was seen before, with another document.
 * @typedef {{
 *   api: object,
 *   originals: WeakMap<object, Function>,
 *   quotes: boolean,
 *   writers: WeakMap<Document, import("./hooks/write.js").Writer>,
 *   opened: WeakMap<object, import("./hooks/xhr.js").Opened>,
 *   decide: (kind: number, host: string, rest: string) => number,
 *   learn: (host: string, path: string, what: number) => boolean,
 *   isFree: (host: string) => boolean,
 *   free: import("./usual.js").Free,
 *   consentWord: () => number,
 *   maskCookies: (list: string) => string,
 *   hold: (entry: import("./effects.js").Parked) => () => void,
 *   narrow: (from: string, text: string, own: string) => { outcome: number, text: string },
 *   stamp: (body: string) => string | undefined,
 *   arrange: (method: string, sorts: string) => number,
 *   destinationName: (i: number, key?: string) => string,
 *   missingSettings: (key: string) => string,
 *   receives: (name: string, id: string) => boolean,
 *   emit: (type: string, detail: object) => void,
 *   queues: typeof import("./queue.js").queues,
 *   realms: typeof import("./turn.js").realms,
 *   record: (kind: number, target: string, decision: number) => void,
 *   fault: (code: string, error: unknown) => void,
 *   written: (key: string) => void,
 *   stores: typeof import("./hooks/storage.js").stores,
 *   roots: typeof import("./hooks/roots.js").roots,
 *   blobs: Record<string, import("./worker-guard.js").Source>,
 *   texts: WeakMap<Blob, (string | Blob)[]>,
 *   nativeIterator: Function,
 *   refused: () => string,
 *   awaited: { any: boolean },
 *   held: typeof import("./held.js").held,
 *   maskToo: () => void,
 *   kept: typeof import("./hooks/kept.js").kept,
 *   animated: typeof import("./hooks/attribute.js").animated,
 *   gates: WeakMap<Window, () => void>,
 *   visitors: WeakMap<Window, () => void>,
 *   nonce: string,
 *   isLater: boolean,
 * }} Above
 */

/** Undefined in the page itself. @type {Above | undefined} */
export const upper = typeof above === "undefined" ? undefined : above;

/**
 * Runs the gate in a frame.
 * @param {Window} frame
 * @param {Above} link
 */
export function runGate(frame, link) {
  gate(frame, link)();
}
