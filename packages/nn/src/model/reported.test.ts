import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import {
  binaryAccuracy,
  dense,
  input,
  meanAbsoluteError,
  model,
  sequential,
  sgd,
  type CompileOptions,
  type Data,
  type EpochLog,
  type FitOptions,
  type Metric,
  type Model,
  type Names,
} from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const line = sequential([dense({ units: 1 })]);
const options = { backend, optimizer: sgd(), loss: "mse" } as const;
const data = { x: [[0], [1]], y: [[0], [1]] };
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });

test("metrics are reported by their names, and a misspelt one does not compile", async () => {
  using trainer = await line.compile({ ...options, metrics: ["mae", binaryAccuracy] });
  const seen: number[] = [];
  const { epochs, best } = await trainer.fit(data, {
    epochs: 1,
    validationData: data,
    monitor: "valMae",
    onEpochEnd: ({ loss, mae, valMae = Number.NaN }) => void seen.push(loss, mae, valMae),
    onProgress: ({ metrics }) => void seen.push(metrics.mae),
  });
  const { mae, binaryAccuracy: accuracy, valLoss, loss } = epochs[0]!;
  expect([mae + accuracy + loss, best?.valMae, valLoss, ...seen].every(Number.isFinite)).toBe(true);
  // @ts-expect-error: there is no such metric
  expect(epochs[0]!.mse).toBeUndefined();
  // @ts-expect-error: likewise
  await expect(trainer.fit(data, { epochs: 1, monitor: "valMse" })).rejects.toThrow(refused('no "valMse"'));
  const evaluated = await trainer.evaluate(data);
  expect(evaluated.loss + evaluated.mae + evaluated.binaryAccuracy).toBeGreaterThan(0);
  // @ts-expect-error: likewise
  expect(evaluated.mse).toBeUndefined();
});

test("without metrics there is the loss, and monitor may name it", async () => {
  using trainer = await line.compile(options);
  const { epochs } = await trainer.fit(data, { epochs: 1, monitor: "valLoss", validationData: data });
  expect(epochs[0]!.valLoss).toBeCloseTo((await trainer.evaluate(data)).loss, 6);
  // @ts-expect-error: there are no metrics
  expect(epochs[0]!.mae).toBeUndefined();
});

test("of named outputs each has a loss and metrics with its name before them", async () => {
  const x = input({ shape: [1] });
  const weather = model({ inputs: { x }, outputs: { tomorrow: dense({ units: 1 })(x), rain: dense({ units: 1 })(x) } });
  const named = { x: { x: data.x }, y: { tomorrow: data.y, rain: data.y } };
  const both = { tomorrow: "mae", rain: "binaryCrossentropy" } as const;
  using trainer = await weather.compile({ backend, optimizer: sgd(), loss: both, metrics: { rain: ["accuracy"] } });
  const { epochs } = await trainer.fit(named, { epochs: 1, validationData: named, monitor: "valRainAccuracy" });
  const { tomorrowLoss, rainLoss, rainAccuracy, valTomorrowLoss } = epochs[0]!;
  expect([tomorrowLoss + rainLoss + rainAccuracy, valTomorrowLoss].every(Number.isFinite)).toBe(true);
  // @ts-expect-error: that output has no metric
  expect(epochs[0]!.tomorrowAccuracy).toBeUndefined();
  using one = await weather.compile({ backend, optimizer: sgd(), loss: { rain: "mse" } });
  // @ts-expect-error: that output has no loss
  expect((await one.evaluate(named)).tomorrowLoss).toBeUndefined();
  // @ts-expect-error: of which output?
  await expect(weather.compile({ backend, loss: "mse" })).rejects.toThrow(refused("loss says nothing of which"));
  // @ts-expect-error: a misspelt output
  await expect(weather.compile({ backend, loss: { rian: "mse" } })).rejects.toThrow(refused("There are tomorrow, rain"));
});

test("options may be declared apart, and what their types do not tell may be there", async () => {
  const typed: CompileOptions = { ...options, metrics: ["mae"] };
  using trainer = await line.compile(typed);
  const fitting: FitOptions = { epochs: 1, monitor: "mae" };
  const { epochs } = await trainer.fit(data, fitting);
  expect(epochs[0]!["mae"]! + (await trainer.evaluate(data)).loss).toBeGreaterThan(0);
  const own: Metric = { ...meanAbsoluteError, name: "own", better: "lower" };
  using measured = await line.compile({ ...options, metrics: [own, "mse"] });
  expect(Object.keys(await measured.evaluate(data))).toEqual(["loss", "own", "mse"]);
  expect((await measured.fit(data, { epochs: 1, monitor: "own" })).epochs[0]!["own"]).toBeGreaterThan(0);
  const measuring = (metric: "mae" | "mse") => line.compile({ ...options, metrics: [metric] });
  using either = await measuring("mae");
  expect((await either.evaluate(data))["mse"]?.toFixed()).toBeUndefined();
  using constant = await line.compile({ ...options, metrics: ["mae"] } as const);
  const monitored = { epochs: 1, monitor: "mae" }; // a string
  const log: EpochLog = (await constant.fit(data, monitored)).epochs[0]!;
  expect(log["mae"]).toBeGreaterThan(0);
});

test("one function trains any model, whatever its inputs, outputs and measures are called", async () => {
  async function trained<I extends Names, O extends Names, W>(some: Model<I, O, W>, how: CompileOptions<O>, given: Data<I, O>) {
    using trainer = await some.compile(how);
    const { epochs } = await trainer.fit(given, { epochs: 2, validationData: given, monitor: "valLoss", patience: 1 });
    trainer.setWeights(await trainer.weights());
    return { log: epochs.at(-1)!, weights: await trainer.weights(), predicted: await trainer.predict(given.x) };
  }
  const { log, weights, predicted } = await trained(line, { ...options, metrics: ["mae"] }, data);
  expect([log["mae"], log.loss, weights.dense.kernel.data[0]].every(Number.isFinite)).toBe(true);
  expect(predicted.shape).toEqual([2, 1]);
  const x = input({ shape: [1] });
  const named = model({ inputs: { x }, outputs: { y: dense({ units: 1 })(x) } });
  expect((await trained(named, { ...options, loss: { y: "mse" } }, { x: { x: data.x }, y: { y: data.y } })).predicted.y.shape).toEqual([
    2, 1,
  ]);
});
