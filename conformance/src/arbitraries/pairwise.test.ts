import fc from "fast-check";
import { expect, test } from "vitest";
import { pairwise } from "./pairwise.ts";

const factors = { a: [0, 1, 2, 3], b: ["x", "y"], c: [true, false], d: [undefined, 1, 2], e: [0] } as const;

test("every two values of two factors meet in some combination", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const rows = pairwise<Record<string, unknown>>(factors, seed);
      for (const [f, values] of Object.entries(factors))
        for (const [g, others] of Object.entries(factors))
          for (const value of values)
            for (const other of others) if (f !== g) expect(rows.some((row) => row[f] === value && row[g] === other)).toBe(true);
      expect(rows.length).toBeLessThanOrEqual(18); // 12 pairs of a and d
    }),
    { numRuns: 50 },
  );
});

test("over many seeds every combination comes up, and the same seed gives the same ones", () => {
  const all = new Set(
    Array.from({ length: 200 }, (_, seed) => pairwise<Record<string, unknown>>(factors, seed))
      .flat()
      .map((row) => JSON.stringify(Object.values(row))),
  );
  expect(all.size).toBe(4 * 2 * 2 * 3);
  expect(pairwise(factors, 7)).toEqual(pairwise(factors, 7));
});
