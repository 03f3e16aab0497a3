// What training comes to follows from the seed alone: not from the clock, the load or who looks.
import type { Backend } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { open } from "@sluice/core/reference";
import { open as openWorkers } from "@sluice/workers";
import fc from "fast-check";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import type { CompileOptions, EpochLog } from "../model/options.ts";
import type { FitOptions } from "../model/model.ts";

const backends: readonly Backend[] = [await open(), await openCpu(), await openWorkers({ threads: 2, threshold: 0 })];
afterAll(() => Promise.all(backends.map((backend) => backend.close())));
afterEach(() => {
  vi.restoreAllMocks();
});

const samples = 83; // 42 batches of 2: one group of steps that is full, one that is not
const data = {
  x: Array.from({ length: samples }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
  y: Array.from({ length: samples }, (_, i) => Math.sin(i + 1)),
  sampleWeight: Array.from({ length: samples }, (_, i) => 0.1 + (i % 3)),
};
const fitting = { epochs: 3, batchSize: 2, validationData: data, patience: 2, restoreBestWeights: true } satisfies FitOptions;

/** Clocks in ms. */
const clocks = {
  "stands still": () => () => 0,
  "jumps at random": (seed: number) => {
    let [now, state] = [0, seed];
    return () => (now += ((state = Math.imul(state ^ 0x9e3779b1, 0x85ebca6b) >>> 0) % 7) ** 3);
  },
  "says each time that a long time has passed": () => {
    let now = 0;
    return () => (now += 1000);
  },
} satisfies Record<string, (seed: number) => () => number>;

/** The history, without what tells the time, and the weights. */
async function trained(backend: Backend, options: Partial<FitOptions> = {}, compile: Partial<CompileOptions> = {}) {
  const model = sequential([dense({ units: 4, activation: "tanh" }), dropout({ rate: 0.3 }), dense({ units: 1 })]);
  const trainer = await model.compile({
    backend,
    optimizer: adam({ learningRate: 0.05 }),
    loss: "mse",
    metrics: ["mae"],
    seed: 4,
    ...compile,
  });
  const { epochs, best, ended } = await trainer.fit(data, { ...fitting, ...options });
  const numbers = { epochs: epochs.map(timeless), best: best && timeless(best), ended, weights: await trainer.weights() };
  trainer.dispose();
  return numbers;
}

function timeless(log: EpochLog): object {
  return { ...log, examplesPerSecond: undefined };
}

/** Reads and thus waits take their time. */
function slow(backend: Backend, turns: () => number): Backend {
  const wait = async (n: number) => {
    for (let i = 0; i < n; i++) await new Promise((resume) => setImmediate(resume));
  };
  return {
    ...backend,
    read: async (...given) => {
      const reading = backend.read(...given); // as of this call
      await wait(turns());
      return reading;
    },
  };
}

for (const backend of backends.filter(({ supports }) => supports.repeats !== "no")) {
  test(`on ${backend.name} the clock changes no bit of history or weights`, async () => {
    const expected = await trained(backend);
    for (const [name, clock] of Object.entries(clocks)) {
      vi.spyOn(performance, "now").mockImplementation(clock(7));
      expect(await trained(backend), `a clock that ${name}`).toEqual(expected);
      vi.restoreAllMocks();
    }
  });

  test(`on ${backend.name} neither who looks nor a slow backend changes a bit`, async () => {
    const expected = await trained(backend);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), fc.boolean(), async (seed, slowly) => {
        const next = clocks["jumps at random"](seed);
        vi.spyOn(performance, "now").mockImplementation(clocks["jumps at random"](seed ^ 5));
        const onProgress = async () => {
          for (let i = next() % 4; i > 0; i--) await new Promise((resume) => setImmediate(resume));
        };
        expect(await trained(slowly ? slow(backend, () => next() % 3) : backend, { onProgress })).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });
}

test("without learning each epoch is like the first, and patience counts them", async () => {
  for (const backend of backends) {
    const optimizer = sgd({ learningRate: 0 });
    const model = sequential([dense({ units: 1 })]);
    const trainer = await model.compile({ backend, optimizer, loss: "mse" });
    const { epochs, ended, best } = await trainer.fit(data, { epochs: 20, batchSize: 2, shuffle: false, patience: 3 });
    expect([epochs.length, ended, best!.epoch]).toEqual([4, "patience", 1]);
    trainer.dispose();
  }
});

test("an epoch's loss is the mean over its batches to the last bits of f32, however many there are", async () => {
  const [backend] = backends;
  const ones = { x: Array.from({ length: 5000 }, () => [1]), y: Array.from({ length: 5000 }, () => 1.1) };
  const trainer = await sequential([dense({ units: 1, useBias: false })]).compile({
    backend: backend!,
    optimizer: sgd({ learningRate: 0 }),
    loss: "mse",
  });
  const one = (await trainer.evaluate({ x: [[1]], y: [1.1] })).loss;
  const { epochs } = await trainer.fit(ones, { epochs: 1, batchSize: 1 });
  expect(Math.abs(epochs[0]!.loss - one)).toBeLessThanOrEqual(one * 33 * 2 ** -24);
});

test("where an update is not finite, what stays does not depend on how late that is noticed", async () => {
  const spoilt = { ...data, x: data.x.map((row, i) => (i === 50 ? [1e30, 0] : row)) };
  for (const backend of backends) {
    const left = async () => {
      const model = sequential([dense({ units: 1 })]);
      const trainer = await model.compile({ backend, optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }), loss: "mse" });
      const error: unknown = await trainer.fit(spoilt, { epochs: 1, batchSize: 2, shuffle: false }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "NOT_FINITE", facts: { epoch: 1, firstStep: 26 } });
      const { training, weights } = await trainer.checkpoint({ optimizer: true });
      trainer.dispose();
      return { training, weights };
    };
    const expected = await left();
    expect(expected.training).toMatchObject({ step: 25, epoch: 0 });
    for (const clock of Object.values(clocks)) {
      vi.spyOn(performance, "now").mockImplementation(clock(3));
      expect(await left()).toEqual(expected);
      vi.restoreAllMocks();
    }
  }
});
