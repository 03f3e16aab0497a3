// Losses and metrics of one's own are held to what they promise: one number for each sample.
import { abs, type Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { dense, gru, lstm, sequential, sgd, type Loss, type Metric } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

const data = { x: Array.from({ length: 8 }, (_, i) => [i]), y: Array.from({ length: 8 }, (_, i) => i) };
const target: Loss["target"] = (output) => ({ shape: output, dtype: "float" });
const wrong: Readonly<Record<string, (target: Tensor, output: Tensor) => unknown>> = {
  "[8, 1], which would be broadcast": (y, o) => abs(y.sub(o)),
  "a scalar": (y, o) => abs(y.sub(o)).mean(),
  "another batch": (y, o) => abs(y.sub(o)).mean(1).slice(0, 0, 4),
  "no tensor": () => 1,
};

test.each(Object.entries(wrong))("a loss or metric that gives %s is refused by its name", async (_, perSample) => {
  const mine = { name: "mine", target, perSample } as unknown as Loss; // as JavaScript may
  const refused = expect.objectContaining({ who: "mine", message: expect.stringContaining("one number for each sample, [batch 8]") });
  using asLoss = await sequential([dense({ units: 1 })]).compile({ backend, optimizer: sgd(), loss: mine });
  await expect(asLoss.fit(data, { epochs: 1 })).rejects.toThrow(refused);
  const metric: Metric = { ...mine, better: "lower" };
  using asMetric = await sequential([dense({ units: 1 })]).compile({ backend, optimizer: sgd(), loss: "mae", metrics: [metric] });
  await expect(asMetric.evaluate(data)).rejects.toThrow(refused);
});

test("a metric made of sums that gives one number is told to give those", async () => {
  const sums: Metric["sums"] = { count: () => 2, result: ([a = 0, b = 0]) => a / b };
  const metric: Metric = { name: "mine", better: "lower", target, perSample: (y, o) => abs(y.sub(o)).mean([1]), sums };
  using trainer = await sequential([dense({ units: 1 })]).compile({ backend, loss: "mae", metrics: [metric] });
  const refused = { code: "SHAPE_MISMATCH", who: "mine", message: expect.stringContaining("its sums for each sample, [batch 8, sums], got [8]. Give what each sample adds to the sums"), facts: { expected: [8, "sums"], got: [8] } }; // prettier-ignore
  await expect(trainer.evaluate(data)).rejects.toThrow(expect.objectContaining(refused));
});

test("the right one is what mae is, and with lengths each step is a sample of its own", async () => {
  const mine: Loss = { name: "mine", target, perSample: (y, o) => abs(y.sub(o)).mean([1]) };
  const metric: Metric = { ...mine, better: "lower" };
  using trainer = await sequential([dense({ units: 1 })]).compile({ backend, loss: "mae", metrics: [metric], seed: 1 });
  const { loss, mine: own } = await trainer.evaluate(data);
  expect(own).toBeCloseTo(loss, 6);
  const x = [[[1], [2], [3]], [[4], [5], [6]]], // prettier-ignore
    y = [[[1], [2], [99]], [[4], [77], [88]]]; // prettier-ignore
  using steps = await sequential([gru({ units: 1, returnSequences: true })]).compile({ backend, loss: mine, seed: 1 });
  const { data: predicted } = await steps.predict(x);
  const masked = await steps.evaluate({ x, y, lengths: [2, 1] });
  expect(masked.loss).toBeCloseTo((Math.abs(predicted[0]! - 1) + Math.abs(predicted[1]! - 2) + Math.abs(predicted[3]! - 4)) / 3, 5);
});

test("a measure of whole sequences is refused where only some of their steps count", async () => {
  const whole: Loss = { name: "whole", target: () => ({ shape: [], dtype: "float" }), perSample: (y, o) => abs(o.mean([1, 2]).sub(y)) };
  using trainer = await sequential([lstm({ units: 1, returnSequences: true })]).compile({ backend, loss: whole });
  const x = [[[1], [2]], [[3], [4]]]; // prettier-ignore
  expect((await trainer.evaluate({ x, y: [0, 0] })).loss).toBeGreaterThan(0);
  await expect(trainer.evaluate({ x, y: [0, 0], lengths: [1, 2] })).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", who: "whole", message: expect.stringContaining("only some of their steps count") }),
  );
});
