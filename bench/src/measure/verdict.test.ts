import fc from "fast-check";
import { expect, test } from "vitest";
import { type Interval, ratio } from "./statistics.ts";
import { isWide, steadiness, steady, verdict } from "./verdict.ts";

const between = (low: number, high: number, confidence = 0.96): Interval => ({ value: Math.sqrt(low * high), low, high, confidence });
const share = fc.double({ min: 0.01, max: 100, noNaN: true });

test("an interval on one side of 1 is a difference, a narrow one across 1 is none, a wide one says nothing", () => {
  expect(verdict(between(1.01, 3))).toBe("slower");
  expect(verdict(between(0.3, 0.99))).toBe("faster");
  expect(verdict(between(0.97, 1.04))).toBe("alike");
  expect(verdict(between(0.9, 1.2))).toBe("unclear");
});

test("changing sides changes slower and faster, and nothing else", () => {
  const other = { slower: "faster", faster: "slower", alike: "alike", unclear: "unclear" } as const;
  fc.assert(
    fc.property(share, share, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(verdict(between(1 / high, 1 / low))).toBe(other[verdict(between(low, high))]);
    }),
  );
});

test("too few rounds for an interval of 95 % are no ground for a verdict", () => {
  expect(verdict(ratio([9, 9, 9], [1, 1, 1]))).toBe("unclear");
  expect(verdict(ratio([9, 9, 9, 9, 9, 9], [1, 1, 1, 1, 1, 1]))).toBe("slower");
  expect(verdict(ratio([], []))).toBe("unclear");
});

test("how much is uncertain is said of the interval alone", () => {
  expect(isWide(between(2, 2.4))).toBe(false);
  expect(isWide(between(2, 2.6))).toBe(true);
  expect(isWide(ratio([], []))).toBe(true);
});

test("a machine is steady whose peak loop keeps its best but for some outliers", () => {
  expect(steadiness([40, 39.5, 39.8, 10, 40], 40)).toBeGreaterThan(steady);
  expect(steadiness([40, 30, 32, 31, 39], 40)).toBeLessThan(steady);
  expect(steadiness([], 40)).toBe(1);
});
