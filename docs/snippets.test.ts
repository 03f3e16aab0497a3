// Every TypeScript block of every README and recipe runs as written.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { folders, root } from "../scripts/packages.mjs";

const scratch = join(root, "docs/.snippets");
mkdirSync(scratch, { recursive: true });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** webgl's runs in a browser: packages/webgl/src/readme.test.ts. */
const inNode = folders().filter((folder) => folder !== "packages/webgl");
const recipes = readdirSync(join(root, "docs/recipes")).map((file) => join("docs/recipes", file));
const pages = ["README.md", ...recipes, ...inNode.map((folder) => join(folder, "README.md"))];
/** Blocks that stand for a package which only the reader has. */
const theirs = /your-backend|await open\(\), \{|test\.each/;

for (const page of pages)
  for (const [i, code] of blocksOf(page).entries())
    test(`${page}, block ${i + 1}, runs`, async () => {
      const file = join(scratch, `${page.replaceAll("/", "-")}-${i}.ts`);
      writeFileSync(file, code);
      const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
      await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined();
      log.mockRestore();
    });

test("there are blocks to run in the first README, in those of the packages and in every recipe", () => {
  expect(pages.filter((page) => blocksOf(page).length > 0)).toEqual(
    expect.arrayContaining(["README.md", ...recipes, "packages/core/README.md", "packages/nn/README.md"]),
  );
});

function blocksOf(page: string): string[] {
  let text: string;
  try {
    text = readFileSync(join(root, page), "utf8");
  } catch {
    return [];
  }
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1]!).filter((code) => !theirs.test(code));
}
