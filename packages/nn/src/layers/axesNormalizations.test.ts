// Normalisations over other axes than the last: figures of Keras and PyTorch, plain numbers, gradients, masks.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, describe, expect, test } from "vitest";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { groupNormalization } from "./groupNormalization.ts";
import type { Layer } from "./layer.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { specOf } from "./spec.ts";
import { unitNormalization } from "./unitNormalization.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));
const both = ["reference", "cpu"] as const;

const counted = (...shape: readonly number[]) =>
  f64(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 5) % 11) - 5),
  );

// Keras computes these in float32.
describe("x[i] = 5i mod 11 − 5", () => {
  test.each<[title: string, layer: Layer, shape: readonly number[], figures: readonly number[]]>([
    [
      "PyTorch 2.13.0, F.layer_norm(x, (3, 2), eps=1e-3)",
      layerNormalization({ axis: [1, 2] }),
      [2, 3, 2],
      [
        -1.50365719, -0.04850507, 1.40664705, -0.3395355, 1.11561663, -0.63056592, 1.2864685, -0.64323425, 0.96485138, -0.96485138,
        0.64323425, -1.2864685,
      ],
    ],
    [
      "Keras 3.15.1, GroupNormalization(groups=2)",
      groupNormalization({ groups: 2 }),
      [1, 3, 8],
      [
        -1.40294921, 0.18529518, 1.77353966, -0.13235371, 1.2038157, -0.68041754, 0.88977683, -0.99445641, 0.82059294, -1.08530033,
        0.50294405, -1.40294921, -0.05233981, 1.51785457, -0.36637869, 1.2038157, -0.45000261, 1.13824189, -0.7676515, 0.82059294,
        -1.30849528, 0.26169905, -1.62253416, -0.05233981,
      ],
    ],
    [
      "Keras 3.15.1, GroupNormalization(groups=-1)",
      groupNormalization({ groups: -1 }),
      [1, 3, 8],
      [
        -1.16240573, 0.11624058, 1.22468746, 0.11624059, 1.22468746, -1.16240573, 1.22468746, -1.16240573, 1.27864623, -1.27864623, 0.0,
        -1.27864623, 0.0, 1.27864623, 0.0, 1.27864623, -0.11624056, 1.16240573, -1.22468746, 1.16240573, -1.22468746, -0.11624059,
        -1.22468746, -0.11624058,
      ],
    ],
    [
      "Keras 3.15.1, UnitNormalization()",
      unitNormalization(),
      [2, 3, 2],
      [
        -1.00000001, 0.0, 0.98058067, -0.19611613, 0.89442718, -0.44721359, 0.70710678, -0.70710678, 0.44721359, -0.89442718, 0.19611613,
        -0.98058067,
      ],
    ],
    [
      "Keras 3.15.1, UnitNormalization(axis=[1, 2])",
      unitNormalization({ axis: [1, 2] }),
      [2, 3, 2],
      [-0.59339084, 0.0, 0.59339084, -0.11867817, 0.47471267, -0.23735633, 0.375, -0.375, 0.25, -0.5, 0.125, -0.625],
    ],
  ])("%s", async (_, layer, [batch = 1, ...shape], wanted) => {
    for (const on of both) {
      const { y } = await figures(backends[on], alone(layer, ...shape), { x: { x: counted(batch, ...shape) } });
      expect(y).toHaveLength(wanted.length);
      y.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 6));
    }
  });
});

const layers: Readonly<Record<string, Layer>> = {
  "layerNormalization over the steps": layerNormalization({ axis: 1 }),
  "layerNormalization over both": layerNormalization({ axis: [-1, 1], center: false }),
  groupNormalization: groupNormalization({ groups: 2 }),
  "groupNormalization of each feature": groupNormalization({ groups: -1, scale: false }),
  unitNormalization: unitNormalization(),
  "unitNormalization along the steps": unitNormalization({ axis: 1 }),
};

test.each(Object.entries(layers))("%s has the gradient that differences say", async (_, layer) => {
  for (const on of both) expect((await figures(backends[on], alone(layer, 3, 4), { x: { x: ramp(2, 3, 4) } })).wrong).toEqual([]);
});

test.each(Object.entries(layers))(
  "%s is of the steps that count: NaN elsewhere changes no number, padding neither, and gradients are right",
  async (_, layer) => {
    const [whole, mask] = [ramp(1, 5, 4), f64([1, 5], [1, 1, 1, 0, 0])];
    const at = (value: number) =>
      figures(backends.reference, alone(layer, 5, 4), { x: { x: filledAt(whole, mask, value) }, masks: { x: mask } });
    const [nan, zero] = [await at(Number.NaN), await at(0)];
    const counting = (of: readonly number[]) => of.slice(0, 12);
    expect(counting(nan.y)).toEqual(counting(zero.y));
    expect(counting(nan.gradients["x"] ?? [])).toEqual(counting(zero.gradients["x"] ?? [])); // elsewhere what is pointwise takes NaN to NaN
    expect(nan.gradients["params"]).toEqual(zero.gradients["params"]);
    expect(zero.wrong).toEqual([]);
    const cut = await figures(backends.reference, alone(layer, 3, 4), { x: { x: f64([1, 3, 4], [...whole.data.subarray(0, 12)]) } });
    counting(zero.y).forEach((value, i) => expect(value).toBeCloseTo(cut.y[i] ?? NaN, 12));
  },
);

test("nothing is normalised to length 1 of nothing, and a row without steps is finite", async () => {
  const zeros = f64([1, 2, 2], [0, 0, 3, 4]);
  const unit = await figures(backends.reference, alone(unitNormalization(), 2, 2), { x: { x: zeros } });
  expect(unit.y).toEqual([0, 0, 0.6000000000000001, 0.8]);
  expect(unit.gradients["x"]?.every(Number.isFinite)).toBe(true);
  const none = { x: { x: ramp(1, 2, 4) }, masks: { x: f64([1, 2], [0, 0]) } };
  for (const layer of Object.values(layers)) expect((await figures(backends.reference, alone(layer, 2, 4), none)).y.every(Number.isFinite)).toBe(true); // prettier-ignore
});

test.each<[string, () => unknown, string]>([
  ["the batch as an axis", () => layerNormalization({ axis: 0 }), "INVALID_ARGUMENT"],
  ["no axis", () => unitNormalization({ axis: [] }).build(specOf([2, 2], "float"), "n"), "INVALID_ARGUMENT"],
  ["an axis twice", () => layerNormalization({ axis: [2, -1] }).build(specOf([2, 2], "float"), "n"), "INVALID_ARGUMENT"],
  ["an axis that there is not", () => layerNormalization({ axis: 3 }).build(specOf([2, 2], "float"), "n"), "SHAPE_MISMATCH"],
  ["features in no such groups", () => groupNormalization({ groups: 3 }).build(specOf([2, 4], "float"), "n"), "SHAPE_MISMATCH"],
  ["no groups", () => groupNormalization({ groups: 0 }), "INVALID_ARGUMENT"],
  ["indices", () => unitNormalization().build(specOf([4], "i32"), "n"), "DTYPE_MISMATCH"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
