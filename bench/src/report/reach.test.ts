import { expect, test } from "vitest";
import type { Reach } from "../measure/reach.ts";
import { reachText } from "./reach.ts";

const reach = (value: number, verdict: Reach["verdict"], more: Partial<Reach["target"]> = {}): Reach => ({
  target: { workload: "matmul-256", contender: "cpu", of: "peer a", most: 0.8, ...more },
  is: { value, low: value * 0.9, high: value * 1.1, confidence: 0.96 },
  verdict,
});

test("each target stands beside what was reached, and they are counted", () => {
  const text = reachText([reach(0.7, "met"), reach(0.9, "missed", { ofWorkload: "matmul-512" })]);
  expect(text).toContain("1 met, 1 missed, 0 unclear\n");
  expect(text).toMatch(/matmul-256 +cpu +peer a +0\.800 +0\.700 \[0\.630, 0\.770\] +met\n/);
  expect(text).toMatch(/peer a on matmul-512 +0\.800 +0\.900 \[0\.810, 0\.990\] +missed\n/);
});

test("what may take so much longer says by how much it does", () => {
  expect(reachText([reach(0.002, "met", { most: 0.01, in: "ms" })])).toMatch(/ +10\.0 µs more +2\.00 µs \[1\.80 µs, 2\.20 µs\] +met\n/);
});

test("a run that says nothing of them does not speak of them", () => {
  expect(reachText([])).toBe("");
});
