// Layers that move what they read, and change no number: axes in another order, steps that come and go.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { cropping1D } from "./cropping1D.ts";
import type { Layer } from "./layer.ts";
import { permute } from "./permute.ts";
import { repeatVector } from "./repeatVector.ts";
import { specOf } from "./spec.ts";
import { upSampling1D } from "./upSampling1D.ts";
import { zeroPadding1D } from "./zeroPadding1D.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));
const both = ["reference", "cpu"] as const;

/** Of x = 1, 2, …; layers of Keras 3 by these names give the same. */
const moves: readonly (readonly [layer: Layer, sample: readonly number[], shape: readonly number[], y: readonly number[]])[] = [
  [permute({ dims: [2, 1] }), [2, 3], [3, 2], [1, 4, 2, 5, 3, 6]],
  [permute({ dims: [1, 3, 2] }), [2, 2, 2], [2, 2, 2], [1, 3, 2, 4, 5, 7, 6, 8]],
  [repeatVector({ n: 3 }), [2], [3, 2], [1, 2, 1, 2, 1, 2]],
  [zeroPadding1D(), [2, 2], [4, 2], [0, 0, 1, 2, 3, 4, 0, 0]],
  [zeroPadding1D({ padding: [0, 2] }), [1, 2], [3, 2], [1, 2, 0, 0, 0, 0]],
  [cropping1D(), [3, 2], [1, 2], [3, 4]],
  [cropping1D({ cropping: [0, 2] }), [3, 1], [1, 1], [1]],
  [upSampling1D(), [2, 2], [4, 2], [1, 2, 1, 2, 3, 4, 3, 4]],
  [upSampling1D({ size: 3 }), [2, 1], [6, 1], [1, 1, 1, 2, 2, 2]],
];
test.each(moves.map((move) => [`${move[0].kind} ${JSON.stringify(move[0].config)}`, ...move] as const))(
  "%s gives the same numbers elsewhere, and takes their gradients back",
  async (_, layer, sample, shape, wanted) => {
    const size = sample.reduce((a, b) => a * b, 1);
    const x = f64(
      [1, ...sample],
      Array.from({ length: size }, (_value, i) => i + 1),
    );
    for (const on of both) {
      const got = await figures(backends[on], alone(layer, ...sample), { x: { x } });
      expect([got.shape, got.y]).toEqual([[1, ...shape], wanted]);
      expect(got.wrong).toEqual([]);
    }
  },
);

const mask = f64([2, 5], [1, 1, 1, 0, 0, 1, 0, 1, 1, 1]);
const masks: readonly (readonly [layer: Layer, mask: readonly (readonly number[])[] | undefined])[] = [
  [permute({ dims: [1, 2] }), [[1, 1, 1, 0, 0], [1, 0, 1, 1, 1]]], // prettier-ignore
  [permute({ dims: [2, 1] }), undefined],
  [zeroPadding1D({ padding: [1, 2] }), [[1, 1, 1, 1, 1, 1, 0, 0], [1, 1, 0, 1, 1, 1, 1, 1]]], // prettier-ignore
  [cropping1D(), [[1, 0, 0], [0, 1, 1]]], // prettier-ignore
  [cropping1D({ cropping: [2, 0] }), [[1, 0, 0], [1, 1, 1]]], // prettier-ignore
  [upSampling1D(), [[1, 1, 1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 1, 1, 1, 1]]], // prettier-ignore
];
test.each(masks.map(([layer, wanted]) => [`${layer.kind} ${JSON.stringify(layer.config)}`, layer, wanted] as const))(
  "%s tells which steps count, and NaN elsewhere changes no number that does and no gradient",
  async (_, layer, wanted) => {
    const at = (value: number) =>
      figures(backends.reference, alone(layer, 5, 2), { x: { x: filledAt(ramp(2, 5, 2), mask, value) }, masks: { x: mask } });
    const [nan, zero] = [await at(Number.NaN), await at(0)];
    expect(zero.mask).toEqual(wanted?.flat());
    expect(nan.gradients).toEqual(zero.gradients);
    expect(zero.wrong).toEqual([]);
    const counting = (y: readonly number[]) => y.filter((_value, i) => zero.mask === undefined || zero.mask[Math.floor(i / 2)] !== 0);
    expect(counting(nan.y)).toEqual(counting(zero.y));
  },
);

test.each<[string, () => unknown, string]>([
  ["an axis twice", () => permute({ dims: [1, 1] }), "INVALID_ARGUMENT"],
  ["the batch in another place", () => permute({ dims: [0, 1] }), "INVALID_ARGUMENT"],
  ["another number of axes", () => permute({ dims: [2, 1] }).build(specOf([2], "float"), "p"), "SHAPE_MISMATCH"],
  ["steps to be repeated", () => repeatVector({ n: 2 }).build(specOf([2, 2], "float"), "r"), "SHAPE_MISMATCH"],
  ["padding of −1", () => zeroPadding1D({ padding: -1 }), "INVALID_ARGUMENT"],
  ["padding at three ends", () => zeroPadding1D({ padding: [1, 1, 1] as never }), "INVALID_ARGUMENT"],
  ["nothing left", () => cropping1D({ cropping: [2, 2] }).build(specOf([4, 2], "float"), "c"), "SHAPE_MISMATCH"],
  ["no steps at all", () => upSampling1D({ size: 0 }), "INVALID_ARGUMENT"],
  ["indices", () => upSampling1D().build(specOf([4], "i32"), "u"), "DTYPE_MISMATCH"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
