/** What an adapter is: the little that has to be known of one consent source. cmp/loader.js does everything else. */

/** A CMP's own words for its categories, services or vendors: with a state each, or only those that are accepted. */
export type Words = Record<string, unknown> | readonly unknown[] | string;

/**
 * What a CMP says now.
 *
 * - words: undefined when it has none, and its stored choice is to hold;
 * - decided: whether the visitor has made an explicit choice. Words without one are defaults and grant nothing;
 * - model: OPT_OUT where this visitor needs no prior consent, OPT_IN where one is needed, else nothing.
 *
 * No reading at all (undefined, or an error) leaves things as they were.
 */
export type Reading = [words: Words | undefined, decided: unknown, model?: number | false];

/** What a standard says now: its string and two numbers (the export hear of wasm/abi). */
export type StandardReading = [text: string, a: number, b?: number];

/** One of a CMP, in order those of a standard. */
export type Readings = Reading | StandardReading[] | undefined;

export interface Adapter {
  /** As in the configuration's `cmp` and in the engine's table. */
  name: string;
  /** The standard's source number; a CMP has none. */
  source?: number;
  /** The global it is found by; with dots for a member of one. */
  global: string;
  /** Names of DOM events that tell of a change, with spaces between. Their target does not matter. */
  events?: string;
  /** Subscribes to changes, once for each object that stands in the global. An error means: not ready, try again later. */
  on?: (cmp: any, tell: (said?: any) => void) => unknown;
  /**
   * Reads. `said` is what the last event had as detail, or the last callback as argument. A CMP is read at the end of
   * the running script, a standard at once. May answer with a promise. `tell` is for sources that are not subscribed to.
   */
  read: (cmp: any, said: any, tell: () => void) => Readings | PromiseLike<Readings>;
}
