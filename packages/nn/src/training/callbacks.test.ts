// Callbacks: when each hook comes, what it may do, and that numbers do not depend on who looks.
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import type { Callback, FitOptions, Trainer } from "../model/model.ts";
import type { History } from "../model/options.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { deserialize } from "../saving/deserialize.ts";
import { serialize } from "../saving/serialize.ts";

const backend = await open();
afterAll(() => backend.close());

const data = { x: Array.from({ length: 7 }, (_, i) => [Math.sin(i), Math.cos(i)]), y: Array.from({ length: 7 }, (_, i) => i / 7) };
const compiled = (): Promise<Trainer> =>
  sequential([dense({ units: 3 }), dropout({ rate: 0.4 }), dense({ units: 1 })]).compile({
    ...{ backend, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: "mse", seed: 2, dtype: "f64" },
  });

/** Writes down what it hears. */
function spy(name: string, heard: string[], rest: Partial<Callback> = {}): Callback {
  return {
    name,
    onTrainBegin: () => void heard.push(`${name} train`),
    onEpochBegin: ({ epoch, steps }) => void heard.push(`${name} epoch ${epoch} of ${steps}`),
    onTrainBatchBegin: ({ step }) => void heard.push(`${name} batch ${step}`),
    onTrainBatchEnd: ({ step }) => void heard.push(`${name} batch ${step} done`),
    onEpochEnd: ({ epoch }) => void heard.push(`${name} epoch ${epoch} done`),
    onTrainEnd: ({ ended }) => void heard.push(`${name} ${ended}`),
    ...rest,
  };
}

test("each hook is called in its place, callbacks in their order, and what is last after all others", async () => {
  const heard: string[] = [];
  const trainer = await compiled();
  const onEpochEnd = () => void heard.push("option");
  await trainer.fit(data, { epochs: 1, batchSize: 4, onEpochEnd, callbacks: [spy("z", heard, { isLast: true }), spy("a", heard)] });
  expect(heard).toEqual([
    ...["a train", "z train", "a epoch 1 of 2", "z epoch 1 of 2"],
    ...["a batch 1", "z batch 1", "a batch 1 done", "z batch 1 done", "a batch 2", "z batch 2", "a batch 2 done", "z batch 2 done"],
    ...["option", "a epoch 1 done", "z epoch 1 done", "a epochs", "z epochs"],
  ]);
  trainer.dispose();
});

test("numbers do not depend on callbacks that look, whatever they ask for", async () => {
  const weights = async (callbacks: readonly Callback[]) => {
    const trainer = await compiled();
    const history = await trainer.fit(data, { epochs: 3, batchSize: 2, validationData: data, callbacks });
    return [history.epochs.map(({ loss, valLoss }) => [loss, valLoss]), await trainer.weights()];
  };
  const seen: number[] = [];
  const looking: Callback = {
    name: "looking",
    async onTrainBatchEnd(_, training) {
      seen.push((await training.means()).loss, training.batches, training.learningRate ?? Number.NaN);
      await training.trainer.weights();
      await training.trainer.checkpoint({ optimizer: true });
    },
  };
  expect(await weights([looking])).toEqual(await weights([]));
  expect(seen.filter((_, i) => i % 3 === 1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(seen.every((value) => Number.isFinite(value))).toBe(true);
});

test("the means so far are the epoch's at its last batch", async () => {
  const trainer = await compiled();
  const ends: number[] = [];
  const onTrainBatchEnd: NonNullable<Callback["onTrainBatchEnd"]> = async ({ step, steps }, training) => {
    if (step === steps) ends.push((await training.means()).loss);
  };
  const { epochs } = await trainer.fit(data, { epochs: 2, batchSize: 3, callbacks: [{ name: "means", onTrainBatchEnd }] });
  expect(ends).toEqual(epochs.map(({ loss }) => loss));
});

test("stopped after any batch, training ends there, and the next fit goes on as if it had not stopped", async () => {
  const whole = await compiled();
  const expected = await whole.fit(data, { epochs: 3, batchSize: 2 });
  const end = await serialize(whole, { optimizer: true });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 11 }), async (batch) => {
      const trainer = await compiled();
      const stopping: Callback = {
        name: "stopping",
        onTrainBatchEnd: (_, training) => {
          if (training.batches === batch) training.stop();
        },
      };
      const first = await trainer.fit(data, { epochs: 3, batchSize: 2, callbacks: [stopping] });
      expect(first.ended).toBe("stop");
      expect((await trainer.checkpoint({ optimizer: true })).training?.step).toBe(batch);
      const rest = await trainer.fit(data, { epochs: 3 - first.epochs.length, batchSize: 2 });
      expect([...first.epochs, ...rest.epochs].map(({ loss }) => loss)).toEqual(expected.epochs.map(({ loss }) => loss));
      expect(await serialize(trainer, { optimizer: true })).toEqual(end);
    }),
    { numRuns: 11 },
  );
});

test("stopped at the end of an epoch, that epoch is in the history", async () => {
  const trainer = await compiled();
  const stopping: Callback = { name: "stopping", onEpochEnd: ({ epoch }, training) => void (epoch === 2 && training.stop()) };
  const { epochs, ended } = await trainer.fit(data, { epochs: 5, callbacks: [stopping] });
  expect([epochs.length, ended]).toEqual([2, "stop"]);
});

const hooks = ["onTrainBegin", "onEpochBegin", "onTrainBatchBegin", "onTrainBatchEnd", "onProgress", "onEpochEnd"] as const;
for (const hook of hooks)
  test(`what ${hook} throws ends training: the best weights are back, all hear of the end, and the trainer works on`, async () => {
    const trainer = await compiled();
    const before = await trainer.fit(data, { epochs: 1, batchSize: 4 });
    const heard: string[] = [];
    let best: unknown;
    const failing: Callback = {
      name: "failing",
      onEpochEnd: async ({ epoch }, training) => void (epoch === 1 && (best = await training.trainer.weights())),
      [hook]: async (moment: { epoch?: number }, training: Parameters<NonNullable<Callback["onEpochEnd"]>>[1]) => {
        if (hook === "onEpochEnd" && moment.epoch === 1) best = await training.trainer.weights();
        if (hook === "onTrainBegin" || (moment.epoch ?? 0) === 2) throw new Error(`no ${hook}`);
      },
    };
    // The second epoch is worse, as its rate is huge.
    const options: FitOptions = { epochs: 3, batchSize: 4, restoreBestWeights: true, callbacks: [failing, spy("other", heard)] };
    await expect(trainer.fit(data, options)).rejects.toThrow(`no ${hook}`);
    expect(heard.at(-1)).toBe("other error");
    if (hook === "onTrainBegin") expect(trainer.history).toEqual(before);
    else {
      expect(trainer.history).toMatchObject({ ended: "error" });
      if (trainer.history?.best?.epoch === 1) expect(await trainer.weights()).toEqual(best);
    }
    expect((await trainer.fit(data, { epochs: 1 })).ended).toBe("epochs");
  });

test("what onTrainEnd throws is told once training is over, and after an error it is not", async () => {
  const heard: string[] = [];
  const failing: Callback = {
    name: "failing",
    onTrainEnd: () => {
      throw new Error("no end");
    },
  };
  const trainer = await compiled();
  await expect(trainer.fit(data, { epochs: 2, callbacks: [failing, spy("other", heard)] })).rejects.toThrow("no end");
  expect(trainer.history).toMatchObject({ ended: "epochs", epochs: [{ epoch: 1 }, { epoch: 2 }] });
  expect(heard.at(-1)).toBe("other epochs");
  const both = { ...failing, onEpochEnd: () => Promise.reject(new Error("no epoch")) };
  await expect(trainer.fit(data, { epochs: 2, callbacks: [both] })).rejects.toThrow("no epoch");
});

test("the scale of the learning rate holds from the next update on, in later fits and in files", async () => {
  const scaling: Callback = { name: "scaling", onEpochBegin: (_, training) => void (training.learningRateScale = 0.25) };
  const [scaled, slow] = [await compiled(), await sequential(scaledLayers()).compile({ ...slowly })];
  await scaled.fit(data, { epochs: 2, batchSize: 4, callbacks: [scaling] });
  await slow.fit(data, { epochs: 2, batchSize: 4 });
  expect(await scaled.weights()).toEqual(await slow.weights());
  const loaded = await deserialize(await serialize(scaled, { optimizer: true })).compile({
    ...slowly,
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
  });
  for (const trainer of [scaled, slow, loaded]) await trainer.fit(data, { epochs: 1, batchSize: 4 });
  expect(await scaled.weights()).toEqual(await slow.weights());
  expect(await loaded.weights()).toEqual(await slow.weights());
});
const scaledLayers = () => [dense({ units: 3 }), dropout({ rate: 0.4 }), dense({ units: 1 })] as const;
const slowly = { backend, optimizer: sgd({ learningRate: 0.025, momentum: 0.9 }), loss: "mse", seed: 2, dtype: "f64" } as const;

test("a fit that restores a checkpoint of another ends as that one would have: weights, history, best, and what callbacks keep", async () => {
  const counting = (): Callback & { readonly log: number[] } => {
    const log: number[] = [];
    return {
      name: "counting",
      log,
      onTrainBatchEnd: ({ step }) => void log.push(step),
      state: () => log,
      resume: (state) => void log.push(...(state as number[])),
    };
  };
  const options = { epochs: 3, batchSize: 2, validationData: data, restoreBestWeights: true } satisfies FitOptions;
  const counted = counting();
  const whole = await compiled();
  const saved: Uint8Array[] = [];
  const saving: Callback = {
    name: "saving",
    isLast: true,
    onTrainBatchEnd: async (_, training) => void saved.push(await serialize(training.trainer, { optimizer: true })),
  };
  const expected = await whole.fit(data, { ...options, callbacks: [saving, counted] });
  const told = ({ epochs, best, ended }: History) =>
    [epochs, [best], [ended]].map((list) => list.map((log) => (typeof log === "object" ? { ...log, examplesPerSecond: 0 } : log)));
  for (const bytes of saved) {
    const trainer = await compiled();
    const again = counting();
    const restoring: Callback = { name: "restoring", onTrainBegin: (training) => training.restore(deserialize(bytes).saved!) };
    const history = await trainer.fit(data, { ...options, callbacks: [restoring, again] });
    expect(told(history)).toEqual(told(expected));
    expect(again.log).toEqual(counted.log);
    expect(await serialize(trainer, { optimizer: true })).toEqual(await serialize(whole, { optimizer: true }));
  }
  expect(saved).toHaveLength(12);
});

test("what cannot be restored is refused, and nothing is changed", async () => {
  const trainer = await compiled();
  await trainer.fit(data, { epochs: 1 });
  const before = await serialize(trainer, { optimizer: true });
  const other = await sequential([dense({ units: 2 }), dropout({ rate: 0.4 }), dense({ units: 1 })]).compile(slowly);
  await other.fit(data, { epochs: 1 });
  const restore = async (saved: Parameters<Parameters<NonNullable<Callback["onTrainBegin"]>>[0]["restore"]>[0]) =>
    trainer.fit(data, { epochs: 1, callbacks: [{ name: "restoring", onTrainBegin: (training) => training.restore(saved) }] });
  await expect(restore(await trainer.checkpoint())).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(restore(await other.checkpoint({ optimizer: true }))).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  expect(await serialize(trainer, { optimizer: true })).toEqual(before);
  const late: Callback = {
    name: "late",
    onEpochEnd: async (_, training) => training.restore(await training.trainer.checkpoint({ optimizer: true })),
  };
  await expect(trainer.fit(data, { epochs: 1, callbacks: [late] })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("onTrainBegin"),
  });
});

test("what is no callback is refused before anything runs", async () => {
  const trainer = await compiled();
  const bad = [[{}], [{ name: "" }], [{ name: "a", onEpochEnd: 3 }], [{ name: "a" }, { name: "a" }], {}, [null]];
  for (const callbacks of bad)
    await expect(trainer.fit(data, { epochs: 1, callbacks: callbacks as readonly Callback[] })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  const misspelt = { name: "a", onEpochend: () => {} } as Callback;
  await expect(trainer.fit(data, { epochs: 1, callbacks: [misspelt] })).rejects.toThrow("Did you mean onEpochEnd?");
  const unsavable: Callback = {
    name: "odd",
    state: () => () => 1,
    onEpochEnd: async (_, training) => void (await training.trainer.checkpoint({ optimizer: true })),
  };
  await expect(trainer.fit(data, { epochs: 1, callbacks: [unsavable] })).rejects.toThrow('state of callback "odd"');
});

test("an epoch is a new best one by more than minDelta, and from startFromEpoch on", async () => {
  const trainer = await compiled();
  const { epochs, best, ended } = await trainer.fit(data, { epochs: 9, patience: 2, minDelta: 1e9 });
  expect([epochs.length, best?.epoch, ended]).toEqual([3, 1, "patience"]);
  const late = await (await compiled()).fit(data, { epochs: 9, patience: 2, minDelta: 1e9, startFromEpoch: 4 });
  expect([late.epochs.length, late.best?.epoch, late.ended]).toEqual([6, 4, "patience"]);
});
