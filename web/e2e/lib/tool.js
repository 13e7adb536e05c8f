/** The command-line tool, run as a user runs it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findProgram, ROOT } from "./paths.js";

/** Starts the demo on a free port. Returns its URL, and how to stop it, which tells its exit status. */
export function startDemo() {
  return startTool(["demo", "--addr", "localhost:0", "--web", join(ROOT, "web")]);
}

/**
 * Starts the command-line tool and waits until it tells the URL that it serves.
 * @param {string[]} args
 */
export async function startTool(args) {
  const tool = findProgram("SEGMENT_BLOCKER", [join(ROOT, "bin/segment-blocker")]);
  const child = spawn(tool, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => {
    throw new Error(`segment-blocker ${args[0]} ended at once (${code})`);
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), failed]);
  failed.catch(() => {});
  const url = /http:\/\/[^\s,]+/.exec(line)?.[0];
  if (!url) throw new Error(`segment-blocker ${args[0]} does not tell its URL: ${line}`);
  return {
    url,
    /** @returns {Promise<number>} */
    async stop() {
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}
