import { expect, test } from "vitest";
import type { Result, Run } from "./run.ts";
import { result, row, run } from "../testing/runs.ts";
import { compareRuns } from "./compare.ts";
import type { Row } from "./row.ts";

const runOf = (rows: readonly Row[], more: Partial<Result> = {}): Run => ({ ...run, results: [result("matmul-256", rows, more)] });
const noisy = [1, 1.3, 0.8, 1.1, 0.7, 1.25];

test("a contender that takes less of a peer's time is better, one that takes more is worse", () => {
  const before = runOf([row("cpu", 4), row("workers", 3), row("peer a", 2)]);
  const now = runOf([row("cpu", 3), row("workers", 4), row("peer a", 2)]);
  const changes = compareRuns(now, before);
  expect(changes.map(({ contender, change }) => [contender, change])).toEqual([
    ["cpu", "better"],
    ["workers", "worse"],
  ]);
  expect(changes[0]).toMatchObject({ workload: "matmul-256", anchor: "peer a", before: { value: 2 }, now: { value: 1.5 } });
});

test("a machine that is three times as slow changes nothing", () => {
  const rows = (factor: number) => [row("cpu", 4 * factor), row("peer a", 2 * factor)];
  expect(compareRuns(runOf(rows(3)), runOf(rows(1)))).toMatchObject([{ contender: "cpu", change: "same", now: { value: 2 } }]);
  const alone = (factor: number): Run => ({
    ...runOf([row("cpu", 4 * factor)], { peaks: Array<number>(6).fill(40 / factor) }),
    limit: 40 / factor,
  });
  expect(compareRuns(alone(3), alone(1))).toMatchObject([{ anchor: "peak loop", change: "same" }]);
});

test("what the intervals do not tell apart is no change, or unclear where they are wide", () => {
  const before = runOf([row("cpu", 4), row("peer a", 2)]);
  expect(compareRuns(runOf([row("cpu", 4, {}, [1, 1.01, 0.99, 1, 1.02, 0.98]), row("peer a", 2)]), before)[0]!.change).toBe("same");
  expect(compareRuns(runOf([row("cpu", 4, {}, noisy), row("peer a", 2)]), before)[0]!.change).toBe("unclear");
  const few = { rounds: [[3], [3]] };
  expect(compareRuns(runOf([row("cpu", 3, few), row("peer a", 2)]), before)[0]!.change).toBe("unclear");
});

test("nothing is said of a workload on which either machine was too noisy", () => {
  const rows = (ms: number) => [row("cpu", ms), row("peer a", 2)];
  const [quiet, noisy] = [runOf(rows(4)), runOf(rows(8), { peaks: [40, 20, 20, 20, 20, 40] })];
  for (const changes of [compareRuns(noisy, quiet), compareRuns(quiet, noisy)]) expect(changes).toMatchObject([{ change: "unclear" }]);
});

test("the yardstick is the fastest peer of the same version, and the peak loop where there is none", () => {
  const before = runOf([row("cpu", 4), row("peer slow", 9), row("peer fast", 2), row("peer other", 1)]);
  const now = runOf([row("cpu", 4), row("peer slow", 9), row("peer fast", 2), row("peer other", 1, { version: "2" })]);
  expect(compareRuns(now, before)[0]!.anchor).toBe("peer fast");
  expect(compareRuns(runOf([row("cpu", 4)]), runOf([row("cpu", 4)]))[0]).toMatchObject({ anchor: "peak loop", change: "same" });
});

test("the peak loop measures in its own time: 4 ms for what it does in 0.84 ms are 4.77", () => {
  const [change] = compareRuns(runOf([row("cpu", 4)]), runOf([row("cpu", 4)]));
  expect(change!.now.value).toBeCloseTo((4 * 40 * 1e6) / (2 * 256 ** 3), 9);
});

test("what only one of the runs knows is left out", () => {
  const before = runOf([row("cpu", 4), row("peer a", 2), row("peer gone", 1)]);
  expect(compareRuns(runOf([row("cpu", 4), row("peer a", 2), row("workers", 1)]), before).map(({ contender }) => contender)).toEqual([
    "cpu",
  ]);
  expect(compareRuns(run, { ...run, results: [] })).toEqual([]);
});
