// The layers that are functions of each element, or nearly: relu, leakyRelu, elu, prelu, softmax.
import type { SluiceError, Weight } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { activation } from "./activation.ts";
import { dense } from "./dense.ts";
import { elu } from "./elu.ts";
import type { Layer } from "./layer.ts";
import { leakyRelu } from "./leakyRelu.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { softmax } from "./softmax.ts";
import { specOf } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
const backend = backends.reference;
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

const values = async (layer: Layer, x: readonly number[]) =>
  (await figures(backend, alone(layer, x.length), { x: { x: f64([1, x.length], x) } })).y;
const alpha = { weights: { "prelu.alpha": f64([1, 2], [0.25, -0.5]) } };
const layers: Readonly<Record<string, Layer>> = {
  relu: relu(),
  "relu with all options": relu({ negativeSlope: 0.1, maxValue: 0.6, threshold: 0.3 }),
  leakyRelu: leakyRelu(),
  elu: elu({ alpha: 0.7 }),
  prelu: prelu({ sharedAxes: [1] }),
  "prelu of each element": prelu(),
  softmax: softmax(),
  "softmax over the steps": softmax({ axis: 1 }),
};
const row = f64([2, 3], [1, 1, 0, 0, 1, 0]);

test.each(Object.entries(layers).flatMap(([title, layer]) => (["reference", "cpu"] as const).map((on) => [title, on, layer] as const)))(
  "%s on %s has the gradient that differences say, with a mask and without",
  async (title, on, layer) => {
    for (const masks of [{}, { x: row }]) {
      const given = { x: { x: ramp(2, 3, 2) }, masks, ...(title === "prelu" && alpha) };
      expect((await figures(backends[on], alone(layer, 3, 2), given)).wrong).toEqual([]);
    }
  },
);

test.each(Object.entries(layers).filter(([title]) => title !== "elu" && title !== "softmax"))(
  "%s: what stands at steps that do not count, NaN included, changes no number and no gradient",
  async (_, layer) => {
    const at = (value: number) =>
      figures(backend, alone(layer, 3, 2), { x: { x: filledAt(ramp(2, 3, 2), row, value) }, masks: { x: row } });
    const [zeros, nans] = [await at(0), await at(NaN)];
    const counted = (y: readonly number[]) => y.filter((_, i) => row.data[Math.floor(i / 2)] !== 0);
    expect(counted(nans.y)).toEqual(counted(zeros.y));
    expect(nans.gradients).toEqual(zeros.gradients);
  },
);

test("each is its formula, with its options", async () => {
  const x = [-Infinity, -2, -0.5, 0, 0.2, 0.5, 3, Infinity];
  expect(await values(relu(), x)).toEqual([0, 0, 0, 0, 0.2, 0.5, 3, Infinity]);
  expect(await values(relu({ maxValue: 1, threshold: 0.3 }), x)).toEqual([0, 0, 0, 0, 0, 0.5, 1, 1]);
  const bent = await values(relu({ negativeSlope: 0.5, threshold: 1 }), x);
  [-Infinity, -1.5, -0.75, -0.5, -0.4, -0.25, 3, Infinity].forEach((y, i) => expect(bent[i]).toBeCloseTo(y, 14));
  expect(await values(leakyRelu(), x)).toEqual(x.map((v) => (v > 0 ? v : 0.3 * v)));
  expect((await values(leakyRelu({ negativeSlope: 0 }), x))[0]).toBe(0);
  expect(await values(elu({ alpha: 2 }), x)).toEqual(x.map((v) => (v > 0 ? v : 2 * Math.expm1(v))));
});

test("prelu has an alpha for each element, or one along the axes that share it", async () => {
  const x = f64([2, 3, 2], [1, -1, -2, -2, 3, -3, -1, 1, -2, 2, -3, -3]);
  const { y } = await figures(backend, alone(prelu({ sharedAxes: [1] }), 3, 2), { x: { x }, ...alpha });
  expect(y).toEqual([...x.data].map((v, i) => (v > 0 ? v : v * (i % 2 === 0 ? 0.25 : -0.5))));
  const shapeOf = (sharedAxes: readonly number[]) =>
    Object.values((prelu({ sharedAxes }).build(specOf([3, 2], "float"), "test").weights as { readonly alpha: Weight }).alpha.axes); // its only one
  expect([[], [1], [2], [1, 2]].map(shapeOf)).toEqual([[3, 2], [1, 2], [3, 1], [1, 1]]); // prettier-ignore
  expect((await figures(backend, alone(prelu(), 3, 2), { x: { x } })).y.map((v) => v + 0)).toEqual([...x.data].map((v) => Math.max(v, 0)));
});

test("softmax adds up to 1 along its axis, over the steps those that count, and a loss reads what lies in front of it", async () => {
  const x = ramp(2, 3, 2);
  const { y } = await figures(backend, alone(softmax({ axis: -2 }), 3, 2), { x: { x }, masks: { x: row } });
  const e = [...x.data].map((v, i) => (row.data[Math.floor(i / 2)] === 0 ? 0 : Math.exp(v)));
  const total = (i: number) => [0, 1, 2].reduce((sum, step) => sum + e[Math.floor(i / 6) * 6 + step * 2 + (i % 2)]!, 0);
  y.forEach((p, i) => expect(p).toBeCloseTo(e[i]! / total(i), 12));
  const none = await figures(backend, alone(softmax({ axis: 1 }), 3, 2), { x: { x }, masks: { x: f64([2, 3], [0, 0, 0, 1, 1, 1]) } });
  expect(none.y.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy", seed: 1 } as const;
  const data = { x: [[0.1, 0.5], [0.9, -0.4], [0.3, 0.3]], y: new Int32Array([0, 1, 2]) }; // prettier-ignore
  using within = await sequential([dense({ units: 3, activation: "softmax" })]).compile(options);
  using behind = await sequential([dense({ units: 3 }), softmax()]).compile(options);
  for (const trainer of [within, behind]) await trainer.fit(data, { epochs: 3 });
  expect(await behind.weights()).toEqual(await within.weights());
});

test("logSoftmax is the logarithm of softmax, and swish is silu", async () => {
  const x = [-1, 0.5, 2];
  const softened = await values(softmax(), x);
  (await values(activation({ activation: "logSoftmax" }), x)).forEach((y, i) => expect(y).toBeCloseTo(Math.log(softened[i]!), 12));
  expect(await values(activation({ activation: "swish" }), x)).toEqual(await values(activation({ activation: "silu" }), x));
  expect(await values(activation({ activation: "hardSwish" }), x)).toEqual(await values(activation({ activation: "hardSilu" }), x));
});

test("what is the same at each step runs step by step", () => {
  const isStepwise = (layer: Layer) => layer.build(specOf([3, 2], "float"), "test").stepwise === "pointwise";
  expect(Object.values(layers).map(isStepwise)).toEqual([true, true, true, true, true, false, true, false]);
});

const build = (layer: Layer, shape: readonly number[]) => layer.build(specOf(shape, "float"), "test");
const refusals: readonly [title: string, code: SluiceError["code"], message: string, attempt: () => unknown][] = [
  ["a slope below 0", "INVALID_ARGUMENT", "negativeSlope", () => relu({ negativeSlope: -1 })],
  ["the batch as an axis", "INVALID_ARGUMENT", "axis", () => softmax({ axis: 0 })],
  ["an axis that there is not", "SHAPE_MISMATCH", "axes 3 beside the batch", () => build(softmax({ axis: 3 }), [3, 2])],
  ["a shared axis that there is not", "SHAPE_MISMATCH", "an axis 3", () => build(prelu({ sharedAxes: [3] }), [3, 2])],
  ["the logSoftmax of one number", "SHAPE_MISMATCH", "got x [batch]", () => build(activation({ activation: "logSoftmax" }), [])],
];
test.each(refusals)("%s is refused", (_, code, message, attempt) => {
  expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});
