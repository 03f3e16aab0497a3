import { expect, test } from "vitest";
import { gone, result, row } from "../testing/runs.ts";
import { table } from "./table.ts";

const lineOf = (text: string, start: string): string => text.split("\n").find((line) => line.trim().startsWith(start)) ?? "";
const noisy = [1, 1.3, 0.8, 1.1, 0.7, 1.25];

test("the fastest stands first, and ratios are to it, with their interval", () => {
  const text = table(result("matmul-256", [row("peer a", 20, { threads: 2 }), row("cpu", 4, { compileMs: [8, 9, 100] })]), 40);
  expect(lineOf(text, "cpu ")).toMatch(/^ {2}cpu +1 +4\.00 ms +±0\.0 % +1 +8\.39 +21 % +2\.5 MiB +60\.0 ms +9\.00 ms$/);
  expect(lineOf(text, "peer a ")).toMatch(/ 2 +20\.0 ms +±0\.0 % +5\.00 \[5\.00, 5\.00\] +1\.68 +2\.1 % +2\.5 MiB +60\.0 ms$/);
  expect(text.indexOf("  cpu ")).toBeLessThan(text.indexOf("  peer a "));
});

test("the share of the limit is that of all threads", () => {
  const share = (threads: number) => lineOf(table(result("matmul-256", [row("cpu", 4, { threads })]), 40), "cpu ").match(/(\d+) %  +2/)![1];
  expect([share(1), share(2)]).toEqual(["21", "10"]);
});

test("what does not compute on threads has no share of their limit", () => {
  const text = table(result("matmul-256", [row("webgl", 4, { threads: null })]), 40);
  expect(lineOf(text, "webgl ")).toMatch(/^ {2}webgl +4\.00 ms +±0\.0 % +1 +8\.39 +2\.5 MiB +60\.0 ms$/);
});

test("too few rounds say how sure the interval is, and give no verdict", () => {
  const rows = [row("cpu", 4, {}, [1, 1, 1]), row("peer a", 20, {}, [1, 1, 1])];
  const text = table(result("matmul-256", rows, { peaks: [40, 40, 40] }), 40);
  expect(lineOf(text, "peer a ")).toContain("[5.00, 5.00] 75 %");
  expect(lineOf(text, "peer a:")).toContain("too few rounds for a verdict");
});

test("who was not timed is a line with its reason, also where nobody was", () => {
  for (const rows of [[gone], [row("cpu", 4), gone]])
    expect(table(result("matmul-256", rows), 40)).toContain("\n  peer gone: is not installed: npm run bench:peers\n");
});

test("what the noise hides is told of the contender that it hides it of", () => {
  const of = (ms: number, factors: readonly number[]) =>
    lineOf(table(result("m", [row("cpu", 4), row("peer a", ms, {}, factors)]), 40), "peer a:");
  expect(of(4.1, noisy)).toContain("too noisy for a verdict");
  expect(of(40, noisy)).toContain("too noisy to say by how much");
  expect(of(4.01, [1, 1.01, 1, 0.99, 1, 1])).toContain("as fast as the fastest, within the noise");
  expect(of(8, [1, 1.01, 1, 0.99, 1, 1])).not.toMatch(/noisy|within/);
});

test("a machine whose peak loop stumbles is too noisy for any verdict", () => {
  const rows = [row("cpu", 4), row("peer a", 8)];
  const stumbling = table(result("m", rows, { peaks: [40, 20, 30, 40, 25, 40] }), 40);
  expect(stumbling).toContain(
    "the machine was too noisy for a verdict: for a quarter of the time its peak loop ran at 26.3 of 40.0 GFLOP/s or less",
  );
  expect(lineOf(stumbling, "peer a:")).not.toContain("noisy"); // it is said once
  expect(table(result("m", rows), 40)).not.toContain("noisy");
});

test("who ran, how exactly, how often and beside what heap is told", () => {
  const heap = { runs: 1000, kept: 0.4, allocated: 2047.6 };
  const text = table(result("m", [row("cpu", 4, { heap, executor: "some executor" })]), 40);
  expect(text).toContain("  cpu: cpu 1.0, some executor; 2.0e-7 from the oracle; 18 samples\n");
  expect(text).toContain("heap over 1000 runs: 0 B kept and 2048 B allocated per run");
});

test("a heap that shrank has kept nothing", () => {
  const heap = { runs: 1000, kept: -1377, allocated: 20 };
  expect(table(result("m", [row("cpu", 4, { heap })]), 40)).toContain("heap over 1000 runs: 0 B kept and 20 B allocated per run");
});
