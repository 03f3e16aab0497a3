import type { Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { activityRegularization, batchNormalization, conv1D, dense, dot, gru, input, layerNormalization, learn, maxPooling1D, model, multiHeadAttention, prelu, reversibleEmbedding, sequential, sgd, timeDistributed } from "../index.ts"; // prettier-ignore

const backend = await open();
const compiling = { backend, optimizer: sgd({ learningRate: 0 }), loss: "mse" } as const;
const steps = (n: number, f: number): number[][][] =>
  [0, 1].map((i) => Array.from({ length: n }, (_, t) => Array.from({ length: f }, (_, k) => Math.sin(i + t * (k + 1)))));

test("two axes of one name are two axes of a weight", async () => {
  const [a, b] = [input({ name: "a", shape: [3, 4] }), input({ name: "b", shape: [5, 4] })];
  for (const layer of [prelu({ name: "last" }), layerNormalization({ axis: [1, 2], name: "last" })] as const) {
    const trainer = await model({ inputs: { a, b }, outputs: layer(dot({ axes: 2 })([a, b])) }).compile({ backend });
    const { shape } = await trainer.predict({ a: steps(3, 4), b: steps(5, 4) });
    const [weight] = Object.values((await trainer.weights())["last"] ?? {});
    expect([shape, weight?.shape]).toEqual([
      [2, 3, 5],
      [3, 5],
    ]);
  }
});

test("vectors that are an input may be any numbers to a table that scores them", async () => {
  const x = input({ name: "x", shape: [3], dtype: "float" });
  const trainer = await model({ inputs: { x }, outputs: reversibleEmbedding({ inputDim: 5, outputDim: 3 })(x) }).compile({ backend });
  expect((await trainer.predict({ x: [[-0.5, 9, 1.5]] })).shape).toEqual([1, 5]);
});

test("statistics of numbers as large as times in milliseconds are learnt in f32", async () => {
  const net = sequential([input({ shape: [1] }), batchNormalization({ momentum: 0.5, name: "batch" }), dense({ units: 1 })]);
  const trainer = await net.compile(compiling);
  await trainer.fit({ x: [[1e12], [3e12]], y: [[0], [1]] }, { epochs: 1, batchSize: 2 });
  const { data } = (await trainer.weights()).batch.movingVariance;
  expect((data[0] ?? 0) / 5e23).toBeCloseTo(1, 5);
});

test("what an activity costs is the same inside timeDistributed, as a layer and in a model", async () => {
  const price = async (inside: Parameters<typeof timeDistributed>[0]): Promise<number> => {
    const net = sequential([input({ shape: [3, 1] }), timeDistributed(inside), dense({ units: 1, kernelInitializer: "zeros" })]);
    const ones = [0, 1].map(() => [[1], [1], [1]]);
    return (await (await net.compile(compiling)).evaluate({ x: ones, y: ones.map((rows) => rows.map(() => [0])) })).loss;
  };
  const layer = activityRegularization({ l1: 1 });
  expect([await price(layer), await price(sequential([layer]))]).toEqual([3, 3]);
});

test.each<[string, object]>([
  ["constraint", { constraint: "bogus" }],
  ["constraint", { constraint: { maxNorm: -1 } }],
  ["axis of its constraint", { constraint: { maxNorm: 1, axis: 1 } }],
  ["axis of its constraint", { constraint: { maxNorm: 1, axis: [] } }],
  ["regularizer", { regularizer: { l2: -1 } }],
  ["trainable", { trainable: "no" }],
])("a weight of one's own with a %s that is none is refused by its name", async (what, more) => {
  const weights = { w: { axes: { units: 2 }, init: "ones", ...more } } as const;
  const loss = (own: { readonly w: Tensor }): Tensor => own.w.sum();
  const made = learn(backend, { weights, inputs: { x: "float" }, optimizer: sgd(), loss: loss as never });
  await expect(made).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringMatching(`weight w.*${what}`) });
});

test("starts that f32 cannot hold are refused, and what the caller does to one later changes nothing", async () => {
  const net = sequential([input({ shape: [2] }), dense({ units: 1, kernelInitializer: { constant: 1e300 } })]);
  await expect(net.compile({ backend })).rejects.toMatchObject({ code: "NOT_FINITE", message: expect.stringContaining("dense.kernel") });
  const init = { varianceScaling: { scale: 1 } };
  const layer = dense({ units: 1, kernelInitializer: init });
  init.varianceScaling.scale = -4;
  expect(layer.config).toMatchObject({ kernelInitializer: { varianceScaling: { scale: 1 } } });
});

test("options of heads are told by the names they have here", () => {
  expect(() => multiHeadAttention({ numHeads: 2, score: "additive" })).toThrow("scoreUnits must be");
  expect(() => multiHeadAttention({ numHeads: 2, scoreUnits: 2 })).toThrow("scoreUnits must be left out");
  expect(() => multiHeadAttention({ numHeads: 2, useProjections: false, keyDim: 3 })).toThrow("keyDim must be left out");
});

test("a bucket that is too short for a window is told of as one", async () => {
  for (const short of [conv1D({ filters: 2, kernelSize: 4 }), maxPooling1D({ poolSize: 4 })]) {
    const trainer = await sequential([short, gru({ units: 2 }), dense({ units: 1 })]).compile(compiling);
    const data = { x: steps(6, 2), y: [[0], [1]], lengths: [3, 6] };
    await expect(trainer.fit(data, { epochs: 1, bucketBoundaries: [3] })).rejects.toThrow(/batches of 3 steps, one of bucketBoundaries/);
  }
});
