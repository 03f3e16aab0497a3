// The average of the weights in a trainer: what measures, predicts and comes back by it, and that training goes on with it to the bit.
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { adam, dense, deserialize, serialize, sequential, sgd, type CompileOptions, type FitOptions } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

const samples = 24;
const data = {
  x: Array.from({ length: samples }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
  y: Array.from({ length: samples }, (_, i) => Math.sin(i + 1)),
};
const model = () => sequential([dense({ units: 3, activation: "tanh" }), dense({ units: 1 })]);
const optimizer = adam({ learningRate: 0.1, useEma: true, emaMomentum: 0.9 });
const compiled = { backend, optimizer, loss: "mse", seed: 3 } as const satisfies CompileOptions;
const fitting = { epochs: 3, batchSize: 8, validationData: data, averaged: true } satisfies FitOptions;

test("a fit with averaged validates by the average, which evaluate and predict take too", async () => {
  using trainer = await model().compile(compiled);
  const { epochs } = await trainer.fit(data, fitting);
  const { loss } = await trainer.evaluate(data, { averaged: true, batchSize: 8 });
  expect(epochs.at(-1)!.valLoss).toBe(loss);
  expect((await trainer.evaluate(data, { batchSize: 8 })).loss).not.toBe(loss);
  const averages = await trainer.weights({ averaged: true });
  expect(averages).not.toEqual(await trainer.weights());
  using copy = await trainer.model.withWeights(averages, [2]).compile({ backend, loss: "mse" });
  expect((await copy.evaluate(data, { batchSize: 8 })).loss).toBe(loss);
  expect(await trainer.predict(data.x, { averaged: true })).toEqual(await copy.predict(data.x));
  trainer.setWeights(await trainer.weights());
  expect(await trainer.weights({ averaged: true })).toEqual(await trainer.weights());
});

test("training is the same with an average beside it, whether or not anybody looks", async () => {
  using plain = await model().compile({ ...compiled, optimizer: adam({ learningRate: 0.1 }) });
  using averaging = await model().compile(compiled);
  await plain.fit(data, { epochs: 2, batchSize: 8 });
  await averaging.fit(data, { ...fitting, epochs: 2 });
  expect(await averaging.weights()).toEqual(await plain.weights());
});

test("restoreBestWeights with averaged goes back to the average of the best epoch", async () => {
  const rising = (step: number) => (step < 6 ? 0.05 : 2); // after two epochs it gets worse
  using trainer = await model().compile({ ...compiled, optimizer: sgd({ learningRate: rising, useEma: true, emaMomentum: 0.5 }) });
  const { best } = await trainer.fit(data, { ...fitting, epochs: 4, restoreBestWeights: true });
  expect(best!.epoch).toBeLessThan(4);
  expect((await trainer.evaluate(data, { batchSize: 8 })).loss).toBe(best!.valLoss);
  expect((await trainer.evaluate(data, { batchSize: 8, averaged: true })).loss).toBe(best!.valLoss);
});

test.each([
  ["useEma", { useEma: true, emaOverwriteFrequency: 4 }],
  ["swaStart", { swaStart: 4, swaFrequency: 2 }],
] as const)("a fit with %s that was cut short, saved and loaded goes on to the same bits", async (_, averaging) => {
  const options = { ...compiled, optimizer: adam({ learningRate: 0.05, ...averaging }) };
  using whole = await model().compile(options);
  await whole.fit(data, fitting);
  using first = await model().compile(options);
  await first.fit(data, { ...fitting, epochs: 2 });
  using second = await deserialize(await serialize(first, { optimizer: true })).compile(options);
  await second.fit(data, { ...fitting, epochs: 1 });
  expect(await serialize(second, { optimizer: true })).toEqual(await serialize(whole, { optimizer: true }));
});

test("averaged is refused where no average is kept, before anything runs", async () => {
  const refused = { code: "INVALID_ARGUMENT", message: expect.stringContaining("useEma: true") };
  using trainer = await model().compile({ ...compiled, optimizer: adam() });
  await expect(trainer.fit(data, fitting)).rejects.toMatchObject(refused);
  await trainer.fit(data, { epochs: 1 });
  await expect(trainer.evaluate(data, { averaged: true })).rejects.toMatchObject(refused);
  await expect(trainer.predict(data.x, { averaged: true })).rejects.toMatchObject(refused);
  await expect(trainer.weights({ averaged: true })).rejects.toMatchObject(refused);
});
