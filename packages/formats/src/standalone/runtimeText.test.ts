// The runtime is written in TypeScript and lies in files as JavaScript: as the compiler leaves it when the types are gone.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** In an order in which each comes after what it uses. */
const parts = ["failure", "bytes", "numbers", "machine", "ends", "stream", "model", "open"];

test("the text of the runtime is that of its files; `npx vitest run --project formats runtimeText -u` writes it anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-runtime-"));
  try {
    const tsc = at("../../../../node_modules/typescript/bin/tsc");
    const options = ["--outDir", folder, "--rootDir", at("runtime"), "--declaration", "false", "--sourceMap", "false", "--noEmit", "false"];
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", at("runtime/tsconfig.json"), ...options], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
    const text = parts.map((part) => plain(readFileSync(join(folder, `${part}.js`), "utf8"))).join("\n");
    const file = `// Written by runtimeText.test.ts from the files of runtime/, for code.ts.\nexport const runtimeText = ${literalOf(text)};\n`;
    await expect(file).toMatchFileSnapshot(at("runtimeText.ts"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** One file's text among the others: without imports, and nothing but the errors' class is exported. */
function plain(text: string): string {
  return text
    .replaceAll(/^import .*\n/gm, "")
    .replaceAll(/^export \{\};\n/gm, "")
    .replaceAll(/ *\/\/ oxlint-disable.*/g, "")
    .replaceAll(/^export (?!class SluiceError)/gm, "")
    .replaceAll("    ", "  ");
}

function literalOf(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}
