import fc from "fast-check";
import { expect, test } from "vitest";
import { agreement, distance } from "./agreement.ts";

const right = [1, -2, 3];
const near = [1 + 1e-6, -2, 3];
const agrees = (...answers: readonly number[][]) => agreement(answers, 1e-5).map((verdict) => verdict.agrees);

test("one wrong among three is told from the two right ones, wherever it stands", () => {
  expect(agrees(right, near, [1, -2, 3.001])).toEqual([true, true, false]);
  expect(agrees([1, 2, 3], near, right)).toEqual([false, true, true]);
});

test("of two that differ neither is trusted, ours or not", () => {
  expect(agrees(right, near)).toEqual([true, true]);
  expect(agrees(right, [1, -2, 3.001])).toEqual([false, false]);
});

test("NaN, infinity and a missing number never agree, not even with themselves", () => {
  for (const wrong of [
    [1, NaN, 3],
    [1, Infinity, 3],
    [1, -2],
  ])
    expect(agrees(wrong, right, near)).toEqual([false, true, true]);
  expect(agrees([NaN])).toEqual([false]);
  expect(agrees([NaN], [NaN], [NaN])).toEqual([false, false, false]);
  expect(agrees(right)).toEqual([true]);
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

test("the verdict names how far the others are", () => {
  const [first] = agreement([[4], [2], [4]], 0.1);
  expect(first).toEqual({ agrees: true, nearest: 0, farthest: 0.5 });
});
