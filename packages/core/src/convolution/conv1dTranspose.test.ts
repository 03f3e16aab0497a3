import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constant, conv1d, conv1dTranspose, type Conv1dTransposeOptions, type HostArray, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { hunt } from "../testing/hunt.ts";
import { f64, misses, normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
interface At<T> {
  readonly x: T;
  readonly kernel: T;
}
const transposed = (options: Conv1dTransposeOptions) => (at: At<Tensor>) => ({ y: conv1dTranspose(at.x, at.kernel, options) });

/** Number by number. */
function plain({ x, kernel }: At<HostArray>, { stride = 1, dilation = 1, padding = "valid" }: Conv1dTransposeOptions): number[] {
  const [batch, steps, input] = x.shape as [number, number, number],
    [size, filters] = kernel.shape as [number, number, number];
  const beyond = Math.max(0, (size - 1) * dilation + 1 - stride),
    length = steps * stride + (padding === "valid" ? beyond : 0),
    before = padding === "valid" ? 0 : Math.floor(beyond / 2);
  const y = new Array<number>(batch * length * filters).fill(0);
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < steps; t++)
      for (let k = 0; k < size; k++) {
        const to = t * stride + k * dilation - before;
        if (to < 0 || to >= length) continue;
        for (let f = 0; f < filters; f++)
          for (let c = 0; c < input; c++)
            y[(b * length + to) * filters + f]! += x.data[(b * steps + t) * input + c]! * kernel.data[(k * filters + f) * input + c]!;
      }
  return y;
}

const few = fc.integer({ min: 1, max: 3 });
const cases = fc.record({
  batch: fc.integer({ min: 0, max: 2 }),
  steps: fc.integer({ min: 0, max: 5 }),
  input: few,
  filters: few,
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: few,
  padding: fc.constantFrom("valid", "same" as const),
});

test("every transposed convolution is the sum that it is said to be, and its gradient what finite differences say", async () => {
  await hunt(
    cases,
    async ({ batch, steps, input, filters, size, ...options }) => {
      const at = { x: normal("x", batch, steps, input), kernel: normal("kernel", size, filters, input) };
      expect(misses(await evaluate(backend, transposed(options), at), { y: plain(at, options) })).toEqual([]);
      const loss = ({ x, kernel }: At<Tensor>): Tensor => {
        const y = conv1dTranspose(x, kernel, options);
        return y.mul(y).sum().add(x.sum()).add(kernel.sum());
      };
      expect(await wrongSlopes(backend, loss, at)).toEqual([]);
    },
    1000,
  );
});

test("it is the transpose of conv1d: ⟨conv1d(z), x⟩ = ⟨z, conv1dTranspose(x)⟩", async () => {
  for (const options of [{ stride: 2 }, { padding: "same", dilation: 2 }, { stride: 3, padding: "same" }] as const) {
    const at = { x: normal("x", 2, 4, 3), kernel: normal("kernel", 3, 2, 3) };
    const pair = ({ x, kernel }: At<Tensor>) => {
      const back = conv1dTranspose(x, kernel, options),
        z = back.mul(back).add(1);
      return { left: conv1d(z, kernel, options).mul(x).sum(), right: z.mul(back).sum() };
    };
    const { left, right } = await evaluate(backend, pair, at);
    expect(left![0]).toBeCloseTo(right![0]!, 9);
  }
});

// Whole numbers, so that the figures are exact: x[i] = 5i mod 11 − 5, kernel[i] = 3i mod 7 − 3.
describe("Keras 3.15.1 on PyTorch 2.13.0, Conv1DTranspose(2, 3) in float64", () => {
  const x = f64(
    Array.from({ length: 28 }, (_, i) => ((i * 5) % 11) - 5),
    ...[1, 7, 4],
  );
  const kernel = f64(
    Array.from({ length: 24 }, (_, i) => ((i * 3) % 7) - 3),
    ...[3, 2, 4],
  );
  test.each<[options: Conv1dTransposeOptions, figures: readonly number[]]>([
    [{}, [31, -2, -7, 19, -16, 1, -4, -33, 41, -12, -2, -2, -12, 41, -34, -30, 28, 2]],
    [{ padding: "same" }, [-7, 19, -16, 1, -4, -33, 41, -12, -2, -2, -12, 41, -34, -30]],
    [
      { stride: 2 },
      [31, -2, -7, -5, -3, 16, -15, -19, 28, 29, -23, -11, 15, -24, 24, 8, -20, -22, 16, 16, -22, -20, 8, 24, -24, 15, -11, -23, 28, 2],
    ],
    [
      { stride: 2, padding: "same" },
      [31, -2, -7, -5, -3, 16, -15, -19, 28, 29, -23, -11, 15, -24, 24, 8, -20, -22, 16, 16, -22, -20, 8, 24, -24, 15, -11, -23],
    ],
    [
      { stride: 3 },
      [
        31, -2, -7, -5, -3, -8, 0, 24, -15, -19, 26, 1, 2, 28, -23, -11, 22, -1, -7, -23, 24, 8, -15, -3, -5, -19, 16, 16, -19, -5, -3, -15,
        8, 24, -23, -7, -1, 22, -11, -23, 28, 2,
      ],
    ],
    [{ dilation: 2 }, [31, -2, 0, 24, -5, 23, -22, -42, -31, -38, 47, -6, 37, 37, -7, 21, -30, -28, -23, -7, 28, 2]],
  ])("%o", async (options, figures) => {
    expect(await evaluate(backend, transposed(options), { x, kernel })).toEqual({ y: figures });
  });
});

test.each<[string, readonly number[], readonly number[], Conv1dTransposeOptions, string]>([
  ["another rank", [2, 8], [3, 5, 4], {}, "SHAPE_MISMATCH"],
  ["other inputs", [2, 8, 4], [3, 4, 5], {}, "SHAPE_MISMATCH"],
  ["no stride", [2, 8, 4], [3, 5, 4], { stride: 0 }, "INVALID_ARGUMENT"],
  ["a causal one", [2, 8, 4], [3, 5, 4], { padding: "causal" as never }, "INVALID_ARGUMENT"],
])("%s is refused", (_, x, kernel, options, code) => {
  expect(() => conv1dTranspose(constant(1, x), constant(1, kernel), options)).toThrow(expect.objectContaining({ code }));
});
