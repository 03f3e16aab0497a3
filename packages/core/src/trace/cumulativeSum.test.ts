import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { compile, cumulativeSum, type Tensor } from "../index.ts";
import { normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();

test("each element is the sum of all up to it, from either end, with it or without", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (xs, exclusive, reverse) => {
        const { y } = await evaluate(backend, (x: Tensor) => ({ y: cumulativeSum(x, 0, { exclusive, reverse }) }), {
          dtype: "f32",
          shape: [xs.length],
          data: Float32Array.from(xs),
        });
        const sum = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0);
        const wanted = xs.map((_, i) => (reverse ? sum(xs.slice(exclusive ? i + 1 : i)) : sum(xs.slice(0, exclusive ? i : i + 1))));
        expect(y!.map((v) => v + 0)).toEqual(wanted.map((v) => v + 0));
      },
    ),
    { numRuns: 40 },
  );
});

test("an axis in the middle is summed by itself; of no elements there are none", async () => {
  const { y, none } = await evaluate(backend, (x: Tensor) => ({ y: cumulativeSum(x, 1), none: cumulativeSum(x.slice(1, 0, 0), 1) }), {
    dtype: "f32",
    shape: [2, 3, 2],
    data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  });
  expect(y).toEqual([1, 2, 4, 6, 9, 12, 7, 8, 16, 18, 27, 30]);
  expect(none).toEqual([]);
});

test("infinities and NaN stay in all later sums, and are in no earlier one", async () => {
  const run = compile(backend, (x: Tensor) => ({ y: cumulativeSum(x), before: cumulativeSum(x, -1, { exclusive: true }) }));
  const { y, before } = await run([1, Infinity, 2, 3, -Infinity, 1, 1]);
  expect([...(await y.read())]).toEqual([1, Infinity, Infinity, Infinity, NaN, NaN, NaN]);
  expect([...(await before.read())]).toEqual([0, 1, Infinity, Infinity, Infinity, NaN, NaN]);
});

test("its gradient is what finite differences say", async () => {
  const at = { x: normal(1, 3, 11), w: normal(2, 3, 11) };
  for (const options of [{}, { exclusive: true }, { reverse: true }])
    expect(
      await wrongSlopes(backend, ({ x, w }: { readonly x: Tensor; readonly w: Tensor }) => cumulativeSum(x, 1, options).mul(w).sum(), at),
    ).toEqual([]);
});
