import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";

const source = (folder: string): string => new URL(`../../${folder}/src`, import.meta.url).pathname;

test("Vite bundles the worker's script beside what opens it", async () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-"));
  try {
    writeFileSync(join(root, "index.html"), `<script type="module" src="./main.ts"></script>`);
    writeFileSync(join(root, "main.ts"), `import { open } from "@sluice/workers"; globalThis.opened = open();`);
    const alias = [
      { find: /^@sluice\/(core|cpu)\/kit$/, replacement: join(source("$1"), "kit") },
      { find: /^@sluice\/(core|workers)$/, replacement: join(source("$1"), "index.ts") },
    ];
    const options = { build: { write: false }, worker: { format: "es" }, configFile: false, logLevel: "silent" } as const;
    const { output } = (await build({ root, resolve: { alias }, ...options })) as { output: { fileName: string; type: string }[] };
    const files = output.map(({ fileName }) => fileName.replace(/-[\w-]{8}\./, "."));
    expect(files).toContain("assets/worker.js");
    expect(files).toContain("assets/index.js");
  } finally {
    rmSync(root, { recursive: true });
  }
});
