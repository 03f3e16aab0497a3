// Arguments in, exit code out, Ctrl-C heard in between: the first ends the run and shows what was measured, the second quits.
import { main } from "./bench.ts";

const stop = new AbortController();
process.on("SIGINT", () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});
process.exitCode = await main(process.argv.slice(2), stop.signal);
