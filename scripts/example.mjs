// `npm run example NAME -- [options]`: set up, build what that example needs, run it. Arguments and Ctrl-C go to it.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runExample } from "./runExample.mjs";
import { manifest, root } from "./packages.mjs";

const [name, ...args] = process.argv.slice(2);
const names = readdirSync(join(root, "examples")).filter((folder) => existsSync(join(root, "examples", folder, "src/main.ts")));
if (name !== undefined && names.includes(name)) await runExample(name, args);
else {
  if (name !== undefined && !name.startsWith("-")) console.log(`There is no example "${name}".\n`);
  console.log("npm run example NAME -- [options]\n");
  const width = Math.max(...names.map((each) => each.length));
  for (const each of names) console.log(`  ${each.padEnd(width)}  ${manifest(`examples/${each}`).description ?? ""}`);
  process.exitCode = name === undefined || name === "--help" || name === "-h" ? 0 : 2;
}
