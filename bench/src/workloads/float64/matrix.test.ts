import fc from "fast-check";
import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { apart } from "../../testing/near.ts";
import { columnSums, product, swapped, transposed } from "./matrix.ts";

const few = fc.integer({ min: 1, max: 9 });

test("a product is its sums, transposed or not, and adds onto what it is given", () => {
  fc.assert(
    fc.property(few, few, few, fc.boolean(), fc.boolean(), (m, k, n, a, b) => {
      const [left, right, onto] = [random("a").normal(m * k), random("b").normal(k * n), random("c").normal(m * n)];
      const term = (i: number, p: number, j: number): number => left[a ? p * m + i : i * k + p]! * right[b ? j * k + p : p * n + j]!;
      const wanted = onto.map((start, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return Array.from({ length: k }, (_, p) => term(i, p, j)).reduce((sum, value) => sum + value, start);
      });
      expect(apart({ y: product(left, right, [m, k, n], { a, b }, onto) }, { y: wanted })).toBeLessThanOrEqual(1e-13);
    }),
  );
});

test("turning twice changes nothing, and columns are summed over all rows", () => {
  const x = Float64Array.from({ length: 12 }, (_, at) => at);
  expect(transposed(transposed(x, 3, 4), 4, 3)).toEqual(x);
  expect(transposed(x, 3, 4).slice(0, 4)).toEqual(Float64Array.of(0, 4, 8, 1));
  expect(swapped(swapped(x, 3, 2), 2, 3)).toEqual(x);
  expect(swapped(x, 3, 2)).toEqual(Float64Array.of(0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11));
  expect(columnSums(x, 4)).toEqual(Float64Array.of(12, 15, 18, 21));
});
