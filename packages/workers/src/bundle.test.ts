import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";

/** Every entry of a package, as an alias of its source. */
function sources(folder: string): { find: RegExp; replacement: string }[] {
  const path = new URL(`../../${folder}`, import.meta.url).pathname;
  const { name, exports } = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
  return Object.entries(exports).map(([entry, { default: target }]) => ({
    find: new RegExp(`^${join(name, entry)}$`),
    replacement: join(path, target.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts")),
  }));
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
}

test("Vite bundles the worker's script beside what opens it", async () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-"));
  try {
    writeFileSync(join(root, "index.html"), `<script type="module" src="./main.ts"></script>`);
    writeFileSync(join(root, "main.ts"), `import { open } from "@sluice/workers"; globalThis.opened = open();`);
    const alias = ["core", "cpu", "workers"].flatMap(sources);
    const options = { build: { write: false }, worker: { format: "es" }, configFile: false, logLevel: "silent" } as const;
    const { output } = (await build({ root, resolve: { alias }, ...options })) as { output: { fileName: string; type: string }[] };
    const files = output.map(({ fileName }) => fileName.replace(/-[\w-]{8}\./, "."));
    expect(files).toContain("assets/worker.js");
    expect(files).toContain("assets/index.js");
  } finally {
    rmSync(root, { recursive: true });
  }
});
