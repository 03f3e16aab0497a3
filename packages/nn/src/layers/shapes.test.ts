// Layers without weights that change what a value looks like or which of its steps count: activation, reshape, flatten, masking, pooling.
import type { SluiceError } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { activation } from "./activation.ts";
import { dense } from "./dense.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePooling1D } from "./globalAveragePooling1D.ts";
import { globalMaxPooling1D } from "./globalMaxPooling1D.ts";
import type { Layer } from "./layer.ts";
import { lstm } from "./lstm.ts";
import { masking } from "./masking.ts";
import { reshape } from "./reshape.ts";
import { specOf, type Spec } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
const backend = backends.reference;
const names = Object.keys(backends) as (keyof typeof backends)[];
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

const row = f64([2, 3], [1, 1, 0, 0, 1, 0]);
const sample = specOf([3, 2], "float");
const build = (layer: Layer, spec: Spec) => layer.build(spec, "test");
const layers: Readonly<Record<string, Layer>> = {
  "activation relu": activation({ activation: "relu" }),
  "activation softmax": activation({ activation: "softmax" }),
  "reshape that parts features": reshape({ targetShape: [3, 2, 1] }),
  "reshape that ends the steps": reshape({ targetShape: [2, -1] }),
  flatten: flatten(),
  masking: masking(),
  globalAveragePooling1D: globalAveragePooling1D(),
  "globalAveragePooling1D that keeps its axis": globalAveragePooling1D({ keepDims: true }),
  globalMaxPooling1D: globalMaxPooling1D(),
};

test.each(names.flatMap((on) => Object.entries(layers).map(([title, layer]) => [title, on, layer] as const)))(
  "%s on %s has the gradient that differences say, and the shape that it tells, with a mask and without",
  async (_, on, layer) => {
    for (const masks of [{}, { x: row }]) {
      const { wrong, shape } = await figures(backends[on], alone(layer, 3, 2), { x: { x: ramp(2, 3, 2) }, masks });
      expect(wrong).toEqual([]);
      expect(shape).toEqual([2, ...(build(layer, sample).output as Spec).shape]); // of one value
    }
  },
);

test.each(Object.entries(layers).filter(([title]) => !title.startsWith("activation")))(
  "%s: what stands at steps that do not count, NaN included, changes no number and no gradient",
  async (_, layer) => {
    const at = (value: number) =>
      figures(backend, alone(layer, 3, 2), { x: { x: filledAt(ramp(2, 3, 2), row, value) }, masks: { x: row } });
    const [zeros, nans, large] = [await at(0), await at(NaN), await at(1e3)];
    const counted = (y: readonly number[]) =>
      y.filter((_, i) => zeros.mask === undefined || zeros.mask[Math.floor(i / (y.length / 6))] !== 0);
    for (const other of [nans, large]) {
      expect(counted(other.y)).toEqual(counted(zeros.y));
      expect(counted(other.gradients["x"]!)).toEqual(counted(zeros.gradients["x"]!));
    }
    expect(zeros.gradients["x"]!.filter((_, i) => row.data[Math.floor(i / 2)] === 0).every((slope) => slope === 0)).toBe(true);
  },
);

test("activation is its function, and a loss reads what lies in front of it", async () => {
  const x = ramp(2, 3);
  const { y } = await figures(backend, alone(activation({ activation: "softmax" }), 3), { x: { x } });
  const e = [...x.data].map(Math.exp);
  y.forEach((p, i) => expect(p).toBeCloseTo(e[i]! / e.slice(i - (i % 3), i - (i % 3) + 3).reduce((a, b) => a + b), 12));
  const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy", seed: 1 } as const;
  const data = { x: [[0.1, 0.5], [0.9, -0.4], [0.3, 0.3]], y: new Int32Array([0, 1, 2]) }; // prettier-ignore
  using within = await sequential([dense({ units: 3, activation: "softmax" })]).compile(options);
  using behind = await sequential([dense({ units: 3 }), activation({ activation: "softmax" })]).compile(options);
  for (const trainer of [within, behind]) await trainer.fit(data, { epochs: 3 });
  expect(await behind.weights()).toEqual(await within.weights());
  expect(await behind.predict(data.x)).toEqual(await within.predict(data.x));
});

test("reshape and flatten keep every element in its place", async () => {
  const anySizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(anySizes, fc.nat(), async (shape, cut) => {
      const at = cut % shape.length;
      const targetShape = [...shape.slice(0, at), -1];
      const [x, size] = [ramp(2, ...shape), (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1)];
      const reshaped = await figures(backend, alone(reshape({ targetShape }), ...shape), { x: { x } });
      const flat = await figures(backend, alone(flatten(), ...shape), { x: { x } });
      expect(reshaped.shape).toEqual([2, ...targetShape.slice(0, -1), size(shape.slice(at))]);
      expect(flat.shape).toEqual([2, size(shape)]);
      for (const { y } of [reshaped, flat]) expect(y).toEqual([...x.data]);
    }),
    { numRuns: 15 },
  );
});

test("axes that reshape leaves as they are keep their names, and steps their mask", async () => {
  const axes = (shape: readonly number[], targetShape: readonly number[]) =>
    (build(reshape({ targetShape }), specOf(shape, "float")).output as Spec).axes;
  expect(axes([4, 6], [4, 2, 3])).toEqual(["steps", "axis2", "features"]);
  expect(axes([4, 6], [2, 2, 6])).toEqual(["axis1", "axis2", "features"]);
  expect(axes([4, 6], [-1])).toEqual(["features"]);
  expect(axes([12], [3, 4])).toEqual(["steps", "features"]);
  expect(axes([4, 6], [4, 6])).toEqual(["steps", "features"]);
  const keeps = await figures(backend, alone(reshape({ targetShape: [3, 2, 1] }), 3, 2), { x: { x: ramp(2, 3, 2) }, masks: { x: row } });
  expect(keeps.mask).toEqual([...row.data]);
  for (const layer of [reshape({ targetShape: [6] }), flatten()])
    expect((await figures(backend, alone(layer, 3, 2), { x: { x: ramp(2, 3, 2) }, masks: { x: row } })).mask).toBeUndefined();
});

test("masking: steps all of whose features are its value do not count from here on", async () => {
  const x = f64([2, 3, 2], [1, 5, 5, 5, 5, 0, 0, 0, 5, 5, 5, NaN]);
  const { y, mask } = await figures(backend, alone(masking({ maskValue: 5 }), 3, 2), { x: { x } });
  expect(mask).toEqual([1, 0, 1, 1, 0, 1]);
  expect(y).toEqual([1, 5, 0, 0, 5, 0, 0, 0, 0, 0, 5, NaN]);
  const both = await figures(backend, alone(masking({ maskValue: 5 }), 3, 2), {
    x: { x },
    masks: { x: f64([2, 3], [1, 1, 0, 1, 1, 0]) },
  });
  expect(both.mask).toEqual([1, 0, 0, 1, 0, 0]);
  const recurrent = sequential([masking({ maskValue: -1 }), lstm({ units: 2 })]);
  using trainer = await recurrent.compile({ backend, seed: 1 });
  const [padded, short] = [await trainer.predict([[[1], [2], [-1]]]), await trainer.predict([[[1], [2]]])];
  expect(padded).toEqual(short);
});

test("pooling is the mean and the maximum over the steps that count, and 0 where none does", async () => {
  const mask = f64([2, 3], [1, 0, 1, 0, 0, 0]);
  const x = f64([2, 3, 2], [1, -2, 7, 9, -3, -4, 1, 2, 3, 4, 5, 6]);
  const pooled = (layer: Layer, masks: object) => figures(backend, alone(layer, 3, 2), { x: { x }, masks: masks as { x: typeof mask } });
  expect(await pooled(globalAveragePooling1D(), { x: mask })).toMatchObject({ y: [-1, -3, 0, 0], shape: [2, 2] });
  expect(await pooled(globalMaxPooling1D(), { x: mask })).toMatchObject({ y: [1, -2, 0, 0], shape: [2, 2] });
  expect((await pooled(globalAveragePooling1D(), {})).y).toEqual([5 / 3, 1, 3, 4]);
  expect((await pooled(globalMaxPooling1D(), {})).y).toEqual([7, 9, 5, 6]);
  const one = { x: f64([2, 3], [0, 1, 0, 0, 0, 1]) };
  const kept = await pooled(globalMaxPooling1D({ keepDims: true }), one);
  expect(kept).toMatchObject({ y: [7, 9, 5, 6], shape: [2, 1, 2], mask: undefined });
});

test("what reads all steps does not go one step at a time, and what is pointwise does", () => {
  const pointwise = (layer: Layer, ...shape: readonly number[]) => build(layer, specOf(shape, "float")).stepwise === "pointwise";
  expect([activation({ activation: "tanh" }), masking()].map((layer) => pointwise(layer, 3, 2))).toEqual([true, true]);
  expect([globalAveragePooling1D(), globalMaxPooling1D(), flatten()].map((layer) => pointwise(layer, 3, 2))).toEqual([false, false, false]);
  expect(pointwise(reshape({ targetShape: [3, 1, 2] }), 3, 2)).toBe(true);
  expect(pointwise(reshape({ targetShape: [2, 3] }), 3, 2)).toBe(false);
  expect(pointwise(reshape({ targetShape: [2, 3] }), 6)).toBe(false); // each step would become a sequence
  expect(pointwise(flatten(), 6)).toBe(true);
});

const refusals: readonly [title: string, code: SluiceError["code"], message: string, attempt: () => unknown][] = [
  ["an unknown activation", "INVALID_ARGUMENT", "activation must be one of", () => activation({ activation: "swoosh" as "relu" })],
  ["the softmax of one number", "SHAPE_MISMATCH", "got x [batch]", () => build(activation({ activation: "softmax" }), specOf([], "float"))],
  ["two sizes left open", "INVALID_ARGUMENT", "one may be -1, got [-1, -1]", () => reshape({ targetShape: [-1, -1] })],
  ["a size of 0", "INVALID_ARGUMENT", "targetShape", () => reshape({ targetShape: [0] })],
  [
    "another number of elements",
    "SHAPE_MISMATCH",
    "test: needs as many elements as [batch, 4, -1], got x [batch, steps 3, features 2]",
    () => build(reshape({ targetShape: [4, -1] }), sample),
  ],
  ["fewer elements", "SHAPE_MISMATCH", "as many elements", () => build(reshape({ targetShape: [5] }), sample)],
  ["a value that is no number", "INVALID_ARGUMENT", "maskValue", () => masking({ maskValue: NaN })],
  ["the steps of a vector", "SHAPE_MISMATCH", "needs x [batch, steps, features]", () => build(globalMaxPooling1D(), specOf([3], "float"))],
  ["no steps to mask", "SHAPE_MISMATCH", "needs x [batch, steps, features]", () => build(masking(), specOf([3], "float"))],
];
const numbersOnly = [activation({ activation: "relu" }), reshape({ targetShape: [-1] }), flatten(), masking(), globalAveragePooling1D()];
test.each(refusals)("%s: %s", (_, code, message, attempt) => {
  expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});

test.each(numbersOnly.map((layer) => [layer.kind, layer] as const))("%s refuses indices", (_, layer) => {
  expect(() => build(layer, specOf([3], "i32"))).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH", who: "test" }));
});
