/** Events that a page has sent: what they are called, and in which order they left. */
import assert from "node:assert/strict";

/** @param {any} event */
export const label = (event) => event.event ?? event.name ?? event.type;

/**
 * The page sent its events in this order. Where the engine does not tell in which order it asked for requests, the time that
 * Analytics.js stamps on each when it sends it says the same.
 * @param {any[]} events
 * @param {string[]} order
 */
export function assertOrder(events, order) {
  const left = [...events];
  const found = order.map((name) => {
    const at = left.findIndex((event) => label(event) === name);
    assert.ok(at >= 0, `${name} was sent`);
    return left.splice(at, 1)[0];
  });
  assert.equal(left.length, 0, "nothing else was sent");
  const times = found.map((event) => Date.parse(event.sentAt));
  const sorted = [...times].sort((a, b) => a - b);
  assert.deepEqual(times, sorted, `sent in the order ${order.join(", ")}`);
}

/**
 * Waits for events at Segment, in any order: these and no others have come. Gives them.
 * @param {import("./harness.js").Harness} h
 * @param {string[]} names
 */
export async function assertArrived(h, names) {
  await h.world.waitForEvents(names.length);
  const events = (await h.world.received()).map(({ event }) => event);
  assert.deepEqual(events.map(label).sort(), [...names].sort());
  return events;
}

/**
 * How many runs of 4 hexadecimal digits two ids share at any place.
 * @param {string} one
 * @param {string} other
 */
export function sharedParts(one, other) {
  const runs = (/** @type {string} */ id) => {
    const digits = id.replaceAll("-", "");
    return new Set(Array.from({ length: digits.length - 3 }, (_, i) => digits.slice(i, i + 4)));
  };
  const mine = runs(one);
  return [...runs(other)].filter((run) => mine.has(run)).length;
}
