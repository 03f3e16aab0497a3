import { expect, test } from "vitest";
import { philox, random } from "./random.ts";

// Known answers of Random123 (Salmon et al. 2011), philox4x32 with 10 rounds.
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [-1, -1, -1, -1],
    [-1, -1],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
])("philox of %j under %j is as published", (counter, key, words) => {
  const out = new Uint32Array(4);
  philox(out, ...(counter as [number, number, number, number]), ...(key as [number, number]));
  expect([...out]).toEqual(words);
});

test("a seed gives the same numbers, another seed and another child others", () => {
  const numbers = (r: ReturnType<typeof random>): string => r.uniform(4).join();
  expect(numbers(random(1))).toBe(numbers(random(1)));
  expect(
    new Set([random(1), random(2), random(1).child("a"), random(1).child("b"), random(1).child("a").child("b")].map(numbers)).size,
  ).toBe(5);
});

test("moments are those of the distributions, within five standard errors", () => {
  const n = 40_000,
    mean = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length;
  const uniform = random(3).uniform(n, -1, 3),
    normal = random(3).normal(n, 2, 0.5);
  expect(Math.abs(mean(uniform) - 1)).toBeLessThan((5 * 4) / Math.sqrt(12 * n));
  expect(Math.abs(mean(normal) - 2)).toBeLessThan((5 * 0.5) / Math.sqrt(n));
  expect(Math.abs(mean(normal.map((x) => (x - 2) ** 2)) - 0.25)).toBeLessThan(5 * 0.25 * Math.sqrt(2 / n));
  expect(uniform.every((x) => x >= -1 && x < 3)).toBe(true);
});

test("a permutation holds every index once", () => {
  expect([...random(9).permutation(100)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(Math.max(...random(9).integers(1000, 7))).toBe(6);
});
