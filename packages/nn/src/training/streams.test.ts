// Training on streams of batches: the numbers of arrays, nothing asked for before it is wanted, and an end at any moment.
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import type { Callback, FitOptions, Trainer } from "../model/model.ts";
import type { Batches, Data } from "../model/options.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { deserialize } from "../saving/deserialize.ts";
import { serialize } from "../saving/serialize.ts";

const backend = await open();
afterAll(() => backend.close());

const rows = 11;
const x = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const y = Array.from({ length: rows }, (_, i) => Math.sin(i + 1));
const compiled = (): Promise<Trainer> =>
  sequential([dense({ units: 3 }), dropout({ rate: 0.3 }), dense({ units: 1 })]).compile({
    ...{ backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"], seed: 4 },
  });

/** In batches of so many rows. */
function batches(size: number): readonly Data[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({
    x: x.slice(i * size, i * size + size),
    y: y.slice(i * size, i * size + size),
  }));
}
async function* later(list: readonly Data[]): AsyncGenerator<Data> {
  for (const batch of list) {
    await Promise.resolve();
    yield batch;
  }
}
const timeless = (epochs: readonly object[]) => epochs.map((log) => ({ ...log, examplesPerSecond: 0 }));

test("lists, functions and async ones of batches train, and validate, to the bits of arrays in their order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }), async (size, times) => {
      const options = { epochs: 3, restoreBestWeights: true } satisfies FitOptions;
      const whole = await compiled();
      const expected = await whole.fit({ x, y }, { ...options, shuffle: false, batchSize: size, validationData: { x, y } });
      const end = await serialize(whole, { optimizer: true });
      const streams: readonly Batches[] = [
        batches(size),
        () => batches(size),
        () => later(batches(size)),
        async () => batches(size),
        new Set(batches(size)),
        batches(Math.min(rows, size * times)), // cut into such pieces
      ];
      for (const stream of streams) {
        const trainer = await compiled();
        const validationData = () => later(batches(size));
        const { epochs } = await trainer.fit(stream, { ...options, batchSize: Math.min(size, rows), validationData });
        expect(timeless(epochs)).toEqual(timeless(expected.epochs));
        expect(await serialize(trainer, { optimizer: true })).toEqual(end);
      }
    }),
    { numRuns: 8 },
  );
});

test("the function is told the epoch, also after a fit before, and the last batch may be a short one", async () => {
  const told: number[] = [];
  const trainer = await compiled();
  const stream = (epoch: number) => (told.push(epoch), later(batches(4)));
  await trainer.fit(stream, { epochs: 2 });
  const { epochs } = await trainer.fit(stream, { epochs: 2 });
  expect(told).toEqual([1, 2, 3, 4]);
  expect(epochs).toHaveLength(2);
});

test("a batch is asked for when the one before is enqueued, and none beyond", async () => {
  const log: string[] = [];
  function* told() {
    for (const [i, batch] of batches(3).entries()) {
      log.push(`asked ${i + 1}`);
      yield batch;
    }
    log.push("over");
  }
  const callback: Callback = { name: "log", onTrainBatchEnd: ({ step }) => void log.push(`enqueued ${step}`) };
  const trainer = await compiled();
  await trainer.fit(() => told(), { epochs: 1, callbacks: [callback] });
  expect(log).toEqual([...[1, 2, 3, 4].flatMap((i) => [`asked ${i}`, `enqueued ${i}`]), "over"]);
  log.length = 0;
  await trainer.fit(() => told(), { epochs: 1, stepsPerEpoch: 2, callbacks: [callback] });
  expect(log).toEqual(["asked 1", "enqueued 1", "asked 2", "enqueued 2"]);
});

test("with stepsPerEpoch a generator without end goes on from epoch to epoch, and one that a function makes begins anew and is closed", async () => {
  const asked: number[] = [];
  let closed = 0;
  function* endless() {
    try {
      for (let i = 0; ; i++) {
        asked.push(i);
        yield { x: [x[i % rows]!], y: [y[i % rows]!] };
      }
    } finally {
      closed++;
    }
  }
  const trainer = await compiled();
  await trainer.fit(endless(), { epochs: 3, stepsPerEpoch: 4 });
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(closed).toBe(0); // the caller's to go on with
  asked.length = 0;
  await trainer.fit(() => endless(), { epochs: 3, stepsPerEpoch: 4 });
  expect(asked).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  expect(closed).toBe(3);
});

test("steps are told once they are known", async () => {
  const seen: (number | undefined)[] = [];
  const trainer = await compiled();
  const callback: Callback = { name: "log", onEpochBegin: ({ steps }) => void seen.push(steps) };
  await trainer.fit(() => later(batches(4)), { epochs: 3, callbacks: [callback] });
  await trainer.fit(() => later(batches(4)), { epochs: 1, stepsPerEpoch: 2, callbacks: [callback] });
  expect(seen).toEqual([undefined, 3, 3, 2]);
});

test("aborted while a batch is awaited, fit ends at once and the next goes on after what was done", async () => {
  const whole = await compiled();
  await whole.fit(() => later(batches(3)), { epochs: 2 });
  const trainer = await compiled();
  const halt = new AbortController();
  async function* stuck() {
    yield* batches(3).slice(0, 2);
    setTimeout(() => halt.abort(), 5);
    await new Promise(() => {});
  }
  const { ended } = await trainer.fit(() => stuck(), { epochs: 2, signal: halt.signal });
  expect(ended).toBe("signal");
  expect((await trainer.checkpoint({ optimizer: true })).training).toMatchObject({
    step: 2,
    epoch: 0,
    progress: { position: { steps: 2 } },
  });
  await trainer.fit(() => later(batches(3)), { epochs: 2 });
  expect(await serialize(trainer, { optimizer: true })).toEqual(await serialize(whole, { optimizer: true }));
});

test("stopped after any batch, saved and loaded, a stream goes on to the same bits", async () => {
  const whole = await compiled();
  await whole.fit(() => later(batches(3)), { epochs: 2 });
  const end = await serialize(whole, { optimizer: true });
  for (let cut = 1; cut < 8; cut++) {
    const trainer = await compiled();
    const stop: Callback = { name: "stop", onTrainBatchEnd: (_, training) => void (training.batches === cut && training.stop()) };
    const { epochs } = await trainer.fit(() => later(batches(3)), { epochs: 2, callbacks: [stop] });
    const loaded = await deserialize(await serialize(trainer, { optimizer: true })).compile({
      ...{ backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"], seed: 4 },
    });
    await loaded.fit(() => later(batches(3)), { epochs: 2 - epochs.length });
    expect(await serialize(loaded, { optimizer: true })).toEqual(end);
  }
});

test("sequences of unlike lengths go into the bucket of the longest of their batch", async () => {
  const model = () => sequential([embedding({ inputDim: 5, outputDim: 3 }), gru({ units: 3 }), dense({ units: 1 })]);
  const lengths = [2, 1, 5, 4, 3, 6, 6, 2];
  const tokens = lengths.map((length, i) => Array.from({ length: 6 }, (_, t) => (t < length ? (i + t) % 5 : 4)));
  const target = lengths.map((length) => length / 6);
  const list = [0, 2, 4, 6].map((i) => ({ x: tokens.slice(i, i + 2), y: target.slice(i, i + 2), lengths: lengths.slice(i, i + 2) }));
  const options = { backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", seed: 1, dtype: "f64" } as const;
  const [plain, bucketed] = [await model().compile(options), await model().compile(options)];
  const expected = await plain.fit({ x: tokens, y: target, lengths }, { epochs: 3, batchSize: 2, shuffle: false });
  const { epochs } = await bucketed.fit(list, { epochs: 3, bucketBoundaries: [2, 4] });
  epochs.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected.epochs[i]!.loss, 12));
});

test("evaluate takes streams too", async () => {
  const trainer = await compiled();
  const expected = await trainer.evaluate({ x, y });
  const got = await trainer.evaluate(() => later(batches(4)));
  expect(got.loss).toBeCloseTo(expected.loss, 6);
  expect(got["mae"]).toBeCloseTo(expected["mae"]!, 6);
});

test("what is no stream, is used up, changes its shape or throws is told, and the trainer works on", async () => {
  const trainer = await compiled();
  const fails = async (data: unknown, options: Partial<FitOptions>, wanted: object) =>
    expect(trainer.fit(data as Batches, { epochs: 2, ...options })).rejects.toMatchObject(wanted);
  await fails([], {}, { code: "EMPTY_DATA" });
  for (const bad of [() => 3, { [Symbol.iterator]: () => null }, { [Symbol.iterator]: () => ({}) }])
    await fails(bad, {}, { code: "INVALID_ARGUMENT" });
  await fails([{ x }], {}, { code: "INVALID_ARGUMENT" });
  for (const bad of [3, null, { x, y, z: 1 }])
    await fails([bad], {}, { code: "INVALID_ARGUMENT", message: expect.stringContaining("batch 1") });
  await fails(later(batches(4)), {}, { code: "EMPTY_DATA", message: expect.stringContaining("used up") });
  await fails([batches(4)[0], { x: [[1]], y: [1] }], {}, { code: "SHAPE_MISMATCH" });
  await fails([batches(4)[0], { x: [[1, NaN]], y: [1] }], {}, { code: "NOT_FINITE", message: expect.stringContaining("batch 2") });
  await fails([batches(4)[0], { ...batches(4)[1], sampleWeight: [1, 1, 1, 1], lengths: [1, 1, 1, 1] }], {}, { code: "INVALID_ARGUMENT" });
  for (const option of [{ shuffle: true }, { validationSplit: 0.5 }, { classWeight: "balanced" }] as const)
    await fails(batches(4), option, { code: "INVALID_ARGUMENT" });
  await fails({ x, y }, { stepsPerEpoch: 3 }, { code: "INVALID_ARGUMENT" });
  async function* broken() {
    yield* batches(4).slice(0, 1);
    await Promise.reject(new Error("the disk is gone"));
  }
  await expect(trainer.fit(() => broken(), { epochs: 1 })).rejects.toThrow("the disk is gone");
  expect(trainer.history?.ended).toBe("error");
  expect((await trainer.fit(batches(4), { epochs: 1 })).ended).toBe("epochs");
});

test("validationSplit holds out the last samples, in the order they came", async () => {
  const [split, apart] = [await compiled(), await compiled()];
  const { epochs } = await split.fit({ x, y }, { epochs: 3, batchSize: 4, validationSplit: 0.3 });
  const data = { x: x.slice(0, 7), y: y.slice(0, 7) };
  const expected = await apart.fit(data, { epochs: 3, batchSize: 4, validationData: { x: x.slice(7), y: y.slice(7) } });
  expect(timeless(epochs)).toEqual(timeless(expected.epochs));
  expect(await serialize(split, { optimizer: true })).toEqual(await serialize(apart, { optimizer: true }));
  for (const options of [
    { validationSplit: 0.99 },
    { validationSplit: 0 },
    { validationSplit: 1 },
    { validationSplit: 0.5, validationData: { x, y } },
  ])
    await expect(split.fit({ x, y }, { epochs: 1, ...options })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("validationSplit cuts lengths, weights and large arrays with the rest", async () => {
  const model = () => sequential([gru({ units: 2 }), dense({ units: 1 })]);
  const options = { backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", seed: 1 } as const;
  const steps = Array.from({ length: 10 }, (_, i) => [[i / 10], [1 - i / 10], [0.5]]);
  const data = {
    x: steps,
    y: steps.map((_, i) => i / 10),
    lengths: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1],
    sampleWeight: steps.map((_, i) => i),
  };
  const cut = (from: number, to: number): Data => ({
    ...{
      x: data.x.slice(from, to),
      y: data.y.slice(from, to),
      lengths: data.lengths.slice(from, to),
      sampleWeight: data.sampleWeight.slice(from, to),
    },
  });
  const [split, apart] = [await model().compile(options), await model().compile(options)];
  const got = await split.fit(data, { epochs: 2, batchSize: 3, validationSplit: 0.4 });
  const expected = await apart.fit(cut(0, 6), { epochs: 2, batchSize: 3, validationData: cut(6, 10) });
  expect(timeless(got.epochs)).toEqual(timeless(expected.epochs));
});

test("what is left of a large batch when an epoch ends is the next one's, of an iterable that goes on", async () => {
  const twice = (size: number) => [...batches(size), ...batches(size)];
  const losses = async (stream: Batches) => {
    const trainer = await compiled();
    const { epochs } = await trainer.fit(stream, { epochs: 2, stepsPerEpoch: 3, batchSize: 1 });
    return epochs.map(({ loss }) => loss);
  };
  expect(await losses(twice(11).values())).toEqual(await losses(twice(1).values()));
});

test("an iterator of its own goes on by itself, also where a checkpoint is restored in a later epoch", async () => {
  const single = [...batches(1), ...batches(1)];
  const options = { epochs: 4, stepsPerEpoch: 3 };
  const whole = await compiled();
  await whole.fit(single.values(), options);
  const end = await serialize(whole, { optimizer: true });
  for (let cut = 1; cut < 12; cut++) {
    const first = await compiled();
    let bytes: Uint8Array | undefined;
    const stop: Callback = {
      name: "stop",
      isLast: true,
      async onTrainBatchEnd(_, training) {
        if (training.batches !== cut) return;
        bytes = await serialize(training.trainer, { optimizer: true });
        training.stop();
      },
    };
    await first.fit(single.values(), { ...options, callbacks: [stop] });
    const saved = deserialize(bytes ?? new Uint8Array()).saved;
    const restoring: Callback = { name: "restoring", onTrainBegin: (training) => training.restore(saved!) };
    const again = await compiled();
    await again.fit(single.slice(cut).values(), { ...options, callbacks: [restoring] });
    expect(await serialize(again, { optimizer: true })).toEqual(end);
  }
});

test("an abort is heard while a stream is awaited that has not come", async () => {
  const trainer = await compiled();
  await trainer.fit(batches(4), { epochs: 1 });
  const halt = new AbortController();
  setTimeout(() => halt.abort(), 5);
  const never = () => new Promise<readonly Data[]>(() => {});
  expect((await trainer.fit(never, { epochs: 1, signal: halt.signal })).ended).toBe("signal");
});
