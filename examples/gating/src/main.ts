// The command: arguments in, exit code out.
import { main } from "./gating.ts";

process.exitCode = await main(process.argv.slice(2), process.stdout, process.stderr);
