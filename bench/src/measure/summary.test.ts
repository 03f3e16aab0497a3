import { expect, test } from "vitest";
import { gone, result, row } from "../testing/runs.ts";
import { isNoisy, summaries } from "./summary.ts";

test("the fastest stands first, and nobody who was not timed stands anywhere", () => {
  const all = summaries(result("m", [row("peer a", 20), gone, row("cpu", 4), row("workers", 8, { rounds: [] })]), 40);
  expect(all.map(({ row: { contender }, ratio }) => [contender, ratio.value])).toEqual([
    ["cpu", 1],
    ["peer a", 5],
  ]);
  expect(summaries(result("m", [gone]), 40)).toEqual([]);
});

test("rates count the products of the workload, and shares the threads", () => {
  const [one, two] = summaries(result("m", [row("cpu", 4), row("workers", 4.1, { threads: 2 })], { flops: 4e7 }), 40);
  expect(one).toMatchObject({ gflops: 10, share: 0.25, memory: 2.5 * 2 ** 20, firstMs: 60, compileMs: NaN, verdict: "alike" });
  expect(two!.share).toBeCloseTo(((10 / 4.1) * 4) / 80, 9);
});

test("a noisy machine gives no verdict, whatever the intervals say", () => {
  const rows = [row("cpu", 4), row("peer a", 20)];
  const verdicts = (peaks: readonly number[]) => summaries(result("m", rows, { peaks }), 40).map(({ verdict }) => verdict);
  expect(verdicts([40, 40, 39, 40, 40, 38])).toEqual(["alike", "slower"]);
  expect(verdicts([40, 20, 39, 20, 20, 38])).toEqual(["unclear", "unclear"]);
  expect(isNoisy(result("m", rows), 400)).toBe(true);
});
