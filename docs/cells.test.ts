import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../scripts/packages.mjs";
import { cellPrograms } from "./cellPrograms.ts";

const page = readFileSync(join(root, "docs/cells.md"), "utf8");

test.each(Object.keys(cellPrograms))("the Program shown as %s is the one that comes out", (name) => {
  const shown = new RegExp(`<!-- ${name} -->\n\`\`\`\n(.*?)\n?\`\`\``, "s").exec(page)?.[1];
  expect(shown).toBe(cellPrograms[name]!.trimEnd());
});

test("every file that the page names is there", () => {
  const files = [...page.matchAll(/`((?:packages|conformance)\/[\w/.]+)`/g)].map((match) => match[1]!);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
