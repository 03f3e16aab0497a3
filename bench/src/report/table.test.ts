import { expect, test } from "vitest";
import type { Row } from "../measure/race.ts";
import { workloads } from "../workloads/index.ts";
import { table } from "./table.ts";

const workload = workloads.find(({ name }) => name === "matmul-256")!;
const rounds = (ms: number): number[][] => Array.from({ length: 6 }, () => [ms, ms, ms]);
const timed = (contender: string, kind: Row["kind"], ms: number): Row => ({
  contender,
  kind,
  version: "1",
  firstMs: 50,
  nearest: 2e-7,
  rounds: rounds(ms),
});
const lineOf = (text: string, start: string): string => text.split("\n").find((line) => line.trim().startsWith(start)) ?? "";

test("ratios are to ours, wherever it stands, with their interval", () => {
  const text = table(workload, [timed("peer", "peer", 20), { ...timed("cpu", "backend", 4), compileMs: [8, 9, 100] }]);
  expect(text).toContain("time / cpu");
  expect(lineOf(text, "peer ")).toMatch(/20\.0 ms +±0\.0 % +5\.00 \[5\.00, 5\.00\] +1\.68 +50\.0 ms +18$/);
  expect(lineOf(text, "cpu ")).toMatch(/4\.00 ms +±0\.0 % +1 +8\.39 +50\.0 ms +9\.00 ms +18$/);
});

test("too few rounds say how sure the interval is", () => {
  const rows = [timed("cpu", "backend", 4), timed("peer", "peer", 20)].map((row) => ({ ...row, rounds: row.rounds!.slice(0, 3) }));
  expect(lineOf(table(workload, rows), "peer ")).toContain("[5.00, 5.00] 75 %");
});

test("who was not timed is a line with its reason, also where nobody was", () => {
  const gone: Row = { contender: "peer", kind: "peer", reason: "is not installed: npm run bench:peers" };
  for (const rows of [[gone], [timed("cpu", "backend", 4), gone]])
    expect(table(workload, rows)).toContain("\n  peer: is not installed: npm run bench:peers\n");
});

test("noise and the heap are told", () => {
  const noisy = { ...timed("cpu", "backend", 4), rounds: [[1, 2, 3, 4, 5]], heap: { runs: 1000, kept: 0.4, allocated: 2047.6 } };
  expect(table(workload, [noisy])).toContain("too noisy");
  expect(table(workload, [noisy])).toContain("heap over 1000 runs: 0 B kept and 2048 B allocated per run");
  expect(table(workload, [timed("cpu", "backend", 4)])).not.toContain("noisy");
});
