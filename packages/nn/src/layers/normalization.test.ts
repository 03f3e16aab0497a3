// Data scaled within a model: plain numbers, gradients, masks, files, streams, and what is refused.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adam, dense, deserialize, gru, input, sequential, serialize } from "../index.ts";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import type { Layer } from "./layer.ts";
import { normalization } from "./normalization.ts";
import { rescaling } from "./rescaling.ts";
import { specOf } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));
const both = ["reference", "cpu"] as const;

/** What one feature of number `f` becomes, in plain numbers. */
const plain: readonly [title: string, layer: Layer, of: (x: number, f: number) => number][] = [
  [
    "a mean and variance for each",
    normalization({ mean: [1, -2], variance: [4, 0.25] }),
    (x, f) => (f === 0 ? (x - 1) / 2 : (x + 2) / 0.5),
  ],
  ["one for all", normalization({ mean: 3, variance: 2 }), (x) => (x - 3) / Math.sqrt(2)],
  ["the way back", normalization({ mean: [1, -2], variance: 4, invert: true }), (x, f) => x * 2 + (f === 0 ? 1 : -2)],
  ["weights as they start", normalization(), (x) => x],
  ["a scale and offset", rescaling({ scale: 1 / 255, offset: -1 }), (x) => x / 255 - 1],
  ["a scale and offset for each", rescaling({ scale: [2, -1], offset: [0, 5] }), (x, f) => (f === 0 ? 2 * x : 5 - x)],
];

test.each(plain)("%s: what the formula says of each number, and the gradient that differences say", async (_, layer, of) => {
  const x = ramp(2, 3, 2);
  for (const on of both) {
    const { y, wrong } = await figures(backends[on], alone(layer, 3, 2), { x: { x } });
    y.forEach((value, i) => expect(value / (of(x.data[i] ?? NaN, i % 2) || 1)).toBeCloseTo(1, 12));
    expect(wrong).toEqual([]);
  }
});

test.each(plain)("%s: the mask goes on, and NaN at steps that do not count changes none that do", async (_, layer) => {
  const [x, mask] = [ramp(1, 4, 2), f64([1, 4], [1, 1, 0, 0])];
  const at = async (value: number) =>
    figures(backends.reference, alone(layer, 4, 2), { x: { x: filledAt(x, mask, value) }, masks: { x: mask }, measures: false });
  const [nan, zero] = [await at(NaN), await at(0)];
  expect(nan.mask).toEqual([1, 1, 0, 0]);
  expect(nan.y.slice(0, 4)).toEqual(zero.y.slice(0, 4));
});

test("by less than 10⁻⁷ nothing is divided, as in Keras: what never varies becomes 0", async () => {
  const layer = normalization({ mean: [5, 0], variance: [0, 1e-20] });
  const { y } = await figures(backends.reference, alone(layer, 2), { x: { x: f64([2, 2], [5, 1e-7, 5, 0]) }, measures: false });
  expect(y).toEqual([0, 1, 0, 0]);
});

test("the way back undoes the way there, whatever the statistics", async () => {
  const number = fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    column = fc.record({ mean: number, deviation: fc.double({ min: 1e-3, max: 1e3, noNaN: true }) });
  await fc.assert(
    fc.asyncProperty(column, column, fc.tuple(number, number), async (a, b, values) => {
      const statistics = { mean: [a.mean, b.mean], variance: [a.deviation ** 2, b.deviation ** 2] };
      const there = sequential([normalization(statistics), normalization({ ...statistics, invert: true })]);
      await using trainer = await there.compile({ backend: backends.reference, dtype: "f64" });
      const { data } = await trainer.predict(f64([1, 2], values));
      values.forEach((value, i) => expect(Math.abs((data[i] ?? NaN) - value)).toBeLessThan(1e-9));
    }),
    { numRuns: 10 },
  );
});

test("a model reads and gives real units: trained, saved, loaded and streamed alike, and nothing of the scaling trains", async () => {
  const celsius = (i: number) => 12 + 9 * Math.sin(i / 3);
  const x = Array.from({ length: 48 }, (_, s) => Array.from({ length: 4 }, (_step, t) => [celsius(s + t)])),
    y = x.map((_, s) => [celsius(s + 4)]);
  const statistics = { mean: [12], variance: [40.5] };
  const made = sequential([
    input({ shape: [4, 1] }),
    normalization(statistics),
    gru({ units: 6 }),
    dense({ units: 1 }),
    normalization({ ...statistics, invert: true, name: "units" }),
  ]);
  await using trainer = await made.compile({ backend: backends.cpu, optimizer: adam({ learningRate: 0.03 }), loss: "mae", seed: 1 });
  const { epochs } = await trainer.fit({ x, y }, { epochs: 25, batchSize: 16 });
  expect(epochs.at(-1)?.loss).toBeLessThan(1.5); // °C; the mean is 5.7 away
  const { data } = await trainer.predict(x);

  const loaded = deserialize<null, null>(await serialize(trainer));
  expect(loaded.graph.nodes.map(({ call }) => call.layer.config)).toEqual(made.graph.nodes.map(({ call }) => call.layer.config));
  await using again = await loaded.compile({ backend: backends.cpu });
  expect((await again.predict(x)).data).toEqual(data);
  await using stream = await again.stream({ batch: 1 });
  for (const [s, [first = NaN]] of [
    [0, [data[0]]],
    [7, [data[7]]],
  ] as const) {
    await stream.reset();
    let last = NaN;
    for (const step of x[s] ?? []) last = (await stream.step([step])).data[0] ?? NaN;
    expect(Math.abs(last - first)).toBeLessThan(1e-4);
  }
});

test("what a file brings as weights stays as it is while a model trains", async () => {
  const made = sequential([input({ shape: [2] }), normalization({ name: "known" }), dense({ units: 1 })]);
  const known = { mean: { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) }, variance: { dtype: "f32", shape: [2], data: Float32Array.of(4, 9) } } as const; // prettier-ignore
  await using drawn = await made.compile({ backend: backends.cpu, seed: 1 });
  await using trainer = await made.withWeights({ ...(await drawn.weights()), known } as never).compile({ backend: backends.cpu, optimizer: adam(), loss: "mse", seed: 1 }); // prettier-ignore
  await trainer.fit({ x: [[1, 5], [3, 2]], y: [0, 1] }, { epochs: 3 }); // prettier-ignore
  const { known: after } = (await trainer.weights()) as unknown as { readonly known: typeof known }; // by its name
  expect([...after.mean.data, ...after.variance.data]).toEqual([1, 2, 4, 9]);
});

test.each<[string, () => unknown, string]>([
  ["a mean alone", () => normalization({ mean: 1 }), "INVALID_ARGUMENT"],
  ["a variance alone", () => normalization({ variance: [1] }), "INVALID_ARGUMENT"],
  ["a negative variance", () => normalization({ mean: 0, variance: [1, -1] }), "INVALID_ARGUMENT"],
  ["NaN", () => normalization({ mean: [NaN], variance: [1] }), "INVALID_ARGUMENT"],
  ["unlike lengths", () => normalization({ mean: [1, 2], variance: [1] }), "INVALID_ARGUMENT"],
  ["an empty list", () => rescaling({ scale: [] }), "INVALID_ARGUMENT"],
  ["no scale", () => rescaling({} as never), "INVALID_ARGUMENT"],
  ["unlike scales and offsets", () => rescaling({ scale: [1, 2], offset: [1, 2, 3] }), "INVALID_ARGUMENT"],
  ["other features", () => normalization({ mean: [1, 2], variance: 1 }).build(specOf([4, 3], "float"), "n"), "SHAPE_MISMATCH"],
  ["no features", () => normalization().build(specOf([], "float"), "n"), "SHAPE_MISMATCH"],
  ["other features to rescale", () => rescaling({ scale: [1, 2] }).build(specOf([3], "float"), "r"), "SHAPE_MISMATCH"],
  ["indices", () => rescaling({ scale: 1 }).build(specOf([4], "i32"), "r"), "DTYPE_MISMATCH"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
