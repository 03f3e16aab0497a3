import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import type { CompileOptions, Data } from "../model/options.ts";
import type { FitOptions } from "../model/model.ts";

const backend = await open();
afterAll(() => backend.close());

const model = sequential([dense({ units: 1 })]);
const whole = { backend, optimizer: sgd(), loss: "mse" } as const;
const data = { x: [[1], [2]], y: [1, 2] };
const refused = (named: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(named) });

test.each<[object, string]>([
  [{ learningRate: 1 }, "there is no option"],
  [{ losses: "mse" }, "Did you mean loss?"],
  [{ optimizer: "adam" }, "optimizer must be an optimizer, such as adam()"],
  [{ loss: "hubert" }, "Did you mean huber?"],
  [{ loss: { name: "own" } }, "loss must be"],
  [{ metrics: "mae" }, "metrics must be a list"],
  [{ metrics: ["f1"] }, 'there is no metric "f1". There are accuracy, '],
  [{ seed: {} }, "seed must be a finite number"],
  [{ dtype: "f16" }, "dtype must be one of f32, f64"],
  [{ backend: open() }, "await open()"],
  [{ backend: undefined }, "backend"],
])("%#: compile refuses what its table does not have, by name", async (options, named) => {
  await expect(model.compile({ ...whole, ...options } as CompileOptions)).rejects.toThrow(refused(named)); // as JavaScript may
});

test.each<[object | undefined, string]>([
  [undefined, "the options must be a record"],
  [{}, "epochs must be"],
  [{ epochs: "3" }, "epochs must be"],
  [{ epochs: 1, batchsize: 2 }, "Did you mean batchSize?"],
  [{ epochs: 1, batchSize: 1.5 }, "batchSize must be"],
  [{ epochs: 1, shuffle: "no" }, "shuffle must be true or false"],
  [{ epochs: 1, patience: -1 }, "patience must be"],
  [{ epochs: 1, onEpochEnd: 7 }, "onEpochEnd must be a function"],
  [{ epochs: 1, signal: {} }, "signal must be an AbortSignal"],
  [{ epochs: 1, validationData: { x: [[1]], y: [1], sampleWeights: [1] } }, "Did you mean sampleWeight?"],
])("%#: fit refuses what its table does not have, by name", async (options, named) => {
  const trainer = await model.compile(whole);
  await expect(trainer.fit(data, options as FitOptions)).rejects.toThrow(refused(named)); // as JavaScript may
});

test("data and the other verbs refuse a name that there is not", async () => {
  const trainer = await model.compile(whole);
  const odd = { ...data, sampleWeights: [1, 1] } as Data; // as JavaScript may
  await expect(trainer.fit(odd, { epochs: 1 })).rejects.toThrow(refused("Did you mean sampleWeight?"));
  await expect(trainer.evaluate(odd)).rejects.toThrow(refused("Did you mean sampleWeight?"));
  const batch = { batch_size: 2 } as object; // likewise
  await expect(trainer.evaluate(data, batch)).rejects.toThrow(refused("Did you mean batchSize?"));
  await expect(trainer.predict(data.x, batch)).rejects.toThrow(refused("Did you mean batchSize?"));
});

test("an AbortSignal stays what it is", async () => {
  const trainer = await model.compile(whole);
  const { ended } = await trainer.fit(data, { epochs: 3, signal: AbortSignal.abort() });
  expect(ended).toBe("signal");
});
