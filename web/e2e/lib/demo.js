/** The demo, run as a user runs it: by the built command-line tool. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findProgram, ROOT } from "./paths.js";

/** Starts the demo on a free port. Returns its URL, and how to stop it, which tells its exit status. */
export async function startDemo() {
  const tool = findProgram("SEGMENT_BLOCKER", [join(ROOT, "bin/segment-blocker")]);
  const args = ["demo", "--addr", "localhost:0", "--web", join(ROOT, "web")];
  const child = spawn(tool, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => {
    throw new Error(`the demo ended at once (${code})`);
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), failed]);
  failed.catch(() => {});
  const url = /http:\/\/\S+/.exec(line)?.[0];
  if (!url) throw new Error(`the demo does not tell its URL: ${line}`);
  return {
    url,
    /** @returns {Promise<number>} */
    async stop() {
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}
