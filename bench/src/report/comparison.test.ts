import { expect, test } from "vitest";
import type { Change } from "../measure/compare.ts";
import { comparisonText, summary } from "./comparison.ts";

const interval = (value: number) => ({ value, low: value * 0.9, high: value * 1.1, confidence: 0.96 });
const change = (contender: string, kind: Change["change"], now: number): Change => ({
  workload: "matmul-256",
  contender,
  anchor: "peer a",
  before: interval(2),
  now: interval(now),
  change: kind,
});
const all = [change("cpu", "better", 1), change("workers", "worse", 3), change("webgl", "same", 2)];

test("the worst stands first, with both ratios and their factor; what is the same is counted", () => {
  const lines = comparisonText(all, "2026-01-02").split("\n");
  expect(lines[0]).toBe("Against the run of 2026-01-02: 1 worse, 1 better, 0 unclear, 1 the same");
  expect(lines[2]).toMatch(/^ {2}worse +matmul-256 +workers +2\.00 \[1\.80, 2\.20\] +3\.00 \[2\.70, 3\.30\] +× 1\.50 +of peer a$/);
  expect(lines[3]).toMatch(/better .* × 0\.500/);
  expect(lines.join()).not.toContain("webgl");
});

test("runs that have nothing in common say so", () => {
  expect(summary([])).toBe("nothing that both runs timed");
  expect(comparisonText([], "then")).toBe("Against the run of then: nothing that both runs timed\n");
});
