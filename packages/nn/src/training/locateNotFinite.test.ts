// The tripwire: what is not finite is found where it arises, on the way there and on the way back, and passed over where it comes to nothing.
import { cell, exp, log, sqrt, where, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import {
  adam,
  bidirectional,
  type Callback,
  dense,
  gru,
  deserialize,
  dropout,
  input,
  layer,
  lstm,
  recurrent,
  sequential,
  serialize,
  sgd,
  simpleRNN,
} from "../index.ts";
import type { Spec } from "../layers/spec.ts";
import { locateNotFinite } from "./locateNotFinite.ts";

const backend = await open();
const cpu = await openCpu();
afterAll(() => Promise.all([backend.close(), cpu.close()]));
const options = { backend, optimizer: sgd({ learningRate: 0.01 }), loss: "mse", seed: 2 } as const;
const [rows, steps] = [5, 7];
const ones = () => Array.from({ length: rows }, () => Array.from({ length: steps }, () => [1]));
const y = Array.from({ length: rows }, () => [0]);

/** h′ = exp(x + h)/100: overflows f32 where x is large. */
const growing = cell({
  name: "growing",
  weights: ({ input, units }) => ({ w: { axes: { input, units }, init: "ones" } }),
  state: ({ units }) => ({ h: { axes: { units } } }),
  step({ w }, x, { h }) {
    const next = exp(x.dot(w).add(h)).mul(0.01);
    return { output: next, state: { h: next } };
  },
});

test.each([
  ["reference", backend],
  ["cpu", cpu],
] as const)("forward, on %s: layer, cell, operation, step, row and sample, and fit tells the same", async (_, on) => {
  const net = sequential([
    input({ shape: [steps, 1] }),
    simpleRNN({ units: 1, returnSequences: true, activation: "linear", name: "before" }),
    recurrent(growing)({ units: 2, name: "grows" }),
    dense({ units: 1 }),
  ]);
  await using trainer = await net.compile({ ...options, backend: on });
  const x = ones();
  for (const row of x) for (const step of row) step[0] = 0;
  expect(await locateNotFinite(trainer, { x, y })).toBeUndefined();
  x[3]![2]![0] = 1e6; // the layer before gives it on with either sign, and once more at every step
  x[3]![3]![0] = -1e6;
  const found = await locateNotFinite(trainer, { x, y });
  expect(found).toMatchObject({ pass: "forward", layer: "grows", cell: "growing", operation: "exp", row: 3, sample: 3, value: "Infinity" });
  expect([2, 3]).toContain(found?.step);
  const error: unknown = await trainer.fit({ x, y }, { epochs: 1, batchSize: rows, shuffle: false }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "NOT_FINITE", facts: { epoch: 1, firstStep: 1, located: found } });
  expect(String(error)).toContain(`is Infinity, of exp in layer "grows" (cell growing) at time step ${found!.step} of row 3 of the batch`);
});

test("the step is the first at which it is not finite, and the sample is the one of the shuffled data", async () => {
  const net = sequential([input({ shape: [steps, 1] }), recurrent(growing)({ units: 1 }), dense({ units: 1 })]);
  await using trainer = await net.compile(options);
  const x = ones();
  for (const row of x) for (const step of row) step[0] = 0;
  x[4]![5]![0] = 95;
  expect(await locateNotFinite(trainer, { x, y })).toMatchObject({ layer: "growing", operation: "exp", step: 5, row: 4 });
  const error = (await trainer.fit({ x, y }, { epochs: 1, batchSize: 2 }).catch((reason: unknown) => reason)) as {
    facts: { located: { sample: number; row: number; step: number } };
  };
  expect(error.facts.located).toMatchObject({ sample: 4, step: 5 });
  expect(error.facts.located.row).toBeLessThan(2);
});

test("a gate is told where the value is for it alone", async () => {
  const net = sequential([
    input({ shape: [steps, 1] }),
    bidirectional(lstm({ units: 2, recurrentActivation: "exponential", name: "inner" }), { name: "both" }),
    dense({ units: 1 }),
  ]);
  await using trainer = await net.compile(options);
  const x = ones();
  x[1]![3]![0] = 1000;
  const found = await locateNotFinite(trainer, { x, y });
  expect(found).toMatchObject({ pass: "forward", layer: "both", kind: "bidirectional", cell: "lstm", operation: "exp", step: 3, row: 1 });
  expect(["input", "forget", "output"]).toContain(found?.gate);
});

test("backward: where the loss is finite and a slope is not", async () => {
  const root = layer({
    kind: "root",
    config: { name: "root" },
    build: (given: Spec) => ({ output: given, weights: {}, apply: (_: unknown, x: Tensor) => sqrt(x.mul(x)) }),
  } as never);
  const net = sequential([input({ shape: [2] }), dense({ units: 2, name: "first" }), root as never, dense({ units: 1, name: "last" })]);
  await using trainer = await net.compile(options);
  const x = [
    [0, 0],
    [1, 1],
  ];
  const found = await locateNotFinite(trainer, { x, y: [[1], [1]] });
  expect(found).toMatchObject({ pass: "backward", layer: "root", row: 0 });
  await expect(trainer.fit({ x, y: [[1], [1]] }, { epochs: 1 })).rejects.toMatchObject({
    code: "NOT_FINITE",
    facts: { located: { pass: "backward", layer: "root" } },
  });
});

test("a value that comes to nothing is passed over for the one that does not", async () => {
  const masked = layer({
    kind: "masked",
    config: { name: "masked" },
    build: (given: Spec) => ({
      output: given,
      weights: {},
      apply: (_: unknown, x: Tensor) => where(x.less(100), 0, log(x.sub(x))).add(where(x.greater(0), x, 0)),
    }),
  } as never);
  const broken = layer({
    kind: "broken",
    config: { name: "broken" },
    build: (given: Spec) => ({ output: given, weights: {}, apply: (_: unknown, x: Tensor) => x.div(x.sub(2)) }),
  } as never);
  const net = sequential([input({ shape: [2] }), masked as never, broken as never, dense({ units: 1 })]);
  await using trainer = await net.compile(options);
  expect(
    await locateNotFinite(trainer, {
      x: [
        [1, 1],
        [1, 2],
      ],
      y: [[1], [1]],
    }),
  ).toMatchObject({ layer: "broken", operation: "div", row: 1, value: "Infinity" });
});

test("where each value is finite and the squares of gradients are not, the weight is told", async () => {
  const net = sequential([input({ shape: [1] }), dropout({ rate: 0.1 }), dense({ units: 1, name: "wide" })]);
  await using trainer = await net.compile({ ...options, loss: "mae", optimizer: adam({}) });
  const found = await locateNotFinite(trainer, { x: [[3e19]], y: [[0]] });
  expect(found === undefined || found.pass === "update").toBe(true);
  await using steep = await net.compile({ ...options, loss: "mse" });
  expect(await locateNotFinite(steep, { x: [[1e10]], y: [[0]] })).toMatchObject({ pass: "update" });
});

test("of a short last batch that goes on from the one before, state and masks are as they were", async () => {
  const net = sequential([
    input({ shape: [2, 1] }),
    dropout({ rate: 0.5 }),
    recurrent(growing)({ units: 1, stateful: true, carrySteps: 1 }),
    dense({ units: 1 }),
  ]);
  await using trainer = await net.compile({ ...options, optimizer: sgd({ learningRate: 1e-6 }) });
  const x = [
    [[0], [0]],
    [[0], [0]],
    [[0], [0]],
    [[0], [0]],
    [[0], [300]],
  ];
  for (let epochs = 0; epochs < 8; epochs++) {
    const error = await trainer.fit({ x, y }, { epochs: 1, batchSize: 2, shuffle: false }).catch((reason: unknown) => reason);
    if (!(error instanceof Error)) continue; // it was dropped
    expect(error).toMatchObject({ facts: { firstStep: 3, located: { layer: "growing", operation: "exp", row: 0, sample: 4 } } });
    return;
  }
  expect.unreachable("half of the time it is not dropped");
});

test("what it is not for is refused", async () => {
  const net = sequential([input({ shape: [1] }), dense({ units: 1 })]);
  await using trainer = await net.compile(options);
  await expect(locateNotFinite({} as never, { x: [[1]], y: [[1]] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(locateNotFinite(trainer, { x: [[1]], y: [[1]] }, { rows: 1 } as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("skipped, such a batch is as if it were not there, and the history counts it; an epoch of none else is refused", async () => {
  const net = sequential([
    input({ shape: [1] }),
    dense({ units: 1, activation: "exponential", kernelInitializer: "ones" }),
    dense({ units: 1 }),
  ]);
  const x = [[0.1], [0.2], [1e4], [0.3]],
    targets = [[1], [2], [3], [4]];
  const without = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== 2);
  const fitting = { epochs: 3, batchSize: 1, shuffle: false } as const;
  await using trainer = await net.compile(options);
  await using plain = await net.compile(options);
  const history = await trainer.fit({ x, y: targets }, { ...fitting, onNotFinite: "skip" });
  const expected = await plain.fit({ x: without(x), y: without(targets) }, fitting);
  expect([history.skipped, history.ended, expected.skipped]).toEqual([3, "epochs", undefined]);
  expect(history.epochs.map(({ loss }) => loss)).toEqual(expected.epochs.map(({ loss }) => loss));
  const weights = await trainer.weights();
  expect(weights).toEqual(await plain.weights());
  const alone = trainer.fit({ x: [[1e30]], y: [[0]] }, { ...fitting, onNotFinite: "skip" });
  await expect(alone).rejects.toMatchObject({ code: "NOT_FINITE", facts: { epoch: 1, skipped: 1 } });
  expect(await trainer.weights()).toEqual(weights);
  await expect(trainer.fit({ x, y: targets }, { ...fitting, onNotFinite: "stop" as never })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
});

test("a checkpoint of a fit that skips goes on to the same bits, and to an error where the next does not skip", async () => {
  const net = sequential([
    input({ shape: [1] }),
    dense({ units: 1, activation: "exponential", kernelInitializer: "ones" }),
    dense({ units: 1 }),
  ]);
  const data = { x: [[1e4], [0.1], [0.2], [0.3]], y: [[1], [2], [3], [4]] };
  const fitting = { batchSize: 1, shuffle: false, onNotFinite: "skip" } as const;
  await using whole = await net.compile(options);
  await whole.fit(data, { ...fitting, epochs: 2 });
  const stopping = (batches: number): Callback => ({
    name: "stopping",
    onTrainBatchEnd: (_, training) => void (training.batches === batches && training.stop()),
  });
  await using first = await net.compile(options);
  await first.fit(data, { ...fitting, epochs: 2, callbacks: [stopping(6)] });
  const saved = deserialize(await serialize(first, { optimizer: true }));
  await using second = await saved.compile(options as never);
  await second.fit(data as never, { ...fitting, epochs: 1 });
  expect(await second.weights()).toEqual(await whole.weights());
  await using strict = await saved.compile(options as never);
  await strict.fit(data as never, { ...fitting, onNotFinite: "throw", epochs: 1 }); // what is left of the epoch is finite
  await expect(strict.fit(data as never, { ...fitting, onNotFinite: "throw", epochs: 1 })).rejects.toMatchObject({
    code: "NOT_FINITE",
    facts: { firstStep: 1 },
  });
});

test("of a stateful model it begins with zeros, as an epoch does", async () => {
  const model = sequential([gru({ units: 2, stateful: true }), dense({ units: 1 })]);
  const trainer = await model.compile({ backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse" });
  expect(await locateNotFinite(trainer, { x: [[[1], [2]]], y: [[1e25]] })).toMatchObject({ value: "Infinity" });
  trainer.dispose();
});
