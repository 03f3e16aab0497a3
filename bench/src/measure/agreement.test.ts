import fc from "fast-check";
import { expect, test } from "vitest";
import { distance, judge } from "./agreement.ts";

const right = [1, -2, 3];

test("an answer within the tolerance is right, one beyond it tells how far", () => {
  expect(judge([1 + 3e-6, -2, 3], right, 1e-5)).toEqual({ distance: expect.closeTo(1e-6, 12) });
  expect(judge([1, -2, 3.3], right, 1e-5)).toEqual({
    distance: expect.closeTo(0.0909, 3),
    reason: "disagrees: 9.1e-2 from the oracle, 0.00001 is allowed",
  });
});

test.each([
  [[1, NaN, 3], "disagrees: not finite"],
  [[1, Infinity, 3], "disagrees: not finite"],
  [[1, -2], "disagrees: 2 numbers, the oracle has 3"],
  [[], "disagrees: 0 numbers, the oracle has 3"],
])("%j is wrong whatever is allowed", (answer, reason) => {
  expect(judge(answer, right, Infinity)).toEqual({ reason });
});

test("the distance is symmetric, 0 of equals, and does not change with the unit", () => {
  const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(distance(a, b)).toBe(distance(b, a));
      expect(distance(a, a)).toBe(0);
      const scaled = (values: readonly number[]) => values.map((v) => v * 1024);
      expect(distance(scaled(a), scaled(b))).toBe(distance(a, b));
    }),
  );
});
