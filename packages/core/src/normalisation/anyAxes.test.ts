import fc from "fast-check";
import { expect, test } from "vitest";
import { constant, layerNormalization, moments, normalize, type HostArray, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const shape = [2, 3, 4] as const;

/** Mean and variance of each group of numbers that differ along `axes` alone, for each number of x. */
function plain({ data }: HostArray, axes: readonly number[]): { readonly mean: number[]; readonly variance: number[] } {
  const groupOf = (i: number): string => [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4].filter((_, a) => !axes.includes(a)).join();
  const each = Array.from(data, (_, i) => Array.from(data).filter((_value, j) => groupOf(i) === groupOf(j)));
  const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  return { mean: each.map(meanOf), variance: each.map((values) => meanOf(values.map((v) => (v - meanOf(values)) ** 2))) };
}

test("moments and normalisation are those of the numbers that differ along these axes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: -3, max: 2 }), { minLength: 1, maxLength: 3, selector: (a) => (a + 3) % 3 }),
      fc.nat(99),
      async (axes, seed) => {
        const x = normal(seed, ...shape);
        const { mean, variance } = plain(
          x,
          axes.map((a) => (a + 3) % 3),
        );
        const got = await evaluate(
          backend,
          (t: Tensor) => {
            const found = moments(t, axes, { keepDims: true });
            return {
              mean: found.mean.broadcastTo(shape),
              variance: found.variance.broadcastTo(shape),
              y: normalize(t, { axes, epsilon: 0.5 }),
              same: layerNormalization(t, { axes, epsilon: 0.5 }),
            };
          },
          x,
        );
        const y = mean.map((m, i) => (x.data[i]! - m) / Math.sqrt(variance[i]! + 0.5));
        expect(misses(got, { mean, variance, y, same: y })).toEqual([]);
        const loss = (t: Tensor): Tensor => normalize(t, { axes }).mul(t).sum();
        expect(await wrongSlopes(backend, loss, x)).toEqual([]);
      },
    ),
    { numRuns: 12 },
  );
});

// x[i] = 5i mod 11 − 5
test("PyTorch 2.13.0, torch.var_mean(x, dim=(0, 1), correction=0) and F.layer_norm(x, (3, 2), eps=1e-3)", async () => {
  const x = f64(
    Array.from({ length: 12 }, (_, i) => ((i * 5) % 11) - 5),
    2,
    3,
    2,
  );
  const got = await evaluate(
    backend,
    (t: Tensor) => ({ ...moments(t, [0, 1]), y: layerNormalization(t, { axes: [1, 2], epsilon: 1e-3 }) }),
    x,
  );
  expect(
    misses(
      got,
      {
        mean: [5 / 3, -2.5],
        variance: [95 / 9, 35 / 12],
        y: [
          -1.5036571922692024, -0.048505070718361416, 1.4066470508324795, -0.33953549502852964, 1.1156166265223113, -0.6305659193386978,
          1.2864685020519209, -0.6432342510259604, 0.9648513765389406, -0.9648513765389406, 0.6432342510259604, -1.2864685020519209,
        ],
      },
      1e-14,
    ),
  ).toEqual([]);
});

test("moments have the axes that are left, and a large mean costs no digits", async () => {
  const x = f64([1e8 + 1, 1e8 + 2, 1e8 + 3, -1e8, -1e8, -1e8], 2, 3);
  expect(await evaluate(backend, (t: Tensor) => ({ ...moments(t, 1) }), x)).toEqual({ mean: [1e8 + 2, -1e8], variance: [2 / 3, 0] });
  expect(moments(constant(1, shape), [0, -1]).mean.shape).toEqual([3]);
  expect(moments(constant(1, shape)).mean.shape).toEqual([]);
});

test("given moments take the place of its own, one of them or both", async () => {
  const x = f64([3, 5], 1, 2);
  const run = (options: (mean: Tensor) => object) =>
    evaluate(backend, (t: Tensor) => normalize(t, { epsilon: 0, ...options(t.at(1, 0)) }), x);
  expect(await run((mean) => ({ mean, variance: constant(4, [], "f64") }))).toEqual({ "": [0, 1] });
  expect(await run((mean) => ({ mean }))).toEqual({ "": [0, 2] });
});

test("an axis that there is not, or twice, is refused", () => {
  for (const axes of [[2], [0, -2], [0.5]])
    expect(() => moments(constant(1, [2, 2]), axes)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
