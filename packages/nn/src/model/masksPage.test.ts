// docs/masks.md shows what comes out, and names what is there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { maskPrograms } from "../testing/maskPrograms.ts";

const root = join(import.meta.dirname, "../../../..");
const page = readFileSync(join(root, "docs/masks.md"), "utf8");

test.each(Object.entries(maskPrograms))("the Program shown as %s is the one that comes out", (name, program) => {
  const shown = new RegExp(`<!-- ${name} -->\n\`\`\`\n(.*?)\n?\`\`\``, "s").exec(page)?.[1];
  expect(shown).toBe(program.trimEnd());
});

test("every file that the page names is there", () => {
  const files = [...page.matchAll(/`((?:packages|conformance)\/[\w/.]+)`/g)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
