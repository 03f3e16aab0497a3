import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, constant, conv1d, gradient, type Conv1dOptions, type HostArray, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal } from "../testing/numbers.ts";
import { hunt } from "../testing/hunt.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
interface At<T> {
  readonly x: T;
  readonly kernel: T;
}
const convolved = (options: Conv1dOptions) => (at: At<Tensor>) => ({ y: conv1d(at.x, at.kernel, options) });

/** Number by number; what lies beyond the steps is 0. */
function plain({ x, kernel }: At<HostArray>, { stride = 1, dilation = 1, padding = "valid", groups = 1 }: Conv1dOptions): number[] {
  const [batch, steps, input] = x.shape as [number, number, number],
    [size, part, filters] = kernel.shape as [number, number, number];
  const reach = (size - 1) * dilation + 1;
  const windows = padding === "valid" ? Math.max(0, Math.floor((steps - reach) / stride) + 1) : Math.ceil(steps / stride);
  const before =
    padding === "valid" ? 0 : padding === "causal" ? reach - 1 : Math.floor(Math.max(0, (windows - 1) * stride + reach - steps) / 2);
  const y: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < windows; t++)
      for (let f = 0; f < filters; f++) {
        let sum = 0;
        const group = Math.floor(f / (filters / groups));
        for (let k = 0; k < size; k++)
          for (let c = 0; c < part; c++) {
            const step = t * stride + k * dilation - before;
            if (step < 0 || step >= steps) continue;
            sum += x.data[(b * steps + step) * input + group * part + c]! * kernel.data[(k * part + c) * filters + f]!;
          }
        y.push(sum);
      }
  return y;
}

const cases = fc.record({
  batch: fc.integer({ min: 0, max: 2 }),
  steps: fc.integer({ min: 0, max: 9 }),
  groups: fc.integer({ min: 1, max: 3 }),
  part: fc.integer({ min: 1, max: 3 }),
  each: fc.integer({ min: 1, max: 2 }),
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  padding: fc.constantFrom("valid", "same", "causal" as const),
});

test("every convolution is the sum that it is said to be, and its gradient what finite differences say", async () => {
  await hunt(
    cases,
    async ({ batch, steps, groups, part, each, size, ...options }) => {
      const at = { x: normal("x", batch, steps, groups * part), kernel: normal("kernel", size, part, groups * each) };
      const whole = { ...options, groups };
      expect(misses(await evaluate(backend, convolved(whole), at), { y: plain(at, whole) })).toEqual([]);
      const loss = ({ x, kernel }: At<Tensor>): Tensor => {
        const y = conv1d(x, kernel, whole);
        return y.mul(y).sum().add(x.sum()).add(kernel.sum());
      };
      expect(await wrongSlopes(backend, loss, at)).toEqual([]);
    },
    1500,
  );
});

// Whole numbers, so that the figures are exact: x[i] = 5i mod 11 − 5, kernel[i] = 3i mod 7 − 3.
describe("Keras 3.15.1 on PyTorch 2.13.0, Conv1D in float64", () => {
  const counted = (n: number, factor: number, modulus: number, less: number): number[] =>
    Array.from({ length: n }, (_, i) => ((i * factor) % modulus) - less);
  test.each<[options: Conv1dOptions, size: number, filters: number, figures: readonly number[]]>([
    [{}, 3, 2, [28, -8, 11, 9, -39, 37, -1, -1, 37, -39]],
    [{ stride: 2 }, 3, 2, [28, -8, -39, 37, 37, -39]],
    [{ stride: 3 }, 2, 2, [29, 4, 14, -18]],
    [{ dilation: 3 }, 2, 2, [9, 2, -18, 2, -12, 2, 16, 2]],
    [{ padding: "same", stride: 2 }, 3, 2, [4, -28, 11, 9, -1, -1, 4, 26]],
    [{ padding: "same" }, 4, 2, [-8, -23, 33, -7, 22, 6, -22, 30, -22, 10, 37, -39, 4, 26]],
    [{ padding: "causal", dilation: 2 }, 3, 2, [-10, -13, 11, -18, -8, -22, 14, 16, 38, 3, -45, 31, -7, -7]],
    [{ padding: "causal", stride: 2 }, 3, 2, [-10, -13, 28, -8, -39, 37, 37, -39]],
    [
      { padding: "same", groups: 2 },
      3,
      4,
      [10, -13, 4, -5, 21, 20, 22, -13, -3, -9, 18, 22, -27, 6, -19, 24, -7, -12, -12, -7, 24, -19, 6, -27, 16, 12, -13, 13],
    ],
    [{ groups: 4 }, 2, 4, [23, 4, 18, 10, -8, 8, 10, 18, -6, -10, 2, -7, -4, -6, -6, -10, -2, -2, -14, -2, 22, 2, -11, 6]],
    [
      { padding: "same", groups: 4 },
      2,
      8,
      [
        15, 12, 2, -4, 4, -7, 8, 3, -12, 6, -2, -6, 4, -5, 12, 9, -6, 0, -17, 14, 4, -3, -17, 15, 0, -6, 12, 1, 4, -1, -2, -12, 6, -12, 8,
        -1, 4, 1, 2, -6, 12, 15, 4, -3, -18, 14, 6, 0, -15, 0, -3, 1, 8, -8, -2, 6,
      ],
    ],
  ])("%o, kernel size %i", async (options, size, filters, figures) => {
    const part = 4 / (options.groups ?? 1);
    const at = { x: f64(counted(28, 5, 11, 5), 1, 7, 4), kernel: f64(counted(size * part * filters, 3, 7, 3), size, part, filters) };
    expect(await evaluate(backend, convolved(options), at)).toEqual({ y: figures });
  });
});

const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });
const kernels = (fn: (at: At<Tensor>) => unknown, x: readonly number[]): string[] =>
  compile(backend, fn as (at: At<Tensor>) => Tensor)
    .program({ x: f32(...x), kernel: f32(3, 4, 5) })
    .steps.map(({ kind }) => kind);

test("a convolution is one product, of windows that are no copies; padding is laid around x before", () => {
  expect(kernels(convolved({}), [2, 8, 4])).toEqual(["matmul"]);
  expect(kernels(convolved({ stride: 2 }), [2, 8, 4])).toEqual(["matmul"]);
  expect(kernels(convolved({ padding: "causal" }), [2, 8, 4])).toEqual(["map", "map", "matmul"]);
});

test("backwards it is a product for each element of a window, whose sum is one map, and one product for the kernel", () => {
  const back = (wrt: (at: At<Tensor>) => Tensor) => (at: At<Tensor>) => gradient(conv1d(at.x, at.kernel).mul(2).sum(), wrt(at));
  const products = (wrt: (at: At<Tensor>) => Tensor): number => kernels(back(wrt), [2, 8, 4]).filter((kind) => kind === "matmul").length;
  expect(products(({ x }) => x)).toBe(3);
  expect(products(({ kernel }) => kernel)).toBe(1);
});

test.each<[string, readonly number[], readonly number[], Conv1dOptions, string]>([
  ["another rank", [2, 8], [3, 4, 5], {}, "SHAPE_MISMATCH"],
  ["other inputs", [2, 8, 4], [3, 3, 5], {}, "SHAPE_MISMATCH"],
  ["filters that no parts are", [2, 8, 4], [3, 2, 5], { groups: 2 }, "SHAPE_MISMATCH"],
  ["a window of nothing", [2, 8, 4], [0, 4, 5], {}, "SHAPE_MISMATCH"],
  ["no stride", [2, 8, 4], [3, 4, 5], { stride: 0 }, "INVALID_ARGUMENT"],
  ["a padding that is none", [2, 8, 4], [3, 4, 5], { padding: "full" as never }, "INVALID_ARGUMENT"],
  ["an option that is none", [2, 8, 4], [3, 4, 5], { strides: 2 } as never, "INVALID_ARGUMENT"],
])("%s is refused", (_, x, kernel, options, code) => {
  expect(() => conv1d(constant(1, x), constant(1, kernel), options)).toThrow(expect.objectContaining({ code }));
});

test("two types are refused", () => {
  expect(() => conv1d(constant(1, [1, 3, 1]), constant(1, [1, 1, 1], "f64"))).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
});
