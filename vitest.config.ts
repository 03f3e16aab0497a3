// One vitest project per package, and one for the workspace itself. Tests run on sources: what a package exports is taken from src.
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { folders, manifest, root } from "./scripts/packages.mjs";

const thorough = process.env["SLUICE_THOROUGH"] === "1";
const seed = (process.env["SLUICE_SEED"] ??= String(Date.now() % 2 ** 31)); // inherited by scripts/properties.ts in the workers

console.log(`Properties run with SLUICE_SEED=${seed}${thorough ? " SLUICE_THOROUGH=1" : ""}`);

export default defineConfig({
  test: {
    projects: [
      project("workspace", ".", ["scripts/**/*.test.ts", "docs/**/*.test.ts"]),
      ...folders().map((folder) => project(folder.split("/").at(-1)!, folder, ["src/**/*.test.ts"])),
    ],
  },
});

function project(name: string, folder: string, include: string[]) {
  return {
    resolve: { alias: folders().flatMap(sources) },
    test: {
      name,
      root: join(root, folder),
      include,
      setupFiles: [join(root, "scripts/properties.ts")],
      testTimeout: thorough ? 1_800_000 : 60_000,
    },
  };
}

/** "@sluice/core/kit" → packages/core/src/kit/index.ts, for every entry of the package's `exports`. */
function sources(folder: string) {
  const { name, exports = {} } = manifest(folder);
  return Object.entries(exports).map(([entry, target]) => ({
    find: new RegExp(`^${join(name, entry)}$`),
    replacement: join(root, folder, target.default.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts")),
  }));
}
