import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../scripts/packages.mjs";
import { passTable, programs } from "./programs.ts";

const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

test.each(Object.keys(programs))("the Program shown as %s is the one that comes out", (name) => {
  const shown = new RegExp(`<!-- ${name} -->\n\`\`\`\n(.*?)\n?\`\`\``, "s").exec(page)?.[1];
  expect(shown).toBe(programs[name]!.trimEnd());
});

test("the table of passes is the pipeline", () => {
  expect(/<!-- pipeline -->\n\n(.*?)\n\n/s.exec(page)?.[1]).toBe(passTable);
});
