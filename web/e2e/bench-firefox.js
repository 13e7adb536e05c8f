/**
 * What a call of which no rule speaks costs in Firefox, with the gate and without it in the same run (bench.js has Chromium, and more).
 * It prints figures and asserts nothing about time: machines differ.
 *
 * Usage: node web/e2e/bench-firefox.js (after make build).
 */
import { readFileSync } from "node:fs";
import { launch } from "./lib/browsers/firefox.js";
import { HELD, measureCalls } from "./lib/calls.js";
import { line, signed } from "./lib/figures.js";
import { GATE, needGate } from "./lib/paths.js";
import { startWorld } from "./lib/world.js";

const PAGE = "https://shop.example/";
const ROUNDS = 3;
/** In a loop: the clock tells a millisecond. */
const CALLS = 10_000;

needGate();
const gate = `<script>${readFileSync(GATE, "utf8")}</script>`;

const world = await startWorld();
const browser = await launch({ proxy: world.address });
/** By call, without the gate and with it. @type {Record<string, [number, number]>} */
const best = {};
try {
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of [0, 1]) {
      await world.reset();
      const head = side ? gate + HELD : "";
      const page = `<!doctype html><head><meta charset="utf-8">${head}</head><body></body>`;
      await world.page(PAGE, page, { headers: { "Content-Type": "text/html" } });
      const visitor = await browser.visitor();
      const tab = await visitor.open(PAGE);
      for (const [name, cost] of Object.entries(await tab.evaluate(measureCalls, CALLS))) {
        best[name] ??= [Infinity, Infinity];
        best[name][side] = Math.min(best[name][side], Number(cost));
      }
      await visitor.close();
    }
  }
} finally {
  await browser.close();
  await world.close();
}
for (const [name, [plain, gated]] of Object.entries(best)) {
  // A call that takes less than the clock can tell has no ratio.
  const ratio = plain ? gated / plain : undefined;
  const figure = `${gated.toFixed(2)} µs (${signed(gated - plain)})`;
  line(name, figure, ratio, `without the gate, ${plain.toFixed(2)} µs`);
}
