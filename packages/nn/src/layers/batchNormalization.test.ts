import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { timeDistributed } from "../models/timeDistributed.ts";
import { deserialize } from "../saving/deserialize.ts";
import { serialize } from "../saving/serialize.ts";
import { f64, figures } from "../testing/figures.ts";
import { batchNormalization, type BatchNormalizationConfig } from "./batchNormalization.ts";
import { dense } from "./dense.ts";
import { input } from "./input.ts";

const backend = await open();
const x = f64([2, 3, 2], [1, -2, 3, 0.5, 0, 4, 2, 2, -1, 1, 5, -3]);
const mask = f64([2, 3], [1, 1, 0, 1, 1, 1]);

function normalising(config: BatchNormalizationConfig) {
  const a = input({ name: "a" });
  return model({ inputs: { a }, outputs: batchNormalization({ ...config, name: "batch" })(a) });
}

const weights = {
  "batch.gamma": f64([2], [1.5, 0.5]),
  "batch.beta": f64([2], [0.25, -1]),
  "batch.movingMean": f64([2], [0, 0]),
  "batch.movingVariance": f64([2], [1, 1]),
};

// Keras 3.15.1, whose moments are computed in f32; its variance with a mask divides by a count that is 1e-7 larger.
const keras = {
  y: [
    -0.2570273280143738, -1.513569951057434, 1.264054775238037, -0.9822906851768494, -1.0175684690475464, -0.23849976062774658,
    0.5035136938095093, -0.6635231375694275, -1.7781093120574951, -0.8760348558425903, 2.785137176513672, -1.7260816097259521,
  ],
  movingMean: [0.1666666716337204, 0.0416666679084301],
  movingVariance: [1.288888931274414, 1.4534721374511719],
  masked: {
    y: [
      -0.4999375343322754, -0.9008716940879822, 0.4999375343322754, 0.42393961548805237, 0, 1.2188262939453125, -1.4998126029968262,
      0.6889018416404724, 1.4998126029968262, -1.4307962656021118,
    ],
    movingMean: [0.20000000298023224, -0.030000001192092896],
    movingVariance: [1.2999999523162842, 1.25600004196167],
  },
};

function agrees(got: readonly number[] | undefined, wanted: readonly number[], error: number): void {
  expect(got?.map((value, i) => Math.abs(value - (wanted[i] ?? NaN)) <= error)).toEqual(wanted.map(() => true));
}

test("training normalises by the batch and moves the statistics, as Keras 3.15.1 does; every gradient is what differences say", async () => {
  const got = await figures(backend, normalising({ momentum: 0.9 }), { x: { a: x }, weights, training: true });
  agrees(got.y, keras.y, 1e-6);
  agrees(got.moved["batch.movingMean"], keras.movingMean, 1e-7);
  agrees(got.moved["batch.movingVariance"], keras.movingVariance, 1e-6);
  expect(got.wrong).toEqual([]);
});

test("with epsilon 1e-5, momentum 0.9 and the unbiased variance it is PyTorch 2.14.1's BatchNorm1d with momentum 0.1", async () => {
  const config = { momentum: 0.9, epsilon: 1e-5, movingVariance: "unbiased" } as const;
  const got = await figures(backend, normalising(config), { x: { a: x }, training: true });
  agrees(
    got.y,
    [
      -0.33806126724148533, -1.0272317751267956, 0.6761225344829707, 0.03542178534919985, -0.8451531681037133, 1.5231367700155936,
      0.16903063362074267, 0.6730139216347972, -1.3522450689659413, 0.24795249744439896, 1.6903063362074267, -1.452293199317194,
    ],
    1e-12,
  );
  agrees(got.moved["batch.movingMean"], [0.16666666666666669, 0.04166666666666667], 1e-15);
  agrees(got.moved["batch.movingVariance"], [1.3666666666666667, 1.5641666666666665], 1e-14);
});

test("inference normalises by the moving statistics and moves nothing", async () => {
  const still = { ...weights, "batch.movingMean": f64([2], [0.5, -1]), "batch.movingVariance": f64([2], [4, 0.25]) };
  const got = await figures(backend, normalising({}), { x: { a: x }, weights: still });
  const formula = (v: number, i: number): number =>
    i % 2 === 0 ? ((v - 0.5) / Math.sqrt(4.001)) * 1.5 + 0.25 : ((v + 1) / Math.sqrt(0.251)) * 0.5 - 1;
  agrees(got.y, [...x.data].map(formula), 1e-14);
  expect(got.moved).toEqual({});
  expect(got.wrong).toEqual([]);
});

test("steps that do not count, NaN there, are in no statistic and no gradient", async () => {
  const masks = { a: mask };
  const run = (at: number) =>
    figures(backend, normalising({ momentum: 0.9 }), {
      x: { a: { ...x, data: Float64Array.from(x.data, (v, i) => (i === 4 || i === 5 ? at : v)) } },
      masks,
      training: true,
    });
  const [got, other] = [await run(NaN), await run(7)];
  agrees([...got.y.slice(0, 4), ...got.y.slice(6)], keras.masked.y, 2e-6);
  agrees(got.moved["batch.movingMean"], keras.masked.movingMean, 1e-7);
  agrees(got.moved["batch.movingVariance"], keras.masked.movingVariance, 1e-6);
  expect(got.wrong).toEqual([]);
  expect(other.gradients["params"]).toEqual(got.gradients["params"]);
  expect(other.moved).toEqual(got.moved);
});

test("where nothing counts the statistics stay as they are", async () => {
  const got = await figures(backend, normalising({}), {
    x: { a: x },
    masks: { a: f64([2, 3], [0, 0, 0, 0, 0, 0]) },
    weights,
    training: true,
  });
  expect(got.moved).toEqual({ "batch.movingMean": [0, 0], "batch.movingVariance": [1, 1] });
});

test("of a batch of one number nothing is left but beta, and its gradient is no NaN", async () => {
  const got = await figures(backend, normalising({}), { x: { a: f64([1, 2], [3, -7]) }, weights, training: true });
  expect(got.y).toEqual([0.25, -1]);
  expect(got.wrong).toEqual([]);
});

const samples = {
  x: { dtype: "f64", shape: [5, 2], data: Float64Array.from([1, 2, 3, 5, -1, 0, 4, 4, 9, 1]) },
  y: [[0], [1], [0], [1], [1]],
} as const;

async function fitted(options: { readonly batchSize: number; readonly trainable?: boolean }) {
  const net = sequential([input({ shape: [2] }), batchNormalization({ momentum: 0.5, name: "batch" }), dense({ units: 1 })]);
  const groups = options.trainable === false ? { groups: [{ weights: "batch", trainable: false }] } : {};
  const trainer = await net.compile({ backend, loss: "mse", optimizer: sgd({ learningRate: 0 }), dtype: "f64", ...groups });
  await trainer.fit(samples, { epochs: 1, batchSize: options.batchSize, shuffle: false });
  const { batch } = await trainer.weights();
  return { trainer, mean: [...batch.movingMean.data], variance: [...batch.movingVariance.data] };
}

test("rows that only fill up the last batch are in no statistic", async () => {
  const { mean } = await fitted({ batchSize: 3 });
  agrees(mean, [0.5 * (0.5 * 1) + 0.5 * 6.5, 0.5 * (0.5 * (7 / 3)) + 0.5 * 2.5], 1e-12);
});

test("evaluation and prediction move nothing, and a frozen layer stands still", async () => {
  const { trainer, mean } = await fitted({ batchSize: 5 });
  await trainer.evaluate(samples);
  await trainer.predict(samples.x);
  expect([...(await trainer.weights()).batch.movingMean.data]).toEqual(mean);
  const frozen = await fitted({ batchSize: 5, trainable: false });
  expect([frozen.mean, frozen.variance]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test("what moved is saved, loaded and comes back with the best weights", async () => {
  const net = sequential([input({ shape: [2] }), batchNormalization({ momentum: 0.5 }), dense({ units: 1 })]);
  const trainer = await net.compile({ backend, loss: "mse", optimizer: adam({ learningRate: 2 }), dtype: "f64" });
  const seen: number[][] = [];
  const { best } = await trainer.fit(samples, {
    ...{ epochs: 6, batchSize: 2, restoreBestWeights: true, monitor: "valLoss", validationData: samples },
    onEpochEnd: async () => void seen.push([...(await trainer.weights()).batchNormalization.movingMean.data]),
  });
  const now = (await trainer.weights()).batchNormalization.movingMean;
  expect([...now.data]).toEqual(seen[(best?.epoch ?? 0) - 1]);
  expect(new Set(seen.map(String)).size).toBe(6);
  const loaded = await deserialize(await serialize(trainer)).compile({ backend });
  expect(await loaded.predict(samples.x)).toEqual(await trainer.predict(samples.x));
});

test("one layer that is used twice moves its statistics twice, one use after the other", async () => {
  const a = input({ name: "a" });
  const shared = batchNormalization({ momentum: 0.5, name: "batch" });
  const twice = model({ inputs: { a }, outputs: shared(shared(a)) });
  const got = await figures(backend, twice, { x: { a: f64([2, 1], [1, 5]) }, training: true });
  agrees(got.moved["batch.movingMean"], [(0.5 * (0 + 3)) / 2], 1e-12); // the second use sees a mean of 0
});

test("inside timeDistributed each step that counts is a sample", async () => {
  const a = input({ name: "a" });
  const net = model({ inputs: { a }, outputs: timeDistributed(batchNormalization({ momentum: 0.9 }))(a) });
  const got = await figures(backend, net, {
    x: { a: { ...x, data: Float64Array.from(x.data, (v, i) => (i === 4 ? NaN : v)) } },
    masks: { a: mask },
    training: true,
  });
  agrees(got.moved["timeDistributed.movingMean"], keras.masked.movingMean, 1e-7);
});

test("inside a model that is a layer the statistics move under its name", async () => {
  const a = input({ name: "a" });
  const inner = sequential([batchNormalization({ momentum: 0.9, name: "batch" })], { name: "inner" });
  const got = await figures(backend, model({ inputs: { a }, outputs: inner(a) }), { x: { a: x }, training: true });
  agrees(got.moved["inner.batch.movingMean"], keras.movingMean, 1e-7);
});
