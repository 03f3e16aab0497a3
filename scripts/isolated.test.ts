import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isolated } from "./isolated.mjs";
import { folders, root } from "./packages.mjs";

const named = folders().map((folder) => ({ folder, name: folder.split("/").at(-1)! }));

test("what is isolated is there", () => {
  expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(isolated)));
});

test("no test file that shares its process replaces modules, which other files have imported or will", () => {
  const sharing = ["scripts", "docs", ...named.filter(({ name }) => !(name in isolated)).map(({ folder }) => join(folder, "src"))];
  const files = sharing.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => join(folder, file)),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => /\bvi\.(mock|doMock|resetModules)\b/.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
