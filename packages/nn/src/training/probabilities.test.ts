import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { activation, binaryCrossentropy, categoricalCrossentropy, dense, dice, flatten, globalMaxPooling1D, input, reshape, sequential, sgd, sparseCategoricalCrossentropy, tversky, type InSequence } from "../index.ts"; // prettier-ignore

const backend = await open();
const compiling = { backend, dtype: "f64", seed: 2, optimizer: sgd({ learningRate: 0.1 }) } as const;
const x = [0, 1, 2, 3].map((i) => [0, 1, 2].map((t) => [Math.sin(i + t), Math.cos(i * t)]));
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const cost = (y: number, p: number): number => -(y * Math.log(p) + (1 - y) * Math.log(1 - p));

test.each<[string, InSequence]>([
  ["flatten", flatten()],
  ["reshape", reshape({ targetShape: [1, 3] })],
  ["linear", activation({ activation: "linear" })],
])("behind a sigmoid %s leaves the loss what stands in front of it", async (_, moving) => {
  const net = sequential([input({ shape: [3, 2] }), dense({ units: 1, activation: "sigmoid" }), moving]);
  const trainer = await net.compile({ ...compiling, loss: "binaryCrossentropy" });
  const { data, shape } = await trainer.predict(x);
  const y = { dtype: "f64", shape, data: Float64Array.from(data, (_, i) => i % 2) } as const;
  expect((await trainer.evaluate({ x, y })).loss).toBeCloseTo(mean([...data].map((p, i) => cost(i % 2, p))), 12);
});

test("of a softmax so does what keeps its rows", async () => {
  const net = sequential([input({ shape: [4, 2] }), dense({ units: 3, activation: "softmax" }), reshape({ targetShape: [2, 2, 3] })]);
  const trainer = await net.compile({ ...compiling, loss: "sparseCategoricalCrossentropy" });
  const given = [x[0]?.concat(x[1]?.slice(0, 1) ?? []) ?? []];
  const { data } = await trainer.predict(given);
  const { loss } = await trainer.evaluate({ x: given, y: { dtype: "i32", shape: [1, 2, 2], data: Int32Array.of(0, 2, 1, 1) } });
  expect(loss).toBeCloseTo(mean([0, 2, 1, 1].map((label, i) => -Math.log(data[3 * i + label] ?? NaN))), 12);
});

test("probabilities that no last activation made are said to be some", async () => {
  const net = sequential([input({ shape: [3, 2] }), dense({ units: 1, activation: "sigmoid" }), globalMaxPooling1D()]);
  const trainer = await net.compile({ ...compiling, loss: binaryCrossentropy({ fromLogits: false }) });
  const { data } = await trainer.predict(x);
  const y = [[0], [1], [1], [0]];
  expect((await trainer.evaluate({ x, y })).loss).toBeCloseTo(mean([...data].map((p, i) => cost(y[i]?.[0] ?? NaN, p))), 12);
  for (const [loss, targets] of [
    [
      categoricalCrossentropy({ fromLogits: false }),
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [sparseCategoricalCrossentropy({ fromLogits: false }), [1, 0]],
  ] as const) // prettier-ignore
  {
    const same = await sequential([input({ shape: [2] }), activation({ activation: "linear" })]).compile({ ...compiling, loss });
    const { loss: got } = await same.evaluate({ x: [[0.2, 0.8], [3, 1]], y: targets }); // prettier-ignore
    expect(got).toBeCloseTo(mean([-Math.log(0.8), -Math.log(0.75)]), 12);
  }
});

test.each([dice, tversky({ alpha: 0.3, beta: 0.6 })])(
  "$name is of whole sequences, also where all steps are said to count",
  async (loss) => {
    const net = sequential([dense({ units: 1, activation: "sigmoid" })]);
    const trainer = await net.compile({ ...compiling, loss });
    const y = [[[1], [0], [1]], [[0], [1], [0]], [[1], [1], [1]], [[0], [0], [1]]]; // prettier-ignore
    const whole = await trainer.evaluate({ x, y });
    expect((await trainer.evaluate({ x, y, lengths: [3, 3, 3, 3] })).loss).toBeCloseTo(whole.loss, 12);
    const short = await trainer.evaluate({ x: x.map((steps) => steps.slice(0, 2)), y: y.map((steps) => steps.slice(0, 2)) });
    const padded = y.map((steps) => [...steps.slice(0, 2), [NaN]]);
    expect((await trainer.evaluate({ x, y: padded, lengths: [2, 2, 2, 2] })).loss).toBeCloseTo(short.loss, 12);
  },
);

test("metrics of yes or no take a target above one half for a yes, and do not stand beside a softmax", async () => {
  const net = sequential([input({ shape: [2] }), dense({ units: 1 })]);
  const trainer = await net.compile({ ...compiling, loss: "hinge", metrics: ["precision", "auc"] });
  const rows = x.map(([first]) => first ?? []);
  const [signs, bits] = [[[1], [-1], [1], [-1]], [[1], [0], [1], [0]]]; // prettier-ignore
  const [a, b] = [await trainer.evaluate({ x: rows, y: signs }), await trainer.evaluate({ x: rows, y: bits })];
  expect([a.precision, a.auc]).toEqual([b.precision, b.auc]);
  const beside = sequential([input({ shape: [2] }), dense({ units: 2 })]).compile({
    ...{ ...compiling, loss: "categoricalCrossentropy", metrics: ["precision"] },
  });
  await expect(beside).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("precision is of a sigmoid") });
});

test("data in which nothing counts are refused, also where only the graph can tell", async () => {
  const net = sequential([input({ shape: [2] }), dense({ units: 3 })]);
  const trainer = await net.compile({ ...compiling, loss: sparseCategoricalCrossentropy({ ignoreClass: -1 }) });
  const data = { x: [[1, 2], [3, 4]], y: [-1, 2], sampleWeight: [1, 0] }; // prettier-ignore
  const empty = expect.objectContaining({ code: "EMPTY_DATA" });
  await expect(trainer.fit(data, { epochs: 1 })).rejects.toEqual(empty);
  await expect(trainer.evaluate(data)).rejects.toEqual(empty);
});

test("losses and metrics that Keras writes otherwise are told by the name they have here", async () => {
  const net = sequential([input({ shape: [2] }), dense({ units: 1 })]);
  const compile = (options: object) => net.compile({ ...compiling, ...options } as never);
  await expect(compile({ loss: "binary_crossentropy" })).rejects.toThrow('Did you mean "binaryCrossentropy"?');
  await expect(compile({ loss: "mse", metrics: ["AUC"] })).rejects.toThrow('Did you mean "auc"?');
  await expect(compile({ loss: "CTC" })).rejects.toThrow('Did you mean "ctc"?');
});
