/** What a site's own tools take from the package: the module for bundlers, and its types. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

test("the module does nothing on a server", async () => {
  assert.equal(typeof globalThis.window, "undefined");
  const { default: api } = await import(here("../dist/segment-blocker.mjs"));
  assert.equal(api, undefined);
});

/** What the READMEs show, and a mistake that the types must find. */
const SAMPLE = `
import api from "SELF/dist/segment-blocker.js";
document.addEventListener("segment-blocker:consent", (event) => console.log(event.detail.analytics));
addEventListener("segment-blocker:set-consent", (event) => console.log(event.detail));
window.segmentBlockerConfig = { model: "opt-in", hosts: ["t.shop.example"], rules: [{ cookie: "_own_*", category: "marketing" }] };
segmentBlocker.setConsent({ necessary: true, analytics: true, marketing: null });
const stop = window.segmentBlocker.on("replay", ({ count, left }) => console.log(count + left));
stop();
export const analytics = api.watch({ track: (name: string) => name });
analytics.track("x");
// @ts-expect-error there is no such category
segmentBlocker.setConsent({ statistics: true });
`;

test("the types take what the READMEs show", () => {
  const folder = mkdtempSync(join(tmpdir(), "segment-blocker-types-"));
  try {
    const sample = join(folder, "sample.ts");
    writeFileSync(sample, SAMPLE.replace("SELF", here("..")));
    const flags =
      "--noEmit --strict --ignoreConfig --module nodenext --moduleResolution nodenext --types".split(
        " ",
      );
    const output = execFileSync(here("../node_modules/.bin/tsc"), [...flags, "", sample], {
      encoding: "utf8",
    });
    assert.equal(output, "");
  } catch (/** @type {any} */ error) {
    assert.fail(error.stdout || error.message);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
