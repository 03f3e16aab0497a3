// `npm run bench:peers`: installs the libraries that the benchmark compares with, and runs none of their install scripts.
import { join } from "node:path";
import { root } from "./packages.mjs";
import { setUp } from "./setup.mjs";
import { must } from "./steps.mjs";

await setUp();
const folder = join(root, "bench", "peers");
await must("Installing the peers", "pnpm", ["--dir", folder, "install", "--ignore-workspace", "--ignore-scripts", "--frozen-lockfile"]);
