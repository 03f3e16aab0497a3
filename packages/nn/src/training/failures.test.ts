// Whatever ends a fit, nothing is lost: the history so far, the best weights, the buffers, the trainer. The clock stands still, so that
// no number of calls follows from how busy the machine is.
import type { Backend } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";

import type { FitOptions, Trainer } from "../model/model.ts";

const backend: Backend = await open();
beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => backend.close());

const data = { x: Array.from({ length: 6 }, (_, i) => [i / 5]), y: Array.from({ length: 6 }, (_, i) => i / 5) };
const fitting = { epochs: 3, batchSize: 2, validationData: data, restoreBestWeights: true } satisfies FitOptions;
const compiled = { optimizer: adam({ learningRate: 0.05 }), loss: "mse", dtype: "f64", seed: 3 } as const;
const model = () => sequential([dropout({ rate: 0.2 }), dense({ units: 1 })]);

/** A backend whose n-th call from `arm` on fails once, and which counts what it holds. */
function failing() {
  let [left, held] = [Infinity, 0];
  const hit = (): void => {
    if (--left === 0) throw new Error("the backend broke");
  };
  const wrapped: Backend = {
    ...backend,
    create(dtype, length) {
      hit();
      held++;
      return backend.create(dtype, length);
    },
    destroy(buffer) {
      held--;
      backend.destroy(buffer);
    },
    write(buffer, values, at) {
      hit();
      backend.write(buffer, values, at);
    },
    async read(...given) {
      hit();
      return backend.read(...given);
    },
    async compile(program) {
      hit();
      const executable = await backend.compile(program);
      return { ...executable, run: (bindings) => (hit(), executable.run(bindings)), destroy: () => executable.destroy() };
    },
  };
  return { backend: wrapped, arm: (n: number) => (left = n), held: () => held };
}

/** Whether the n-th call of a fit was there to fail; then everything else must be. */
async function survives(trainer: Trainer, { arm }: ReturnType<typeof failing>, n: number, epochs: number): Promise<boolean> {
  const before = trainer.history;
  arm(n);
  const thrown: unknown = await trainer.fit(data, { ...fitting, epochs }).then(
    () => undefined,
    (error: unknown) => error,
  );
  arm(Infinity);
  if (thrown === undefined) return false;
  expect(thrown, `call ${n}`).toMatchObject({ message: "the backend broke" });
  const { history } = trainer;
  if (history !== before && history?.best !== undefined) {
    expect(history.ended).toBe("error");
    expect((await trainer.evaluate(data, { batchSize: 2 })).loss, `call ${n}`).toBe(history.best["valLoss"]);
  }
  expect((await trainer.fit(data, fitting)).epochs).toHaveLength(3);
  expect(trainer.history!.ended).toBe("epochs");
  return true;
}

test("a backend that fails at any call of a first epoch, also while it is made ready, loses no epoch, no buffer and no trainer", async () => {
  let [n, isReached] = [0, true];
  while (isReached) {
    const breaking = failing();
    const trainer = await model().compile({ ...compiled, backend: breaking.backend });
    isReached = await survives(trainer, breaking, ++n, 1);
    trainer.dispose();
    expect(breaking.held(), `call ${n}`).toBe(0);
  }
  expect(n).toBeGreaterThan(50);
});

test("a backend that fails at any call of later epochs likewise, and the best weights are there", async () => {
  const breaking = failing();
  const trainer = await model().compile({ ...compiled, backend: breaking.backend });
  await trainer.fit(data, fitting);
  const held = breaking.held();
  let n = 1;
  for (; await survives(trainer, breaking, n, 3); n++) expect(breaking.held(), `call ${n}`).toBe(held);
  expect(n).toBeGreaterThan(90);
  trainer.dispose();
  expect(breaking.held()).toBe(0);
});

test("updates that were left out before another error ended the fit are not counted", async () => {
  const breaking: Backend = {
    ...backend,
    write(buffer, values, at) {
      if (values[0] === 7) throw new Error("the backend broke");
      backend.write(buffer, values, at);
    },
  };
  const x = Array.from({ length: 24 }, (_, i) => [i === 10 ? 1e30 : i === 18 ? 7 : 1]); // the square of 10³⁰ is infinite in f32
  const trainer = await sequential([dense({ units: 1 })]).compile({ backend: breaking, optimizer: adam(), loss: "mse" });
  const fit = trainer.fit({ x, y: x.map(() => 1) }, { epochs: 1, batchSize: 1, shuffle: false });
  await expect(fit).rejects.toMatchObject({ message: "the backend broke" });
  expect((await trainer.checkpoint({ optimizer: true })).training).toMatchObject({ step: 10, epoch: 0 });
  trainer.dispose();
});

test("a divergence gives back the best weights and keeps the history", async () => {
  const optimizer = sgd({ learningRate: (step) => (step < 6 ? 0.1 : 1e80) });
  const trainer = await sequential([dense({ units: 1 })]).compile({ ...compiled, backend, optimizer });
  await expect(trainer.fit(data, { ...fitting, epochs: 20 })).rejects.toMatchObject({ code: "NOT_FINITE" });
  const { epochs, ended, best } = trainer.history!;
  expect([ended, epochs.length >= 2]).toEqual(["error", true]);
  expect((await trainer.evaluate(data, { batchSize: 2 })).loss).toBe(best!["valLoss"]);
  expect(best!["valLoss"]).toBe(Math.min(...epochs.map((log) => log["valLoss"]!)));
});

const callbacks: Record<string, (fail: () => void) => Partial<FitOptions>> = {
  "onProgress throws": (fail) => ({ onProgress: ({ epoch }) => epoch === 3 && fail() }),
  "onProgress rejects": (fail) => ({ onProgress: async ({ epoch }) => (await Promise.resolve(), epoch === 3 && fail()) }),
  "onEpochEnd throws": (fail) => ({ onEpochEnd: ({ epoch }) => void (epoch === 2 && fail()) }),
  "onEpochEnd rejects": (fail) => ({ onEpochEnd: async ({ epoch }) => (await Promise.resolve(), void (epoch === 2 && fail())) }),
};
for (const [title, options] of Object.entries(callbacks)) {
  test(`where ${title}, fit rejects with that very error, and two epochs are kept with the best weights`, async () => {
    const mine = new Error("mine");
    const trainer = await model().compile({ ...compiled, backend });
    const fail = (): never => {
      throw mine;
    };
    await expect(trainer.fit(data, { ...fitting, ...options(fail) })).rejects.toBe(mine);
    const { epochs, ended, best } = trainer.history!;
    expect([epochs.length, ended]).toEqual([2, "error"]);
    expect((await trainer.evaluate(data, { batchSize: 2 })).loss).toBe(best!["valLoss"]);
    expect((await trainer.fit(data, fitting)).epochs).toHaveLength(3);
  });
}
