import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { claimFolder, writeWhole } from "./folder.ts";

const folder = await mkdtemp(join(tmpdir(), "weather-"));
afterAll(() => rm(folder, { recursive: true }));

test("a claimed folder is there and empty", async () => {
  await claimFolder(join(folder, "a/b"));
  expect(await readdir(join(folder, "a/b"))).toEqual([]);
});

test("where a file stands in the way, the folder is refused with the remedy", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  for (const out of [file, join(file, "below")]) {
    await expect(claimFolder(out)).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
      facts: { path: out },
      fix: expect.stringContaining("--out"),
    });
  }
});

test.runIf(existsSync("/proc/self"))("a file system that takes no folders is refused, in finite time", { timeout: 2_000 }, async () => {
  await expect(claimFolder("/proc/no/folder")).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
});

test("a file is replaced whole, and nothing else is left", async () => {
  const home = join(folder, "whole");
  await claimFolder(home);
  for (const text of ["first", "second"]) await writeWhole(join(home, "x"), text);
  expect(await readFile(join(home, "x"), "utf8")).toBe("second");
  expect(await readdir(home)).toEqual(["x"]);
  await claimFolder(join(home, "y"));
  await expect(writeWhole(join(home, "y"), "")).rejects.toMatchObject({ code: "FILE_UNWRITABLE" }); // a folder of that name
  expect(await readdir(home)).toEqual(["x", "y"]);
});
