// Pooling over windows of steps: figures of Keras, gradients, masks.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { averagePooling1D } from "./averagePooling1D.ts";
import type { Layer } from "./layer.ts";
import { maxPooling1D } from "./maxPooling1D.ts";
import { specOf } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));
const both = ["reference", "cpu"] as const;

// Keras 3.15.1 on PyTorch 2.13.0, x[i] = 5i mod 11 − 5.
const x = f64(
  [1, 7, 4],
  Array.from({ length: 28 }, (_, i) => ((i * 5) % 11) - 5),
);
test.each<[string, Layer, readonly number[]]>([
  ["MaxPooling1D(3)", maxPooling1D({ poolSize: 3 }), [4, 0, 5, -1, 0, 5, -1, 4]],
  [
    "MaxPooling1D(3, strides=2, padding='same')",
    maxPooling1D({ poolSize: 3, strides: 2, padding: "same" }),
    [4, 0, 5, -1, 4, 5, 3, 4, 0, 5, -1, 4, 5, 1, 4, 0],
  ],
  ["AveragePooling1D()", averagePooling1D(), [-0.5, -1, 4, -2, 1, 0.5, 0, -0.5, -3, 2, -4, 1]],
  [
    "AveragePooling1D(3, strides=2, padding='same')",
    averagePooling1D({ poolSize: 3, strides: 2, padding: "same" }),
    [-0.5, -1, 4, -2, 2, -1 / 3, 1, -4 / 3, -2, 3, -3, 2, 0.5, 0, -0.5, -1],
  ],
])("%s", async (_, layer, wanted) => {
  for (const on of both) {
    const { y, wrong } = await figures(backends[on], alone(layer, 7, 4), { x: { x } });
    expect(y).toHaveLength(wanted.length);
    y.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 14));
    if (layer.kind === "averagePooling1D") expect(wrong).toEqual([]);
  }
});

const pools: Readonly<Record<string, Layer>> = {
  max: maxPooling1D({ poolSize: 2 }),
  average: averagePooling1D({ poolSize: 2 }),
  "overlapping max": maxPooling1D({ poolSize: 3, strides: 1, padding: "same" }),
  "overlapping average": averagePooling1D({ poolSize: 3, strides: 1, padding: "same" }),
};

test.each(Object.entries(pools))(
  "%s is of the steps that count: NaN elsewhere changes nothing, and gradients are right",
  async (_, layer) => {
    const mask = f64([2, 6], [1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1]);
    for (const on of both) {
      const at = (value: number) =>
        figures(backends[on], alone(layer, 6, 2), { x: { x: filledAt(ramp(2, 6, 2), mask, value) }, masks: { x: mask } });
      const [nan, zero] = [await at(Number.NaN), await at(0)];
      expect([nan.y, nan.mask, nan.gradients]).toEqual([zero.y, zero.mask, zero.gradients]);
      expect(zero.wrong).toEqual([]);
      expect(nan.y.every(Number.isFinite)).toBe(true);
    }
  },
);

test("what counts is the mean and the maximum of what counts, and a row alone gives what it gives in a batch", async () => {
  const [rows, mask] = [f64([1, 6, 1], [3, 5, NaN, 1, 9, NaN]), f64([1, 6], [1, 1, 0, 1, 1, 0])];
  const of = async (layer: Layer) => {
    const { y, mask: counts } = await figures(backends.reference, alone(layer, 6, 1), { x: { x: rows }, masks: { x: mask } });
    return { y, counts };
  };
  expect(await of(maxPooling1D())).toEqual({ y: [5, 1, 9], counts: [1, 1, 0] }); // a window that ends where a row does not
  expect(await of(averagePooling1D())).toEqual({ y: [4, 1, 9], counts: [1, 1, 0] });
  for (const layer of Object.values(pools)) {
    const whole = ramp(1, 7, 2);
    const together = await figures(backends.reference, alone(layer, 7, 2), { x: { x: whole }, masks: { x: f64([1, 7], [1, 1, 1, 1, 1, 0, 0]) } }); // prettier-ignore
    const cut = await figures(backends.reference, alone(layer, 5, 2), { x: { x: f64([1, 5, 2], [...whole.data.subarray(0, 10)]) } });
    expect(together.mask!.flatMap((counted, t) => (counted === 0 ? [] : together.y.slice(2 * t, 2 * t + 2)))).toEqual(cut.y);
  }
});

test.each<[string, () => unknown, string]>([
  ["a window of nothing", () => maxPooling1D({ poolSize: 0 }), "INVALID_ARGUMENT"],
  ["a causal pooling", () => averagePooling1D({ padding: "causal" as never }), "INVALID_ARGUMENT"],
  ["too few steps", () => maxPooling1D({ poolSize: 5 }).build(specOf([4, 2], "float"), "pool"), "SHAPE_MISMATCH"],
  ["no steps", () => averagePooling1D().build(specOf([4], "float"), "pool"), "SHAPE_MISMATCH"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
