import { expect, test } from "vitest";
import { contenders } from "../contenders/index.ts";
import { peakLoop, type Target, targets } from "../targets.ts";
import { result, row, run } from "../testing/runs.ts";
import { workloads } from "../workloads/index.ts";
import { reachOf } from "./reach.ts";

const wavering = [1, 1.2, 0.8, 1.1, 0.9, 1];
const target = (more: Partial<Target> = {}): Target => ({ workload: "m", contender: "cpu", of: "peer a", most: 0.8, ...more });
const reach = (ms: number, wanted: Target, factors?: readonly number[]) => {
  const rows = [row("cpu", ms, {}, factors), row("peer a", 10)];
  const own = result("own", [row("cpu", 9)], { flops: 4e7 });
  return reachOf({ ...run, results: [result("m", rows, { flops: 2e7 }), own] }, [wanted])[0];
};

test("a target is met or missed where the whole interval lies on its side", () => {
  expect(reach(7, target())).toMatchObject({ is: { value: 0.7 }, verdict: "met" });
  expect(reach(9, target())).toMatchObject({ is: { value: 0.9 }, verdict: "missed" });
  expect(reach(8, target(), wavering)!.verdict).toBe("unclear");
});

test("the peak loop is one to be measured by: 1 ms for what it does in 0.5 ms are 2", () => {
  expect(reach(1, target({ of: peakLoop, most: 2.1 }))).toMatchObject({ is: { value: 2 }, verdict: "met" });
});

test("a target in milliseconds is met where the difference is less", () => {
  const more = (most: number) => reach(12, target({ most, in: "ms" }));
  expect(more(3)).toMatchObject({ is: { value: 2, low: 2, high: 2 }, verdict: "met" });
  expect(more(1)).toMatchObject({ verdict: "missed" });
});

test("of another workload the times per operation are compared", () => {
  const own = target({ workload: "own", of: "cpu", ofWorkload: "m", most: 1.15 });
  expect(reach(4.5, own)).toMatchObject({ is: { value: 1 }, verdict: "met" });
  expect(reach(3, own)).toMatchObject({ is: { value: 1.5 }, verdict: "missed" });
});

test("a machine that was too noisy tells of no target", () => {
  const rows = [row("cpu", 1), row("peer a", 10)];
  const noisy = { ...run, results: [result("m", rows, { peaks: [40, 20, 20, 20, 20, 40] })] };
  expect(reachOf(noisy, [target()])).toMatchObject([{ verdict: "unclear" }]);
});

test("a target of which one side was not timed is left out", () => {
  expect(reach(1, target({ of: "peer b" }))).toBeUndefined();
  expect(reach(1, target({ workload: "n" }))).toBeUndefined();
});

test("targets name workloads that there are, each once for every pair", () => {
  const known = new Set(workloads.map(({ name }) => name));
  for (const { workload, ofWorkload = workload } of targets) expect([workload, ofWorkload].filter((name) => !known.has(name))).toEqual([]);
  const peers = new Set([...contenders.map(({ name }) => name), "workers", peakLoop]);
  for (const { contender, of } of targets) expect([contender, of].filter((name) => !peers.has(name))).toEqual([]);
  const pairs = targets.map(({ workload, contender, of }) => `${workload} ${contender} ${of}`);
  expect(new Set(pairs).size).toBe(pairs.length);
});
