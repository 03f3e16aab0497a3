import fc from "fast-check";
import { expect, test } from "vitest";
import { median, ratio, spread } from "./statistics.ts";

const times = (length: number) => fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), { minLength: length, maxLength: length });

test("half of the samples lie on either side of the median, in whatever order they came", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const middle = median(values);
      const [below, above] = [values.filter((v) => v < middle).length, values.filter((v) => v > middle).length];
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      expect(median(values.toReversed())).toBe(middle);
    }),
  );
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("the spread is half the distance of the quartiles over the median, and one outlier does not move it", () => {
  expect(spread([9, 10, 10, 10, 11])).toBe(0);
  expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.1);
  expect(spread([8, 9, 10, 11, 1000])).toBeCloseTo(0.1);
});

test("a common slowdown of a round leaves the ratio alone", () => {
  fc.assert(
    fc.property(times(12), fc.double({ min: 0.1, max: 10, noNaN: true }), (ours, factor) => {
      const { value, low, high } = ratio(
        ours.map((t) => t * factor),
        ours,
      );
      for (const found of [value, low, high]) expect(found / factor).toBeCloseTo(1, 9);
    }),
  );
});

test("the interval holds its value, at no less than the wanted confidence", () => {
  fc.assert(
    fc.property(times(15), times(15), (theirs, ours) => {
      const { value, low, high, confidence } = ratio(theirs, ours);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(confidence).toBeGreaterThanOrEqual(0.95);
    }),
  );
});

test("the ranks of the interval are those of the published table of the sign test", () => {
  // 1 − 2·P(Binomial(n, ½) < k): n = 6, k = 1: 0.96875; n = 10, k = 2: 0.978516; n = 15, k = 4: 0.964844.
  const ranks = (n: number) =>
    ratio(
      Array.from({ length: n }, (_, i) => i + 1),
      Array.from({ length: n }, () => 1),
    );
  expect(ranks(6)).toMatchObject({ low: 1, high: 6, confidence: 0.96875 });
  expect(ranks(10)).toMatchObject({ low: 2, high: 9, confidence: 0.978515625 });
  expect(ranks(15)).toMatchObject({ low: 4, high: 12, confidence: 0.96484375 });
});

test("too few rounds for the wanted confidence say how much they give", () => {
  expect(ratio([2, 3, 4], [1, 1, 1])).toEqual({ value: 3, low: 2, high: 4, confidence: 0.75 });
  expect(ratio([2], [1])).toEqual({ value: 2, low: 2, high: 2, confidence: 0 });
});

test("nine intervals in ten and more hold the truth on noise with a heavy tail", () => {
  const hits = fc.sample(fc.tuple(times(11), times(11)), { numRuns: 400, seed: 7 }).filter(([a, b]) => {
    const { low, high } = ratio(a, b); // both from one distribution: the true ratio is 1
    return low <= 1 && high >= 1;
  });
  expect(hits.length / 400).toBeGreaterThan(0.9);
});
