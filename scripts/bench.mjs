// `npm run bench`: set up, build what the benchmark needs, run it in this process. Arguments and Ctrl-C are the benchmark's.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./packages.mjs";
import { setUp } from "./setup.mjs";
import { must } from "./steps.mjs";

const from = process.cwd();
await setUp();
await must("Building", "turbo", ["run", "build", "--filter=@sluice/bench", "--output-logs=errors-only"]);
process.chdir(from);
await import(pathToFileURL(join(root, "bench/dist/main.js")).href); // there only after the build
