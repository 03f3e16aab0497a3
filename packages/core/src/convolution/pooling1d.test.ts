import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { averagePool1d, constant, gradient, maxPool1d, minPool1d, type HostArray, type Pooling1dOptions, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal } from "../testing/numbers.ts";
import { hunt } from "../testing/hunt.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
interface At<T> {
  readonly x: T;
  readonly mask?: T;
}
const pooled =
  (options: Pooling1dOptions) =>
  ({ x, mask }: At<Tensor>) => ({
    max: maxPool1d(x, { ...options, mask }),
    min: minPool1d(x, { ...options, mask }),
    average: averagePool1d(x, { ...options, mask }),
  });

/** Window by window, of the steps that there are and that count. */
function plain({ x, mask }: At<HostArray>, { size, stride = size, padding = "valid" }: Pooling1dOptions) {
  const [batch, steps, features] = x.shape as [number, number, number];
  const windows = padding === "same" ? Math.ceil(steps / stride) : Math.max(0, Math.floor((steps - size) / stride) + 1),
    before = padding === "same" ? Math.floor(Math.max(0, (windows - 1) * stride + size - steps) / 2) : 0;
  const max: number[] = [],
    min: number[] = [],
    average: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < windows; t++)
      for (let c = 0; c < features; c++) {
        const seen = Array.from({ length: size }, (_, k) => t * stride + k - before)
          .filter((step) => step >= 0 && step < steps && (mask === undefined || mask.data[b * steps + step] !== 0))
          .map((step) => x.data[(b * steps + step) * features + c]!);
        max.push(seen.length === 0 ? 0 : Math.max(...seen));
        min.push(seen.length === 0 ? 0 : Math.min(...seen));
        average.push(seen.reduce((sum, v) => sum + v, 0) / Math.max(1, seen.length));
      }
  return { max, min, average };
}

const cases = fc.record({
  batch: fc.integer({ min: 0, max: 2 }),
  steps: fc.integer({ min: 0, max: 9 }),
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  padding: fc.constantFrom("valid", "same" as const),
  masked: fc.boolean(),
  seed: fc.nat(1e6),
});

test("every pooling is that of the steps of a window that there are and that count, and its gradient what finite differences say", async () => {
  await hunt(
    cases,
    async ({ batch, steps, masked, seed, ...options }) => {
      const x = normal(seed, batch, steps, 2);
      const mask = { ...normal(seed + 1, batch, steps) };
      const at = { x, ...(masked && { mask: { ...mask, data: mask.data.map((v) => (v > 0 ? 1 : 0)) } }) };
      expect(misses(await evaluate(backend, pooled(options), at), plain(at, options))).toEqual([]);
      const loss = ({ x: t }: At<Tensor>): Tensor => {
        const { max, min, average } = pooled(options)({ x: t });
        return max.mul(max).sum().add(min.mul(min).sum()).add(average.mul(average).sum()).add(t.sum());
      };
      expect(await wrongSlopes(backend, loss, { x })).toEqual([]);
    },
    1000,
  );
});

describe("Keras 3.15.1 on PyTorch 2.13.0, MaxPooling1D and AveragePooling1D of x[i] = 5i mod 11 − 5", () => {
  const x = f64(
    Array.from({ length: 28 }, (_, i) => ((i * 5) % 11) - 5),
    1,
    7,
    4,
  );
  test.each<[name: "max" | "average", Pooling1dOptions, readonly number[]]>([
    ["max", { size: 3 }, [4, 0, 5, -1, 0, 5, -1, 4]],
    ["max", { size: 3, stride: 2, padding: "same" }, [4, 0, 5, -1, 4, 5, 3, 4, 0, 5, -1, 4, 5, 1, 4, 0]],
    ["average", { size: 2 }, [-0.5, -1, 4, -2, 1, 0.5, 0, -0.5, -3, 2, -4, 1]],
    ["average", { size: 3, stride: 2, padding: "same" }, [-0.5, -1, 4, -2, 2, -1 / 3, 1, -4 / 3, -2, 3, -3, 2, 0.5, 0, -0.5, -1]],
  ])("%s %o", async (name, options, figures) => {
    expect(misses(await evaluate(backend, pooled(options), { x }), { [name]: figures }, 1e-15)).toEqual([]);
  });
});

test("equal maxima share the gradient; NaN at steps that do not count changes nothing", async () => {
  const slopes = ({ x, mask }: At<Tensor>) => ({
    dx: gradient(maxPool1d(x, { size: 3, mask }).sum(), x),
    dxOfMin: gradient(minPool1d(x, { size: 3, mask }).sum(), x),
  });
  expect(await evaluate(backend, slopes, { x: f64([2, 2, 1, 0, 3, 0], 1, 6, 1) })).toEqual({
    dx: [0.5, 0.5, 0, 0, 1, 0],
    dxOfMin: [0, 0, 1, 0.5, 0, 0.5],
  });
  const at = { x: f64([2, NaN, 1, NaN, NaN, NaN], 1, 6, 1), mask: f64([1, 0, 1, 0, 0, 0], 1, 6) };
  expect(await evaluate(backend, pooled({ size: 3 }), at)).toEqual({ max: [2, 0], min: [1, 0], average: [1.5, 0] });
  expect(await evaluate(backend, slopes, at)).toEqual({ dx: [1, 0, 0, 0, 0, 0], dxOfMin: [0, 0, 1, 0, 0, 0] });
});

test("whole numbers are pooled as whole numbers", async () => {
  const x = { dtype: "i32" as const, shape: [1, 5, 1], data: Int32Array.of(3, -4, 7, 7, -9) };
  const at = { x, mask: f64([1, 1, 0, 1, 0], 1, 5) };
  const options = { size: 2, padding: "same" } as const;
  expect(await evaluate(backend, pooled(options), { x })).toEqual({ max: [3, 7, -9], min: [-4, 7, -9], average: [0, 7, -9] });
  expect(await evaluate(backend, pooled(options), at)).toEqual({ max: [3, 7, 0], min: [-4, 7, 0], average: [0, 7, 0] });
});

test.each<[string, readonly number[], Pooling1dOptions, string]>([
  ["another rank", [2, 8], { size: 2 }, "SHAPE_MISMATCH"],
  ["another mask", [2, 8, 4], { size: 2, mask: constant(1, [2, 7]) }, "SHAPE_MISMATCH"],
  ["a window of nothing", [2, 8, 4], { size: 0 }, "INVALID_ARGUMENT"],
  ["no size", [2, 8, 4], {} as never, "INVALID_ARGUMENT"],
  ["a causal pooling", [2, 8, 4], { size: 2, padding: "causal" as never }, "INVALID_ARGUMENT"],
  ["an option that is none", [2, 8, 4], { size: 2, poolSize: 2 } as never, "INVALID_ARGUMENT"],
])("%s is refused", (_, x, options, code) => {
  for (const pool of [maxPool1d, minPool1d, averagePool1d])
    expect(() => pool(constant(1, x), options)).toThrow(expect.objectContaining({ code }));
});
