// The loop is let go while a verb works, and signals are heard. The clock is a fake one that moves with the runs.
import type { Backend } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import type { Model, Trainer } from "../model/model.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import type { Progress } from "../model/options.ts";

const backend = await open();
let now = 0;
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => backend.close());

/** Each run takes 10 ms of the caller's time. */
const busy: Backend = {
  ...backend,
  async compile(program) {
    const executable = await backend.compile(program);
    const run: typeof executable.run = (bindings) => {
      now += 10;
      executable.run(bindings);
    };
    return { ...executable, run, destroy: () => executable.destroy() };
  },
};
const data = { x: Array.from({ length: 100 }, (_, i) => [i / 100]), y: Array.from({ length: 100 }, () => 1) };
const compiled = () =>
  sequential([input({ shape: [1] }), dense({ units: 1 })]).compile({ backend: busy, optimizer: sgd({ learningRate: 0.01 }), loss: "mse" });

/** The longest that a timer had to wait while `work` ran, in ms of the fake clock, as told by one that is set again each time. */
async function longestHold(work: () => Promise<unknown>): Promise<number> {
  const began = now;
  let [last, longest, isDone] = [now, 0, false];
  const tick = (): void => {
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setTimeout(tick, 0);
  };
  setTimeout(tick, 0);
  await work();
  isDone = true;
  expect(now - began).toBeGreaterThanOrEqual(1000);
  return Math.max(longest, now - last);
}

const verbs: Record<string, (trainer: Trainer, signal?: AbortSignal) => Promise<unknown>> = {
  predict: (trainer, signal) => trainer.predict(data.x, { batchSize: 1, ...(signal && { signal }) }),
  evaluate: (trainer, signal) => trainer.evaluate(data, { batchSize: 1, ...(signal && { signal }) }),
  fit: (trainer, signal) => trainer.fit(data, { epochs: 1, batchSize: 1, ...(signal && { signal }) }),
};
for (const [name, verb] of Object.entries(verbs)) {
  test(`${name} holds the loop for less than a tenth of a second, over a thousand of 10 ms each`, async () => {
    const trainer = await compiled();
    expect(await longestHold(() => verb(trainer))).toBeLessThanOrEqual(100);
  });
}

test("so do many short predictions in a row", async () => {
  const trainer = await compiled();
  const many = async () => {
    for (let i = 0; i < 100; i++) await trainer.predict([[1]]);
  };
  expect(await longestHold(many)).toBeLessThanOrEqual(100);
});

/** Turns of the loop before the first run, or the end, of `work` on a machine on which time flies: 10 ms at each look at the clock. */
async function turnsBefore(work: (backend: Backend) => Promise<unknown>): Promise<number> {
  let [turns, isDone] = [0, false];
  const tick = (): void => {
    if (isDone) return;
    turns++;
    setTimeout(tick, 0);
  };
  const watched: Backend = {
    ...backend,
    async compile(program) {
      isDone = true;
      return backend.compile(program);
    },
  };
  vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
  setTimeout(tick, 0);
  await work(watched).finally(() => (isDone = true));
  return turns;
}

const large = (rows: number) => ({ dtype: "f32", shape: [rows, 2 ** 14], data: new Float32Array(rows * 2 ** 14) }) as const;

test("large data are checked in turns of the loop: those to predict from, inputs, targets and weights", async () => {
  const model = sequential([input({ shape: [2 ** 14] }), dense({ units: 1 })]);
  const first = (verb: (trainer: Trainer) => Promise<unknown>) =>
    turnsBefore(async (watched) => verb(await model.compile({ backend: watched, optimizer: sgd(), loss: "mse" })));
  const few = await first((trainer) => trainer.predict(large(4)));
  expect(await first((trainer) => trainer.predict(large(4 * 40)))).toBeGreaterThanOrEqual(few + 5);
  const y = new Float32Array(4 * 40);
  expect(await first((trainer) => trainer.evaluate({ x: large(4 * 40), y }))).toBeGreaterThanOrEqual(few + 5);
  expect(await first((trainer) => trainer.fit({ x: large(4 * 40), y }, { epochs: 1 }))).toBeGreaterThanOrEqual(few + 5);
  const validationData = { x: large(4 * 40), y };
  expect(await first((trainer) => trainer.fit({ x: large(4), y: y.subarray(0, 4) }, { epochs: 1, validationData }))).toBeGreaterThanOrEqual(few + 5); // prettier-ignore
});

test("weights are drawn, and read where they were saved, with turns of the loop between them, and are the same", async () => {
  const model = sequential([input({ shape: [1] }), ...Array.from({ length: 40 }, () => dense({ units: 1 }))]);
  const expected = await (await model.compile({ backend, optimizer: adam(), loss: "mse" })).weights();
  let trainer: Trainer | undefined;
  const compile = (from: Model) => turnsBefore(async () => (trainer = await from.compile({ backend, optimizer: adam(), loss: "mse" })));
  expect(await compile(model)).toBeGreaterThanOrEqual(10);
  expect(await trainer!.weights()).toEqual(expected);
  const saved = deserialize(await serialize(trainer!, { optimizer: true }));
  expect(await compile(saved)).toBeGreaterThanOrEqual(30); // two slots more
  expect(await trainer!.weights()).toEqual(expected);
});

test("a trainer that is disposed of while its weights are drawn makes none", async () => {
  let made = 0;
  const counting: Backend = { ...backend, create: (...given) => (made++, backend.create(...given)) };
  const model = sequential(Array.from({ length: 40 }, () => dense({ units: 1 })));
  vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
  const trainer = await model.compile({ backend: counting });
  const predicting = [[[1]], [[2]]].map((x) => trainer.predict(x));
  trainer.dispose();
  for (const each of predicting) await expect(each).rejects.toMatchObject({ code: "DISPOSED" });
  expect(made).toBe(0);
});

for (const name of ["predict", "evaluate"]) {
  test(`${name} throws ABORTED with the reason once its signal says so, and the next one works`, async () => {
    const trainer = await compiled();
    const expected = await verbs[name]!(trainer);
    const halt = new AbortController();
    setTimeout(() => halt.abort("late"), 0);
    const began = now;
    const failure = { code: "ABORTED", who: `trainer.${name}`, cause: "late" };
    await expect(verbs[name]!(trainer, halt.signal)).rejects.toMatchObject(failure);
    expect(now - began).toBeLessThan(1000);
    await expect(verbs[name]!(trainer, halt.signal)).rejects.toMatchObject(failure);
    expect(await verbs[name]!(trainer)).toEqual(expected);
  });
}

test("a signal cuts validation short too: the epoch's updates stand, and the next fit only validates", async () => {
  const trainer = await compiled();
  const halt = new AbortController();
  const onProgress = ({ step, steps }: { step: number; steps?: number }) => void (step === steps && halt.abort());
  const options = { epochs: 1, batchSize: 1, validationData: data };
  expect(await trainer.fit(data, { ...options, onProgress, signal: halt.signal })).toMatchObject({ ended: "signal", epochs: [] });
  const { epochs } = await trainer.fit(data, options);
  expect(epochs).toHaveLength(1);
  expect((await trainer.checkpoint({ optimizer: true })).training).toMatchObject({ step: 100, epoch: 1 });
});

test("the time left is told by the steps of this fit alone, also where it goes on amid an epoch", async () => {
  const trainer = await compiled();
  const halt = new AbortController();
  const left: number[][] = [];
  const onProgress = ({ step, etaSeconds, epoch }: Progress) => {
    left.push([etaSeconds ?? Number.NaN, (200 - 100 * (epoch - 1) - step) / 100]); // each step takes 10 ms
    if (step >= 50) halt.abort();
  };
  const options = { epochs: 2, batchSize: 1, onProgress };
  await trainer.fit(data, { ...options, signal: halt.signal });
  await trainer.fit(data, options);
  expect(left.length).toBeGreaterThan(10);
  for (const [told, is] of left) expect(told).toBeCloseTo(is!);
});

test("what is no signal, or no function, is refused", async () => {
  const trainer = await compiled();
  const wrong = new AbortController() as unknown as AbortSignal; // half the users write JavaScript
  for (const verb of Object.values(verbs)) await expect(verb(trainer, wrong)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  for (const name of ["onProgress", "onEpochEnd"])
    await expect(trainer.fit(data, { epochs: 1, [name]: 5 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
