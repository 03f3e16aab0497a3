// Every TypeScript block of every README and recipe runs as written. Their types: scripts/checkSnippets.mjs.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { root } from "../scripts/packages.mjs";
import { blocksOf, pages, writeBlocks } from "../scripts/snippets.mjs";

const scratch = join(root, "docs/.snippets");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** These run in a browser: packages/webgl/src/readme.test.ts. */
const inBrowser = /from "@sluice\/webgl"/;

for (const page of pages())
  for (const { file, line } of blocksOf(page).filter(({ code }) => !inBrowser.test(code)))
    test(`${page}, line ${line}, runs`, async () => {
      writeBlocks(scratch, page);
      const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
      await expect(import(/* @vite-ignore */ join(scratch, file))).resolves.toBeDefined();
      log.mockRestore();
    });

test("there are blocks in the first README, in those of the packages and in every recipe", () => {
  const recipes = readdirSync(join(root, "docs/recipes")).map((name) => `docs/recipes/${name}`);
  expect(pages()).toEqual(expect.arrayContaining(["README.md", ...recipes, "packages/core/README.md", "packages/nn/README.md"]));
});
