// One vitest project per package, and one for the workspace itself; what must run in a browser does so in a project of its own. Tests run on sources: what a package exports is taken from src.
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { browserProjects, findChromium } from "./scripts/chromium.mjs";
import { isolated } from "./scripts/isolated.mjs";
import { folders, manifest, root } from "./scripts/packages.mjs";

const thorough = process.env["SLUICE_THOROUGH"] === "1";
const seed = (process.env["SLUICE_SEED"] ??= String(Date.now() % 2 ** 31)); // inherited by scripts/properties.ts in the workers

const chromium = await findChromium();

console.log(`Properties run with SLUICE_SEED=${seed}${thorough ? " SLUICE_THOROUGH=1" : ""}`);

export default defineConfig({
  test: {
    projects: [
      project("workspace", ".", ["scripts/**/*.test.ts", "docs/**/*.test.ts"]),
      ...folders()
        .filter((folder) => !browserProjects.some((each) => each.folder === folder && each.include.includes("src/**/*.test.ts")))
        .map((folder) => project(folder.split("/").at(-1)!, folder, ["src/**/*.test.ts"], ["src/**/*.browser.test.ts"])),
      project("webgl-node", "packages/webgl", ["src/**/*.node.test.ts"]),
      ...browserProjects.flatMap(inBrowser),
    ],
  },
});

function project(name: string, folder: string, include: string[], exclude: string[] = []) {
  return {
    resolve: { alias: folders().flatMap(sources) },
    test: {
      name,
      root: join(root, folder),
      include,
      exclude,
      isolate: name in isolated,
      unstubGlobals: true,
      unstubEnvs: true,
      setupFiles: [join(root, "scripts/properties.ts")],
      testTimeout: thorough ? 1_800_000 : 60_000,
    },
  };
}

/** A project that runs in a real Chromium, if this machine has one; `npm test` tells where it has none. */
function inBrowser({ name, folder, include, exclude, bundled }: (typeof browserProjects)[number]) {
  if ("reason" in chromium) return [];
  const { executablePath, args, environment } = chromium;
  const { test, ...rest } = project(name, folder, include, exclude);
  return [
    {
      ...rest,
      optimizeDeps: { include: bundled },
      // Shared memory is for pages that are cross-origin isolated.
      server: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
      define: { "process.env": JSON.stringify({ SLUICE_SEED: seed, SLUICE_THOROUGH: thorough ? "1" : "" }) },
      test: {
        ...test,
        isolate: true, // a page for each file: they take from it what a page has, and lose its contexts
        name: `${name} in Chromium`,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions: { executablePath, args, env: { ...process.env, ...environment } } }),
          instances: [{ browser: "chromium" as const, name }],
        },
      },
    },
  ];
}

/** "@sluice/core/kit" → packages/core/src/kit/index.ts, for every entry of the package's `exports`. */
function sources(folder: string) {
  const { name, exports = {} } = manifest(folder);
  return Object.entries(exports).map(([entry, target]) => ({
    find: new RegExp(`^${join(name, entry)}$`),
    replacement: join(root, folder, target.default.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts")),
  }));
}
