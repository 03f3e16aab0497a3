import fc from "fast-check";
import { expect, test } from "vitest";
import { type Term, hasSolution } from "./diophantine.ts";

const term = fc.record({ step: fc.integer({ min: -12, max: 12 }), count: fc.integer({ min: 0, max: 5 }) });

test("a target is reached exactly when trying every combination finds it", () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 4 }), fc.integer({ min: -60, max: 60 }), (terms, target) => {
      expect(hasSolution(terms, target)).toBe(sums(terms).has(target));
    }),
  );
});

test("large awkward steps are decided without enumerating", () => {
  const terms = [
    { step: 1009, count: 1000 },
    { step: 1013, count: 1000 },
    { step: -1009 * 1013, count: 1_000_000 },
  ];
  expect(hasSolution(terms, 1)).toBe(true);
  expect(
    hasSolution(
      [
        { step: 6, count: 1e6 },
        { step: 10, count: 1e6 },
        { step: 14, count: 1e6 },
      ],
      1_000_001,
    ),
  ).toBe(false);
});

function sums(terms: readonly Term[]): Set<number> {
  return terms.reduce(
    (reached, { step, count }) => new Set([...reached].flatMap((sum) => Array.from({ length: count }, (_, x) => sum + step * x))),
    new Set([0]),
  );
}
