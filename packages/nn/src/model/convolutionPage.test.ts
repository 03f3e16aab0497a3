// docs/convolution.md shows what comes out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convolutionPrograms } from "../testing/convolutionPrograms.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/convolution.md"), "utf8");

test.each(Object.entries(convolutionPrograms))("the Program shown as %s is the one that comes out", (name, program) => {
  const shown = new RegExp(`<!-- ${name} -->\n\`\`\`\n(.*?)\n?\`\`\``, "s").exec(page)?.[1];
  expect(shown).toBe(program.trimEnd());
});
