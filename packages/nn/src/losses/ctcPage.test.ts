// docs/ctc.md shows what comes out, and names what is there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ctcPrograms } from "../testing/ctcPrograms.ts";

const root = join(import.meta.dirname, "../../../..");
const page = readFileSync(join(root, "docs/ctc.md"), "utf8");

test.each(Object.entries(ctcPrograms))("the loops shown as %s are those that come out", (name, loops) => {
  const shown = new RegExp(`<!-- ${name} -->\n\`\`\`\n(.*?)\n?\`\`\``, "s").exec(page)?.[1];
  expect(shown).toBe(loops.trimEnd());
});

test("every file that the page names is there", () => {
  const files = [...page.matchAll(/`((?:packages|conformance)\/[\w/.]+)`/g)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
