// Checks the types of every TypeScript block of every README and recipe, with the compiler's options of the workspace and the types that packages publish in `dist`.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folders, manifest, root } from "./packages.mjs";
import { pages, writeBlocks } from "./snippets.mjs";

const folder = join(root, "out/snippets");
rmSync(folder, { recursive: true, force: true });
for (const page of pages()) writeBlocks(folder, page);
const compilerOptions = { rootDir: "../..", paths: Object.fromEntries(folders().flatMap(published)) };
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["**/*.ts"] }, undefined, 2),
);
const { status, stdout } = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--pretty", "false", "-p", folder],
  { cwd: root, encoding: "utf8" },
);
// out/snippets/docs/recipes/text.md/block1.ts(12,3) is docs/recipes/text.md(12,3)
process.stdout.write(stdout.replaceAll(/^out\/snippets\/(.*\.md)\/[\w-]+\.ts/gm, "$1"));
process.exitCode = status ?? 1;

/**
 * "@sluice/core/kit" → packages/core/dist/kit/index.d.ts, for every entry of the package's `exports`.
 * @param {string} folder
 */
function published(folder) {
  const { name, exports = {} } = manifest(folder);
  return Object.entries(exports).map(([entry, { types }]) => [join(name, entry), [join(root, folder, types)]]);
}
