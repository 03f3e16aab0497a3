// The loop is let go while a verb works, and signals are heard. The clock is a fake one that moves with the runs.
import type { Backend } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import { sequential } from "../model/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import type { Trainer } from "./trainer.ts";

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
  const onProgress = ({ step, steps }: { step: number; steps: number }) => void (step === steps && halt.abort());
  const options = { epochs: 1, batchSize: 1, validationData: data };
  expect(await trainer.fit(data, { ...options, onProgress, signal: halt.signal })).toMatchObject({ ended: "signal", epochs: [] });
  const { epochs } = await trainer.fit(data, options);
  expect(epochs).toHaveLength(1);
  expect((await trainer.checkpoint({ optimizer: true })).training).toMatchObject({ step: 100, epoch: 1 });
});

test("what is no signal, or no function, is refused", async () => {
  const trainer = await compiled();
  const wrong = new AbortController() as unknown as AbortSignal; // half the users write JavaScript
  for (const verb of Object.values(verbs)) await expect(verb(trainer, wrong)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  for (const name of ["onProgress", "onEpochEnd"])
    await expect(trainer.fit(data, { epochs: 1, [name]: 5 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
