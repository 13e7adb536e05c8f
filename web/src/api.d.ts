/** Consent categories. What is necessary needs no consent and is always granted. */
export type Category = "necessary" | "functional" | "analytics" | "marketing";

/** What is known about a category. */
export type State = "unset" | "granted" | "denied";

/** What holds before a choice: nothing (opt-in) or everything until an objection (opt-out). */
export type Model = "auto" | "opt-in" | "opt-out";

/** What to do with a request: pass it, keep it until a grant, refuse it. */
export type Action = "allow" | "hold" | "drop";

/** The sort of page event a decision is about. */
export type Kind =
  | "script"
  | "fetch"
  | "xhr"
  | "beacon"
  | "image"
  | "media"
  | "frame"
  | "link"
  | "object"
  | "form"
  | "navigation"
  | "worker"
  | "websocket"
  | "eventsource"
  | "font"
  | "import"
  | "cookie"
  | "storage"
  | "database"
  | "destination";

/** Something to gate besides Segment: a host with an optional path, a cookie, or a storage key. `*` is any run of characters. */
export type Rule =
  | { host: string; path?: string; category: Category }
  | { cookie: string; category: Category }
  | { storage: string; category: Category };

/** The configuration: `window.segmentBlockerConfig`, or the same as JSON in the script tag's `data-config`. */
export interface Config {
  /** What holds before a choice. Default `"auto"`: opt-in until a consent source says that none is needed. */
  model?: Model;
  /**
   * Which consent sources to listen to: a CMP by its name, `"tcf"`, `"gpp"`, `"usp"`, `"gcm"` (Google Consent Mode), `"generic"`
   * (attributes of the html element). Default `"auto"`, all of them.
   */
  cmp?: "auto" | "none" | string | string[];
  /** The site's own CMP categories, for example `{ C0002: "analytics" }`. */
  categories?: Record<string, Category>;
  /** What Segment itself needs before it may load. Default `"analytics"`. */
  requires?:
    | "functional"
    | "analytics"
    | "marketing"
    | ("functional" | "analytics" | "marketing")[]
    | "auto";
  /** First-party proxies of Segment, with an optional port and path. */
  hosts?: string[];
  /** Further things to gate. */
  rules?: Rule[];
  /** Category of a Segment destination by its name. */
  destinations?: Record<string, Category>;
  /** Events held while the choice is open. Default limit 1000. */
  queue?: { limit?: number; onDenied?: "discard" };
  /** Trust the CMP's own stored choice before the CMP has loaded. Default `true`. */
  storedConsent?: boolean;
  /** Honour Global Privacy Control as an opt-out of marketing. Default `true`. */
  gpc?: boolean;
  /** Log every decision on the console. Default `false`. */
  debug?: boolean;
}

/** A choice: `true` granted, `false` denied, `null` unset. Categories not named keep their state. */
export type Choice = { [category in Category]?: boolean | null };

/** The state of consent, who said so, and the model in force. */
export interface Consent {
  functional: State;
  analytics: State;
  marketing: State;
  /** The strongest source that decided anything: `"api"`, `"cmp"`, `"tcf"`, `"gpp"`, `"usp"`, `"gcm"`, `"gpc"` or `"none"`. */
  source: string;
  model: "opt-in" | "opt-out";
}

/** One decision of the log. */
export interface Decision {
  /** Milliseconds since 1970. */
  time: number;
  kind: Kind;
  /** The URL, or the name of the cookie or key. */
  target: string;
  decision: Action;
  /** The rule that matched; empty when none did. */
  rule: string;
  /** The category that decided. */
  category: Category;
  /** Why, for people. */
  reason: string;
}

/** What each event carries; the same is the `detail` of the CustomEvent `segment-blocker:TYPE` on `document`. */
export interface Events {
  consent: Consent;
  decision: Decision;
  /** Something held has been set free. */
  release: { kind: Kind; target: string };
  /** Queued calls were replayed: how many, and how many are left because consent ended. */
  replay: { count: number; left: number };
  /** What was erased; `left` are cookies that script cannot delete. */
  erase: { cookies: string[]; keys: string[]; left: string[] };
  /** A fault of the gate itself. `settings` means that the source's settings were not understood: Segment stays held. `engine-start`, `engine-abi` and `engine-trap` leave Segment held for good. */
  error: { code: string; message: string };
}

/** `window.segmentBlocker`. */
export interface SegmentBlocker {
  /** Tells the gate the visitor's choice. Returns the state it led to. */
  setConsent(choice: Choice): Consent;
  getConsent(): Consent;
  /** Denies everything and deletes Segment's cookies and storage. Returns the state it led to. */
  withdraw(): Consent;
  /** Listens; the returned function ends it. */
  on<T extends keyof Events>(type: T, listener: (event: Events[T]) => void): () => void;
  /** The log of decisions that a rule spoke of, newest last, at most 500. */
  decisions(): Decision[];
  /** What would be decided for a URL, cookie or storage key, without any effect. */
  explain(urlOrName: string, kind?: Kind): Decision;
  /**
   * For sites that bundle Analytics.js from npm: queues the calls made on what `AnalyticsBrowser.load()` returned while
   * Segment is held, each with its own time. Returns its argument.
   */
  watch<T>(analytics: T): T;
  /** Held analytics calls, and how many were dropped because the limit was reached. */
  readonly queue: { readonly length: number; readonly dropped: number };
  /** What decides: the WebAssembly engine, its JavaScript twin, or nothing because it could not start. */
  readonly engine: "wasm" | "js" | "none";
  /** Semantic version. */
  readonly version: string;
}

/** The same as DOM events of the document. */
type DocumentEvents = {
  [type in keyof Events as `segment-blocker:${type}`]: CustomEvent<Events[type]>;
};

declare global {
  // eslint-disable-next-line no-var
  var segmentBlocker: SegmentBlocker;
  interface Window {
    segmentBlocker: SegmentBlocker;
    segmentBlockerConfig?: Config;
  }
  interface DocumentEventMap extends DocumentEvents {}
  interface WindowEventMap {
    /** Takes a choice, as setConsent does. */
    "segment-blocker:set-consent": CustomEvent<Choice>;
  }
}

declare const segmentBlocker: SegmentBlocker;
export default segmentBlocker;
