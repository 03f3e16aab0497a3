// Several batches that are one update, in a fit: the update of one large batch, saved and gone on from in the middle of one.
import type { Backend, Program } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/cpu";
import { open as openReference } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { adam, dense, deserialize, dropout, gru, serialize, sequential, sgd, type CompileOptions, type FitOptions } from "../index.ts";

const [backend, reference] = [await open(), await openReference()];
afterAll(() => Promise.all([backend.close(), reference.close()]));

const samples = 24;
const data = {
  x: Array.from({ length: samples }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
  y: Array.from({ length: samples }, (_, i) => Math.sin(i + 1)),
  sampleWeight: Array.from({ length: samples }, (_, i) => 1 + (i % 3)),
};
const model = () => sequential([dense({ units: 3, activation: "tanh" }), dense({ units: 1 })]);

test.each([
  ["sgd with momentum", sgd({ momentum: 0.9, learningRate: 0.1 })],
  ["adam with a schedule and an average", adam({ learningRate: (step) => 0.1 / (1 + step), globalClipNorm: 0.1, useEma: true })],
])("by %s four batches of two are the update of one of eight, whatever samples weigh", async (_, optimizer) => {
  const compiled = { backend: reference, dtype: "f64", loss: "mse", seed: 2, optimizer } as const satisfies CompileOptions;
  using whole = await model().compile(compiled);
  await whole.fit(data, { epochs: 3, batchSize: 8 });
  using parts = await model().compile({ ...compiled, gradientAccumulationSteps: 4 });
  await parts.fit(data, { epochs: 3, batchSize: 2 });
  const [wanted, got] = [await whole.checkpoint({ optimizer: true }), await parts.checkpoint({ optimizer: true })];
  for (const [name, { data: values }] of Object.entries(wanted.weights))
    values.forEach((value, i) => expect(got.weights[name]!.data[i]).toBeCloseTo(value, 12));
  expect(got.training).toMatchObject({ step: 36, gradientAccumulationSteps: 4, gathered: { weight: 0 } });
});

const deep = () => sequential([gru({ units: 3, returnSequences: true, dropout: 0.2 }), dropout({ rate: 0.2 }), dense({ units: 1 })]);
const steps = { x: data.x.map(([a, b]) => [[a!], [b!]]), y: data.x.map(([a, b]) => [[b!], [a!]]) };
const grouped = {
  backend,
  loss: "mse",
  seed: 4,
  optimizer: adam({ learningRate: 0.05 }),
  gradientAccumulationSteps: 5,
} as const satisfies CompileOptions;
const fitting = { epochs: 3, batchSize: 3, validationData: steps, restoreBestWeights: true, patience: 3 } satisfies FitOptions;

test.each([[1, 2], [2, 5], [3, 1]])("saved in epoch %i after %i of its batches, a fit goes on to the same bits", async (epoch, step) => {
  using whole = await deep().compile(grouped);
  const expected = await whole.fit(steps, fitting);
  using first = await deep().compile(grouped);
  let bytes: Uint8Array | undefined;
  await first.fit(steps, {
    ...fitting,
    callbacks: [
      {
        name: "halt",
        async onTrainBatchEnd(moment, training) {
          if (moment.epoch !== epoch || moment.step !== step) return;
          bytes = await serialize(first, { optimizer: true });
          training.stop();
        },
      },
    ],
  });
  using resumed = await deserialize(bytes!).compile(grouped);
  const rest = await resumed.fit(steps, { ...fitting, epochs: fitting.epochs - epoch + 1 });
  expect(rest.epochs.map(({ loss, valLoss }) => [loss, valLoss])).toEqual(expected.epochs.slice(epoch - 1).map(({ loss, valLoss }) => [loss, valLoss]));
  expect(await resumed.weights()).toEqual(await whole.weights());
  expect((await resumed.checkpoint({ optimizer: true })).training).toEqual((await whole.checkpoint({ optimizer: true })).training);
}); // prettier-ignore

test("a batch that is not finite is left out of its group with all after it, and the next fit goes on in the middle of that group", async () => {
  const some = (n: number, y = data.y) => ({ x: data.x.slice(0, n), y: y.slice(0, n) });
  const compiled = { backend, loss: "mse", seed: 2, optimizer: adam({ learningRate: 0.1 }), gradientAccumulationSteps: 2 } as const;
  const fitting = { epochs: 1, batchSize: 1, shuffle: false } as const;
  using broken = await model().compile(compiled);
  const overflowing = data.y.map((value, i) => (i === 3 ? 1e30 : value));
  await expect(broken.fit(some(8, overflowing), fitting)).rejects.toMatchObject({ code: "NOT_FINITE", facts: { epoch: 1, firstStep: 4 } });
  using whole = await model().compile(compiled);
  await whole.fit(some(3), fitting);
  for (const trainer of [broken, whole]) await trainer.fit(some(5), { ...fitting, epochs: 2 });
  expect(await broken.weights()).toEqual(await whole.weights());
});

test("one batch an update is the Program without the option, and another number than was saved is refused", async () => {
  const programs: Program[] = [];
  const watched: Backend = { ...reference, compile: (program) => (programs.push(program), reference.compile(program)) };
  const compiled = { backend: watched, loss: "mse", optimizer: sgd() } as const satisfies CompileOptions;
  for (const options of [{}, { gradientAccumulationSteps: 1 }]) {
    using trainer = await model().compile({ ...compiled, ...options });
    await trainer.fit(data, { epochs: 1 });
  }
  expect(print(programs[1]!)).toBe(print(programs[0]!));
  using trainer = await model().compile({ ...compiled, gradientAccumulationSteps: 2 });
  await trainer.fit(data, { epochs: 1 });
  const saved = deserialize(await serialize(trainer, { optimizer: true }));
  await expect(saved.compile(compiled)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("2 gradientAccumulationSteps, not 1") }); // prettier-ignore
  await expect(model().compile({ ...compiled, gradientAccumulationSteps: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
