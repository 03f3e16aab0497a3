import fc from "fast-check";
import { expect, test } from "vitest";
import { decades } from "./dots.ts";

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

test("the numbers of a scale of decades lie within it, ascend, and are round", () => {
  fc.assert(
    fc.property(positive, fc.double({ min: 1.1, max: 1e6, noNaN: true }), (low, factor) => {
      const ticks = decades([low, low * factor], 9);
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(low);
        expect(tick).toBeLessThanOrEqual(low * factor);
        expect(tick.toExponential()).toMatch(/^[1235]e/);
      }
      expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
    }),
  );
});

test("as many as there is room for", () => {
  expect(decades([1, 100], 9)).toEqual([1, 2, 5, 10, 20, 50, 100]);
  expect(decades([1, 100], 6)).toEqual([1, 3, 10, 30, 100]);
  expect(decades([1, 100], 3)).toEqual([1, 10, 100]);
});
