import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plan } from "../measure/race.ts";
import { workloads } from "../workloads/index.ts";
import { writeJson } from "./json.ts";

const plan: Plan = { rounds: 1, turnMs: 1, warmUpMs: 1, compilations: 1, heapRuns: 0, heapMs: 0 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("the file holds every sample, the plan and the machine, and nothing lies beside it", async () => {
  const file = join(folder, "deep", "bench.json");
  const rows = [{ contender: "cpu", kind: "backend" as const, rounds: [[1.5, 2], [3]], compileMs: [7] }];
  await writeJson(file, plan, []);
  await writeJson(file, plan, [{ workload: workloads[0]!, rows }]);
  const read = JSON.parse(await readFile(file, "utf8")) as { plan: Plan; machine: object; results: { name: string; rows: unknown }[] };
  expect(read).toMatchObject({ plan, machine: { node: process.version }, results: [{ name: workloads[0]!.name, rows }] });
  expect(await readdir(join(folder, "deep"))).toEqual(["bench.json"]);
});

test("a place that cannot be written is refused with the remedy", async () => {
  const inTheWay = join(folder, "file");
  await writeFile(inTheWay, "");
  await expect(writeJson(join(inTheWay, "bench.json"), plan, [])).rejects.toMatchObject({
    code: "FILE_UNWRITABLE",
    fix: "Choose another file with --json",
  });
});
