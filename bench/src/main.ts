#!/usr/bin/env node
// Arguments in, exit code out, Ctrl-C heard in between: the first ends the run and shows what was measured, the second quits.
import { main } from "./bench.ts";

/** A terminal and npm both deliver one Ctrl-C. */
const sameMs = 300;

const stop = new AbortController();
let heard = -Infinity;
process.on("SIGINT", () => {
  const now = performance.now();
  if (stop.signal.aborted && now - heard > sameMs) process.exit(130);
  if (!stop.signal.aborted) heard = now;
  stop.abort();
});
process.stdout.on("error", () => stop.abort()); // nobody reads any more, as after `| head`
process.exitCode = await main(process.argv.slice(2), stop.signal);
