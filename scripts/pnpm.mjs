// `npm run pnpm -- add x`: the pinned pnpm, for whoever has none.
import { spawnSync } from "node:child_process";
import { usePnpm } from "./setup.mjs";

await usePnpm();
process.exitCode = spawnSync("pnpm", process.argv.slice(2), { stdio: "inherit" }).status ?? 1;
