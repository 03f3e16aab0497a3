// Convolutions as layers: figures of Keras, gradients, masks. `conv1d` itself is core's to test, one step at a time training/stream.test.ts's.
import { initialise, type Weight } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, describe, expect, test } from "vitest";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { conv1D } from "./conv1D.ts";
import { conv1DTranspose } from "./conv1DTranspose.ts";
import { depthwiseConv1D } from "./depthwiseConv1D.ts";
import type { Layer } from "./layer.ts";
import { separableConv1D } from "./separableConv1D.ts";
import { specOf, type Spec } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
const backend = backends.reference;
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

/** i·factor mod modulus − less: whole numbers, so that figures are exact. */
const counted = (shape: readonly number[], factor = 3, modulus = 7, less = 3) =>
  f64(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * factor) % modulus) - less),
  );

describe("Keras 3.15.1 on PyTorch 2.13.0, x[i] = 5i mod 11 − 5, weights[i] = 3i mod 7 − 3", () => {
  const x = counted([1, 7, 4], 5, 11, 5);
  test.each<[title: string, layer: Layer, weights: Readonly<Record<string, readonly number[]>>, figures: readonly number[]]>([
    [
      "Conv1D(2, 3, padding='same', strides=2, activation='relu')",
      conv1D({ filters: 2, kernelSize: 3, padding: "same", strides: 2, activation: "relu" }),
      { "conv1D.kernel": [3, 4, 2] },
      [4, 0, 11, 9, 0, 0, 4, 26],
    ],
    [
      "Conv1D(2, 3, padding='causal', dilation_rate=2)",
      conv1D({ filters: 2, kernelSize: 3, padding: "causal", dilationRate: 2 }),
      { "conv1D.kernel": [3, 4, 2] },
      [-10, -13, 11, -18, -8, -22, 14, 16, 38, 3, -45, 31, -7, -7],
    ],
    [
      "Conv1D(4, 3, padding='same', groups=2)",
      conv1D({ filters: 4, kernelSize: 3, padding: "same", groups: 2 }),
      { "conv1D.kernel": [3, 2, 4] },
      [10, -13, 4, -5, 21, 20, 22, -13, -3, -9, 18, 22, -27, 6, -19, 24, -7, -12, -12, -7, 24, -19, 6, -27, 16, 12, -13, 13],
    ],
    [
      "DepthwiseConv1D(2, depth_multiplier=2, padding='same', strides=2)",
      depthwiseConv1D({ kernelSize: 2, depthMultiplier: 2, padding: "same", strides: 2 }),
      { "depthwiseConv1D.kernel": [2, 4, 2] },
      [15, 12, 2, -4, 4, -7, 8, 3, -6, 0, -17, 14, 4, -3, -17, 15, 6, -12, 8, -1, 4, 1, 2, -6, -15, 0, -3, 1, 8, -8, -2, 6],
    ],
    [
      "DepthwiseConv1D(2, depth_multiplier=2, dilation_rate=2)",
      depthwiseConv1D({ kernelSize: 2, depthMultiplier: 2, dilationRate: 2 }),
      { "depthwiseConv1D.kernel": [2, 4, 2] },
      [
        15, 6, 4, -8, 8, -9, 14, 3, -12, 0, -11, 12, 8, -7, -15, 9, -6, -6, -15, 10, 8, -5, -11, 15, 0, -12, 14, -3, 8, -3, 4, -12, 6, 15,
        10, -5, -14, 10, 8, -6,
      ],
    ],
    [
      "SeparableConv1D(3, 2, depth_multiplier=2, padding='same')",
      separableConv1D({ filters: 3, kernelSize: 2, depthMultiplier: 2, padding: "same" }),
      { "separableConv1D.depthwiseKernel": [2, 4, 2], "separableConv1D.pointwiseKernel": [1, 8, 3] },
      [-68, -11, 25, -1, -11, -28, -44, 66, 29, 45, -44, -35, 13, -44, 11, -8, 33, 46, 7, -4, -43],
    ],
    [
      "Conv1DTranspose(2, 3, padding='same', strides=2)",
      conv1DTranspose({ filters: 2, kernelSize: 3, padding: "same", strides: 2 }),
      { "conv1DTranspose.kernel": [3, 2, 4] },
      [31, -2, -7, -5, -3, 16, -15, -19, 28, 29, -23, -11, 15, -24, 24, 8, -20, -22, 16, 16, -22, -20, 8, 24, -24, 15, -11, -23],
    ],
  ])("%s", async (_, layer, shapes, wanted) => {
    const {
      shape: [, filters = 0],
    } = layer.build(specOf([7, 4], "float"), "test").output as Spec; // of one value
    const kernels = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, counted(shape)]));
    const weights = { ...kernels, [`${layer.kind}.bias`]: f64([filters], new Array<number>(filters).fill(0)) };
    const { y } = await figures(backend, alone(layer, 7, 4), { x: { x }, weights });
    expect(y.map((v) => v + 0)).toEqual(wanted); // no −0
  });
});

const layers: Readonly<Record<string, Layer>> = {
  "conv1D, valid": conv1D({ filters: 3, kernelSize: 2 }),
  "conv1D, same": conv1D({ filters: 2, kernelSize: 3, padding: "same", activation: "tanh" }),
  "conv1D, causal and dilated": conv1D({ filters: 2, kernelSize: 2, padding: "causal", dilationRate: 2, groups: 2 }),
  "conv1D, strided": conv1D({ filters: 2, kernelSize: 3, padding: "causal", strides: 2, useBias: false }),
  conv1DTranspose: conv1DTranspose({ filters: 3, kernelSize: 3, strides: 2 }),
  "conv1DTranspose, same": conv1DTranspose({ filters: 2, kernelSize: 3, padding: "same", activation: "tanh" }),
  depthwiseConv1D: depthwiseConv1D({ kernelSize: 2, depthMultiplier: 2, padding: "causal" }),
  separableConv1D: separableConv1D({ filters: 3, kernelSize: 2, padding: "same" }),
};

test.each(Object.entries(layers))("%s has the gradient that differences say, the same on cpu", async (_, layer) => {
  const given = { x: { x: ramp(2, 5, 2) } };
  const { wrong, y, gradients } = await figures(backend, alone(layer, 5, 2), given);
  expect(wrong).toEqual([]);
  const other = await figures(backends.cpu, alone(layer, 5, 2), given);
  const all = ({ y: first, gradients: rest }: { readonly y: readonly number[]; readonly gradients: typeof gradients }) => [first, ...Object.values(rest)].flat(); // prettier-ignore
  all(other).forEach((value, i) => expect(value).toBeCloseTo(all({ y, gradients })[i]!, 10));
});

const mask = f64([3, 5], [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0]);

test.each(Object.entries(layers))(
  "%s reads zeros at steps that do not count: NaN there changes no number and no gradient",
  async (_, layer) => {
    const at = (value: number) =>
      figures(backend, alone(layer, 5, 2), { x: { x: filledAt(ramp(3, 5, 2), mask, value) }, masks: { x: mask } });
    const [nan, zero] = [await at(Number.NaN), await at(0)];
    expect(nan.y).toEqual(zero.y);
    expect(nan.mask).toEqual(zero.mask);
    expect(nan.gradients).toEqual(zero.gradients);
    expect(nan.y.every(Number.isFinite)).toBe(true);
  },
);

test("a window counts where the step does that it stands at: its last one, with same step t·strides", async () => {
  const of = async (layer: Layer) => (await figures(backend, alone(layer, 5, 2), { x: { x: ramp(3, 5, 2) }, masks: { x: mask } })).mask;
  expect(await of(conv1D({ filters: 1, kernelSize: 2 }))).toEqual([1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0]);
  expect(await of(conv1D({ filters: 1, kernelSize: 3, padding: "same" }))).toEqual([...mask.data]);
  expect(await of(conv1D({ filters: 1, kernelSize: 3, padding: "causal" }))).toEqual([...mask.data]);
  expect(await of(conv1D({ filters: 1, kernelSize: 3, padding: "same", strides: 2 }))).toEqual([1, 1, 0, 1, 1, 1, 1, 1, 0]);
  expect(await of(conv1D({ filters: 1, kernelSize: 2, strides: 2 }))).toEqual([1, 0, 1, 1, 0, 1]);
});

test("of a transposed one strides steps count for each that does, and with valid what the last one reaches", async () => {
  const of = async (layer: Layer, counts: readonly number[]) =>
    (await figures(backend, alone(layer, 3, 2), { x: { x: ramp(1, 3, 2) }, masks: { x: f64([1, 3], counts) } })).mask;
  expect(await of(conv1DTranspose({ filters: 1, kernelSize: 3, strides: 2 }), [1, 1, 0])).toEqual([1, 1, 1, 1, 1, 0, 0]);
  expect(await of(conv1DTranspose({ filters: 1, kernelSize: 3, strides: 2 }), [0, 0, 0])).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(await of(conv1DTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: "same" }), [1, 0, 1])).toEqual([1, 1, 0, 0, 1, 1]);
});

test.each(Object.entries(layers))("%s: a row alone, cut to its length, gives what it gives in a batch", async (_, layer) => {
  const [whole, counts] = [ramp(1, 6, 2), f64([1, 6], [1, 1, 1, 1, 0, 0])];
  const together = await figures(backend, alone(layer, 6, 2), { x: { x: whole }, masks: { x: counts } });
  const cut = await figures(backend, alone(layer, 4, 2), { x: { x: f64([1, 4, 2], [...whole.data.subarray(0, 8)]) } });
  const width = cut.shape.at(-1)!;
  const counting = together.mask!.flatMap((counted, t) => (counted === 0 ? [] : together.y.slice(t * width, (t + 1) * width)));
  expect(counting).toHaveLength(cut.y.length);
  counting.forEach((value, i) => expect(value).toBeCloseTo(cut.y[i]!, 13));
});

test("kernels start as Keras draws them, Glorot uniform over the window, and otherwise as the options say", () => {
  const weightsOf = (layer: Layer) =>
    initialise(layer.build(specOf([9, 4], "float"), "test").weights as Readonly<Record<string, Weight>>, { seed: 1, dtype: "f64" }); // each one weight
  const most = (layer: Layer, name: string) => Math.max(...Array.from(weightsOf(layer)[name]!.data, Math.abs));
  const near = (got: number, limit: number) => expect(got <= limit && got > 0.9 * limit).toBe(true);
  near(most(conv1D({ filters: 60, kernelSize: 3, groups: 2 }), "kernel"), Math.sqrt(6 / (3 * 2 + 3 * 60)));
  near(most(conv1DTranspose({ filters: 60, kernelSize: 3 }), "kernel"), Math.sqrt(6 / (3 * 60 + 3 * 4)));
  near(most(depthwiseConv1D({ kernelSize: 3, depthMultiplier: 20 }), "kernel"), Math.sqrt(6 / (3 * 4 + 3 * 20)));
  near(most(separableConv1D({ kernelSize: 3, filters: 50 }), "pointwiseKernel"), Math.sqrt(6 / (4 + 50)));
  const own = { depthwiseInitializer: "ones", pointwiseInitializer: { constant: 3 }, biasInitializer: "ones" } as const;
  const started = weightsOf(separableConv1D({ kernelSize: 2, filters: 2, ...own }));
  expect(Object.values(started).map(({ data }) => [...new Set(data)])).toEqual([[1], [3], [1]]);
});

test.each<[string, () => unknown, string]>([
  ["filters that are in no such groups", () => conv1D({ filters: 3, kernelSize: 2, groups: 2 }), "INVALID_ARGUMENT"],
  ["inputs that are in no such groups", () => conv1D({ filters: 3, kernelSize: 2, groups: 3 }).build(specOf([5, 2], "float"), "c"), "SHAPE_MISMATCH"], // prettier-ignore
  ["too few steps", () => conv1D({ filters: 3, kernelSize: 3, dilationRate: 2 }).build(specOf([4, 2], "float"), "c"), "SHAPE_MISMATCH"],
  ["no steps", () => depthwiseConv1D({ kernelSize: 2 }).build(specOf([4], "float"), "c"), "SHAPE_MISMATCH"],
  ["indices", () => separableConv1D({ filters: 1, kernelSize: 1 }).build(specOf([4], "i32"), "c"), "DTYPE_MISMATCH"],
  ["a padding that is none", () => conv1D({ filters: 1, kernelSize: 1, padding: "full" as never }), "INVALID_ARGUMENT"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
