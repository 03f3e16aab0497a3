// The command: arguments in, exit code out.
import { main } from "./voice.ts";

process.exitCode = await main(process.argv.slice(2), process);
