import { expect, test } from "vitest";
import { peakRate } from "./limit.ts";
import { flopsPerPass, peakLoop, peakModule } from "./peakLoop.ts";

test("the module is valid and nears the fixed point 2 of a ← ½a + 1 in each of 12 accumulators", () => {
  expect(WebAssembly.validate(peakModule())).toBe(true);
  expect(peakLoop()(10)).toBeCloseTo(24, 4);
});

test("each pass does the products and sums it is said to do", () => {
  const simd = [...peakModule()].map((byte, at, all) => (byte === 0xfd ? all[at + 1] : undefined)); // 0xfd opens a vector instruction
  const sums = simd.filter((code) => code === 0x64 || code === 0xe4).length - 11; // 11 add up the result
  const products = simd.filter((code) => code === 0xe6).length;
  expect(4 * (sums + products)).toBe(flopsPerPass);
});

test("a sample is a rate in GFLOP/s, more than plain loops reach", () => {
  peakRate(20);
  expect(peakRate(5)).toBeGreaterThan(0.5);
});
