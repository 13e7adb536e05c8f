/**
 * The world outside the browser: the recording proxy (web/server/proxy), as a process that ends with this one, and what a
 * test may ask of it. Nothing a browser sends through it leaves the machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ROOT } from "./paths.js";

/** How long a test waits for something that must happen, in milliseconds. */
export const PATIENCE = 15_000;

/** Segment's own hosts, as its documentation names them. On purpose not the catalog's list: the judge must not learn from it. */
const SEGMENT =
  /(^|\.)segment\.(com|io|build)$|(^|\.)segmentapis\.com$|^d2dq2ahtl5zl1z\.cloudfront\.net$/;

/**
 * One thing that left the browser. `headers` by lower-case name; `body` is empty when there was none.
 * @typedef {{ number: number, time: number, kind: "request" | "websocket" | "connect", method: string, url: string,
 *   host: string, path: string, headers: Record<string, string>, body?: string }} LogRecord
 */

/**
 * One analytics call as Segment received it, with the time it was received in milliseconds.
 * @typedef {{ number: number, receivedAt: number, host: string, path: string, type: string, event: any }} Received
 */

/** Starts the proxy. */
export async function startWorld() {
  const args = ["run", "./web/e2e/proxy", "-web", "web", "-testdata", "testdata"];
  const child = spawn("go", args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the recording proxy ended at once (${code}): go ${args.join(" ")}`);
  });
  const lines = createInterface({ input: child.stdout });
  const [address] = await Promise.race([once(lines, "line"), failed]);
  failed.catch(() => {});
  const ask = (/** @type {string} */ path) => request(address, path);
  const tell = (/** @type {string} */ path, /** @type {unknown} */ body) =>
    request(address, path, { method: "POST", body: JSON.stringify(body ?? null) });
  return {
    /** Host and port of the proxy. */
    address: String(address),
    /**
     * Forgets records, events, pages, faults and first-party proxies. What comes later through the returned address, host
     * and port, is recorded until the next reset and not after it, so that a request that outlives its test is not
     * another's.
     * @returns {Promise<string>}
     */
    reset: () => tell("/reset", null),
    /** The number of the newest record: what comes after it is new. @returns {Promise<number>} */
    mark: () => ask("/mark"),
    /**
     * What has left the browser so far, tunnels left out.
     * @param {(record: LogRecord) => boolean} [matches]
     * @param {number} [since]
     * @returns {Promise<LogRecord[]>}
     */
    async requests(matches = () => true, since = 0) {
      const log = /** @type {LogRecord[]} */ (await ask(`/log?since=${since}`));
      return log.filter((record) => record.kind !== "connect" && matches(record));
    },
    /** Tunnels asked for, used or not. @returns {Promise<LogRecord[]>} */
    connects: async () =>
      /** @type {LogRecord[]} */ (await ask("/log?since=0")).filter((r) => r.kind === "connect"),
    /**
     * Waits until so many requests match.
     * @param {(record: LogRecord) => boolean} matches
     * @param {number} [count]
     * @param {number} [since]
     */
    waitForRequests: (matches, count = 1, since = 0) =>
      gather(
        /** @returns {Promise<LogRecord[]>} */
        (number, wait) => ask(`/log?since=${number}&wait=${wait}`),
        (record) => record.kind !== "connect" && matches(record),
        count,
        since,
        (record) => `${record.method} ${record.url}`,
      ),
    /**
     * The events received so far.
     * @returns {Promise<Received[]>}
     */
    received: () => ask("/events"),
    /**
     * Waits until Segment has received so many events, or such events.
     * @param {number} count
     * @param {(received: Received) => boolean} [matches]
     */
    waitForEvents: (count, matches = () => true) =>
      gather(
        /** @returns {Promise<Received[]>} */
        (number, wait) => ask(`/events?since=${number}&wait=${wait}`),
        matches,
        count,
        0,
        (event) => `${event.type} ${event.event.event ?? ""}`,
      ),
    /**
     * Answers a URL.
     * @param {string} url
     * @param {string} body
     * @param {{ status?: number, headers?: Record<string, string>, chunks?: { body: string, delay?: number, after?: string }[] }} [more]
     */
    page: (url, body, more = {}) => tell("/pages", { url, body, ...more }),
    /** Lets the chunks go that wait for a name. @param {string} name */
    openDoor: (name) => tell(`/open?name=${encodeURIComponent(name)}`, null),
    /**
     * Makes requests fail whose "METHOD URL" matches.
     * @param {RegExp} match
     * @param {{ delay?: number, status?: number, hang?: boolean, abort?: boolean, times?: number }} how
     */
    fault: (match, how) => tell("/faults", { match: match.source, ...how }),
    /**
     * First-party proxies of Segment.
     * @param {{ prefix: string, apiHost?: string, protocol?: string }[]} list
     */
    proxies: (list) => tell("/proxies", list),
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

/** Whether something went to Segment's own hosts. @param {LogRecord} record */
export function toSegment(record) {
  return SEGMENT.test(record.host);
}

/**
 * @param {string} address
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function request(address, path, init) {
  const response = await fetch(`http://${address}${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/**
 * Asks again and again, each time waiting for news, until enough has come.
 * @template {{ number: number }} T
 * @param {(number: number, wait: number) => Promise<T[]>} ask
 * @param {(item: T) => boolean} matches
 * @param {number} count
 * @param {number} since
 * @param {(item: T) => string} describe
 */
async function gather(ask, matches, count, since, describe) {
  const end = Date.now() + PATIENCE;
  /** @type {T[]} */
  const all = [];
  for (;;) {
    const found = all.filter(matches);
    if (found.length >= count) return found;
    const wait = end - Date.now();
    if (wait <= 0) {
      const seen = all.map(describe).join("\n  ");
      throw new Error(`expected ${count}, got ${found.length} in ${PATIENCE} ms; seen:\n  ${seen}`);
    }
    all.push(...(await ask(all.at(-1)?.number ?? since, wait)));
  }
}
