// Products of two values along an axis of each: figures of Keras, gradients, masks.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { model } from "../models/model.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { dot } from "./dot.ts";
import { input } from "./input.ts";
import type { MergeLayer } from "./merge.ts";
import { specOf } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

function of(layer: MergeLayer, a: readonly number[], b: readonly number[]) {
  const inputs = { a: input({ shape: a }), b: input({ shape: b }) };
  return model({ inputs, outputs: layer([inputs.a, inputs.b]) });
}
const counted = (shape: readonly number[], factor: number, modulus: number, less: number) =>
  f64(
    shape,
    Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => ((i * factor) % modulus) - less),
  );

// Keras 3.15.1 on PyTorch 2.13.0; cosines are computed in float32 there. a[i] = 5i mod 11 − 5, b[i] = 3i mod 7 − 3, both [2, 3, 2].
test.each<[string, MergeLayer, figures: readonly number[], shape: readonly number[]]>([
  ["Dot(axes=-1)", dot({ axes: -1 }), [15, -15, -10, -15, 16, 12, -12, 14, 12, 12, -9, -9, 14, -12, -10, 16, -15, -11], [2, 3, 3]],
  ["Dot(axes=1)", dot({ axes: 1 }), [38, -13, -7, 5, 2, -1, 2, -13], [2, 2, 2]],
  [
    "Dot(axes=-1, normalize=True)",
    dot({ axes: -1, normalize: true }),
    [
      1, -0.9486832618713379, -0.7071067690849304, -0.9805806875228882, 0.9922778606414795, 0.8320502638816833, -0.8944271802902222,
      0.9899494647979736, 0.9486832618713379, 0.8944271802902222, -0.7071067690849304, -0.9486832618713379, 0.9899494647979736,
      -0.8944271802902222, -0.9999999403953552, 0.9922778606414795, -0.9805806875228882, -0.9647638201713562,
    ],
    [2, 3, 3],
  ],
])("%s", async (_, layer, wanted, shape) => {
  for (const backend of Object.values(backends)) {
    const got = await figures(backend, of(layer, [3, 2], [3, 2]), {
      x: { a: counted([2, 3, 2], 5, 11, 5), b: counted([2, 3, 2], 3, 7, 3) },
    });
    expect(got.shape).toEqual(shape);
    got.y.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 6));
    expect(got.wrong).toEqual([]);
  }
});

test("vectors give one number, and an axis of each may be another", async () => {
  const one = await figures(backends.reference, of(dot({ axes: 1 }), [2], [2]), { x: { a: f64([1, 2], [3, 4]), b: f64([1, 2], [5, -1]) } });
  expect([one.shape, one.y]).toEqual([[1, 1], [11]]);
  const crossed = await figures(backends.reference, of(dot({ axes: [1, 2] }), [3, 2], [4, 3]), {
    x: { a: ramp(2, 3, 2), b: ramp(2, 4, 3) },
  });
  expect(crossed.shape).toEqual([2, 2, 4]);
  const [a, b] = [ramp(2, 3, 2).data, ramp(2, 4, 3).data];
  crossed.y.forEach((value, i) => {
    const [row, j, k] = [Math.floor(i / 8), Math.floor(i / 4) % 2, i % 4];
    expect(value).toBeCloseTo(
      [0, 1, 2].reduce((sum, s) => sum + a[row * 6 + s * 2 + j]! * b[row * 12 + k * 3 + s]!, 0),
      12,
    );
  });
  expect(crossed.wrong).toEqual([]);
});

test.each([dot({ axes: -1 }), dot({ axes: 1 }), dot({ axes: 1, normalize: true })])(
  "what stands at steps that do not count changes no number and no gradient, %o",
  async (layer) => {
    const masks = { a: f64([2, 3], [1, 1, 0, 1, 1, 1]), b: f64([2, 3], [1, 0, 1, 1, 1, 0]) };
    const at = (value: number) =>
      figures(backends.reference, of(layer, [3, 2], [3, 2]), {
        x: {
          a: filledAt(ramp(2, 3, 2), masks.a, value),
          b: filledAt(f64([2, 3, 2], [...ramp(2, 3, 2).data].toReversed()), masks.b, value),
        },
        masks,
      });
    const [nan, zero] = [await at(Number.NaN), await at(0)];
    expect([nan.y, nan.mask, nan.gradients]).toEqual([zero.y, zero.mask, zero.gradients]);
    expect(zero.mask).toEqual((layer.config as { readonly axes: number }).axes === -1 ? [...masks.a.data] : undefined);
  },
);

test.each<[string, () => unknown, string]>([
  ["the batch as an axis", () => dot({ axes: 0 }), "INVALID_ARGUMENT"],
  ["three values", () => dot({ axes: 1 }).build([specOf([2], "float"), specOf([2], "float"), specOf([2], "float")], "d"), "INVALID_ARGUMENT"], // prettier-ignore
  ["an axis that one lacks", () => dot({ axes: 2 }).build([specOf([2, 2], "float"), specOf([2], "float")], "d"), "SHAPE_MISMATCH"],
  ["unequal sizes", () => dot({ axes: -1 }).build([specOf([2, 2], "float"), specOf([2, 3], "float")], "d"), "SHAPE_MISMATCH"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
