import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { activityRegularization } from "../layers/activityRegularization.ts";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import { lstm } from "../layers/lstm.ts";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";

const backend = await open();
const x = [
    [1, -2],
    [3, 4],
    [-1, 0.5],
  ],
  y = [[0], [0], [0]];
const compiling = { backend, loss: "mse", optimizer: sgd({ learningRate: 0.1 }), dtype: "f64" } as const;

test("what an activity costs is its mean over the samples, with the activation, of whatever batches", async () => {
  const net = sequential([
    input({ shape: [2] }),
    dense({ units: 2, kernelInitializer: "identity", activation: "relu", activityRegularizer: { l1: 0.5, l2: 2 } }),
    dense({ units: 1, kernelInitializer: "zeros" }),
  ]);
  const price = [[1], [3, 4], [0.5]].map((row) => row.reduce((sum, v) => sum + 0.5 * v + 2 * v * v, 0));
  const trainer = await net.compile(compiling);
  const wanted = price.reduce((sum, one) => sum + one, 0) / 3;
  for (const batchSize of [1, 2, 3]) expect((await trainer.evaluate({ x, y }, { batchSize })).loss).toBeCloseTo(wanted, 12);
  const { epochs } = await trainer.fit({ x, y }, { epochs: 1, batchSize: 3 });
  expect(epochs[0]?.loss).toBeCloseTo(wanted, 12);
  expect((await trainer.evaluate({ x, y })).loss).toBeLessThan(wanted);
});

test("samples that weigh nothing and steps that do not count cost nothing", async () => {
  const net = sequential([
    input({ shape: [2, 1] }),
    activityRegularization({ l1: 1 }),
    lstm({ units: 1, kernelInitializer: "zeros" }),
    dense({ units: 1, kernelInitializer: "zeros" }),
  ]);
  const trainer = await net.compile(compiling);
  const data = { x: [[[1], [10]], [[2], [20]], [[3], [30]]], y, lengths: [1, 2, 2], sampleWeight: [1, 1, 0] }; // prettier-ignore
  expect((await trainer.evaluate(data)).loss).toBeCloseTo((1 + 22) / 2, 12);
});

test("of several outputs the whole loss has what layers add, whatever model they stand in", async () => {
  const a = input({ name: "a", shape: [2] });
  const inner = sequential([activityRegularization({ l2: 1 })], { name: "inner" });
  const passed = inner(a);
  const zero = { units: 1, kernelInitializer: "zeros" } as const;
  const net = model({ inputs: { a }, outputs: { p: dense(zero)(passed), q: dense(zero)(passed) } });
  const trainer = await net.compile({ ...compiling, loss: { p: "mse", q: "mse" } });
  const { loss } = await trainer.evaluate({ x: { a: x }, y: { p: y, q: y } });
  expect(loss).toBeCloseTo((5 + 25 + 1.25) / 3, 12);
});
