import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../testing/runs.ts";
import { asJson, claim, readRun, writeWhole } from "./files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a run is read as it was written, and nothing lies beside it", async () => {
  const file = join(folder, "deep", "bench.json");
  await claim(file, "--json");
  await writeWhole(file, asJson(run), "--json");
  expect(await readRun(file)).toEqual(run);
  expect(await readdir(join(folder, "deep"))).toEqual(["bench.json"]);
});

test("claiming a file leaves what it holds", async () => {
  const file = join(folder, "kept.json");
  await writeFile(file, "before");
  await claim(file, "--json");
  expect(await readFile(file, "utf8")).toBe("before");
});

test("a place that cannot be written is refused with the remedy", async () => {
  const inTheWay = join(folder, "file");
  await writeFile(inTheWay, "");
  const refused = { code: "FILE_UNWRITABLE", fix: "Choose another file with --html" };
  await expect(claim(join(inTheWay, "bench.html"), "--html")).rejects.toMatchObject(refused);
  await expect(writeWhole(join(inTheWay, "bench.html"), "", "--html")).rejects.toMatchObject(refused);
});

test.each([
  ["nothing.json", undefined, "FILE_NOT_FOUND"],
  ["half.json", asJson(run).slice(0, -20), "FILE_CORRUPT"],
  ["foreign.json", `{"format": 1, "results": []}`, "FILE_FOREIGN"],
  ["null.json", "null", "FILE_FOREIGN"],
])("%s is no baseline", async (name, text, code) => {
  const file = join(folder, name);
  if (text !== undefined) await writeFile(file, text);
  await expect(readRun(file)).rejects.toMatchObject({ code, fix: "Name a file that npm run bench -- --json FILE wrote" });
});
