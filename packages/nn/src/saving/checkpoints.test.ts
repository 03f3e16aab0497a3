// Checkpoints in a folder: what is kept, and that the same call again ends as the one that was not cut short would have.
import { chmod, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  adam,
  dense,
  dropout,
  reduceLROnPlateau,
  sequential,
  serialize,
  competence,
  type Callback,
  type CompileOptions,
  type Data,
  type FitOptions,
  type History,
  type Trainer,
} from "../index.ts";
import { checkpoints, loadModel } from "../node.ts";

const backend = await open();
afterAll(() => backend.close());
let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "sluice-checkpoints-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const data = { x: Array.from({ length: 9 }, (_, i) => [Math.sin(i), Math.cos(i)]), y: Array.from({ length: 9 }, (_, i) => i / 9) };
const compiled = (units = 3, rest: Partial<CompileOptions> = {}): Promise<Trainer> =>
  sequential([dense({ units }), dropout({ rate: 0.3 }), dense({ units: 1 })]).compile({
    ...{ backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"], seed: 5, ...rest },
  });
const fitting = { epochs: 4, batchSize: 2, validationData: data, restoreBestWeights: true } satisfies FitOptions;
const steps = 5 * fitting.epochs;
const timeless = ({ epochs, best, ended }: History) => ({
  ended,
  epochs: epochs.map((log) => ({ ...log, examplesPerSecond: 0 })),
  best: { ...best, examplesPerSecond: 0 },
});
const files = async () => (await readdir(folder)).toSorted();

const practices = { optimizer: adam({ learningRate: 0.05, useEma: true, emaMomentum: 0.8 }), gradientAccumulationSteps: 3 } as const;
const curriculum = { score: data.y.map((value) => -value), competence: competence({ steps: 5, initial: 0.3 }) };

test.each([
  ["a plain fit", {}, {}],
  ["a fit with an average of weights, several batches to an update and a curriculum", practices, { curriculum, averaged: true }],
] as const)(
  "after any batch that is its last, the same call of %s ends with the bits and the history of one that was not cut short",
  async (_, compiling, rest) => {
    const options = { ...fitting, ...rest };
    const whole = await compiled(3, compiling);
    const expected = await whole.fit(data, { ...options, callbacks: [reduceLROnPlateau({ patience: 1 })] });
    const end = await serialize(whole, { optimizer: true });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: steps }), fc.integer({ min: 1, max: 6 }), async (cut, everySteps) => {
        const run = await mkdtemp(join(folder, "run-"));
        const dying: Callback = {
          name: "dying",
          isLast: true,
          onTrainBatchEnd: (_, training) => {
            if (training.batches === cut) throw new Error("dead");
          },
        };
        const all = (): readonly Callback[] => [reduceLROnPlateau({ patience: 1 }), checkpoints({ folder: run, everySteps })];
        const first = await compiled(3, compiling);
        await expect(first.fit(data, { ...options, callbacks: [...all(), dying] })).rejects.toThrow("dead");
        const again = await compiled(3, compiling);
        const batches: number[] = [];
        const counting: Callback = { name: "counting", onTrainBatchEnd: (_, training) => void batches.push(training.batches) };
        const history = await again.fit(data, { ...options, callbacks: [...all(), counting] });
        expect(batches[0] ?? steps + 1).toBe(
          cut === steps ? steps - (steps % everySteps) + 1 : Math.floor(cut / everySteps) * everySteps + 1,
        );
        expect(timeless(history)).toEqual(timeless(expected));
        expect(await serialize(again, { optimizer: true })).toEqual(end);
      }),
      { numRuns: 10 },
    );
  },
);

test("called again when all is done, it trains no more and tells the same", async () => {
  const first = await compiled();
  const expected = await first.fit(data, { ...fitting, callbacks: [checkpoints({ folder })] });
  const again = await compiled();
  const none: Callback = { name: "none", onTrainBatchBegin: () => expect.unreachable() };
  expect(timeless(await again.fit(data, { ...fitting, callbacks: [checkpoints({ folder }), none] }))).toEqual(timeless(expected));
  expect(await again.weights()).toEqual(await first.weights());
});

test("the newest are kept, and the best epoch's model beside them, which loads and predicts", async () => {
  const trainer = await compiled();
  const { best } = await trainer.fit(data, {
    ...fitting,
    callbacks: [checkpoints({ folder, keep: 3, monitor: "valMae" })],
    monitor: "valMae",
  });
  expect(await files()).toEqual([
    "best.safetensors",
    ...[10, 15, 20].map((batches) => `checkpoint-${String(batches).padStart(12, "0")}.safetensors`),
  ]);
  const loaded = await (await loadModel(join(folder, "best.safetensors"))).compile({ backend, loss: "mse", metrics: ["mae"] });
  expect((await loaded.evaluate(data)).mae).toBeCloseTo(best!["valMae"]!, 6);
});

test("an abort leaves a checkpoint of its very batch", async () => {
  const trainer = await compiled();
  const stop: Callback = { name: "stop", onTrainBatchEnd: (_, training) => void (training.batches === 7 && training.stop()) };
  await trainer.fit(data, { ...fitting, restoreBestWeights: false, callbacks: [checkpoints({ folder, everySeconds: 1e6 }), stop] });
  expect(await files()).toEqual(["best.safetensors", "checkpoint-000000000007.safetensors"]);
});

test("by the clock there is one as soon as so many seconds are over", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const clock: Callback = { name: "clock", onTrainBatchBegin: () => void (now += 1000) };
  const trainer = await compiled();
  await trainer.fit(data, { ...fitting, epochs: 2, callbacks: [clock, checkpoints({ folder, everySeconds: 4, keep: 99 })] });
  vi.restoreAllMocks();
  expect((await files()).filter((name) => name.startsWith("checkpoint")).map((name) => Number(/\d+/.exec(name)?.[0]))).toEqual([4, 8, 10]);
});

test("one that is damaged is passed over with a warning, and where none is whole that is an error", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await (await compiled()).fit(data, { ...fitting, callbacks: [checkpoints({ folder })] });
  const [, older, newer] = await files();
  await truncate(join(folder, newer!), 1000);
  const batches: number[] = [];
  const counting: Callback = { name: "counting", onTrainBatchEnd: (_, training) => void batches.push(training.batches) };
  await (await compiled()).fit(data, { ...fitting, callbacks: [checkpoints({ folder }), counting] });
  expect(batches).toEqual([16, 17, 18, 19, 20]);
  expect(warn).toHaveBeenCalledTimes(1);
  for (const name of [older!, newer!]) await truncate(join(folder, name), 1000);
  await expect((await compiled()).fit(data, { ...fitting, callbacks: [checkpoints({ folder })] })).rejects.toMatchObject({
    code: "FILE_CORRUPT",
  });
  warn.mockRestore();
});

test("another model's checkpoints, and those that are not to be taken up, are refused", async () => {
  await (await compiled()).fit(data, { ...fitting, callbacks: [checkpoints({ folder })] });
  const before = await readFile(join(folder, (await files())[1]!));
  await expect((await compiled(4)).fit(data, { ...fitting, callbacks: [checkpoints({ folder })] })).rejects.toMatchObject({
    code: "SHAPE_MISMATCH",
  });
  await expect((await compiled()).fit(data, { ...fitting, callbacks: [checkpoints({ folder, resume: false })] })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
  expect(await readFile(join(folder, (await files())[1]!))).toEqual(before);
});

test("a folder that cannot be written to ends training with what the system says; what is there stays", async () => {
  await writeFile(join(folder, "file"), "");
  const trainer = await compiled();
  await expect(trainer.fit(data, { ...fitting, callbacks: [checkpoints({ folder: join(folder, "file") })] })).rejects.toMatchObject({
    code: "FILE_UNWRITABLE",
  });
  if (process.getuid?.() === 0) return; // who may write anywhere
  await chmod(folder, 0o500);
  await expect(trainer.fit(data, { ...fitting, callbacks: [checkpoints({ folder })] })).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
  await chmod(folder, 0o700);
});

test("options that make no sense are refused", () => {
  for (const bad of [
    {},
    { folder: "" },
    { folder, everySteps: 0 },
    { folder, everySeconds: -1 },
    { folder, keep: 0 },
    { folder, every: 3 },
  ])
    expect(() => checkpoints(bad as Parameters<typeof checkpoints>[0])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});

test("there is none while updates are left out, so those before stay, and a run with better data goes on from them", async () => {
  const batches = Array.from({ length: 12 }, (_, i) => ({ x: data.x.slice(i % 3, (i % 3) + 4), y: data.y.slice(i % 3, (i % 3) + 4) }));
  const bad = batches.map((batch, i) => (i === 5 ? { ...batch, y: batch.y.map(() => 1e25) } : batch));
  const run = async (stream: readonly Data[], callbacks: readonly Callback[]) =>
    (await compiled()).fit(stream, { epochs: 1, callbacks: [...callbacks, checkpoints({ folder, everySteps: 1 })] });
  await expect(run(bad, [])).rejects.toMatchObject({ code: "NOT_FINITE" });
  expect((await files()).map((name) => Number(/\d+/.exec(name)?.[0]))).toEqual([4, 5]);
  const seen: number[] = [];
  await run(batches, [{ name: "seen", onTrainBatchEnd: (_, training) => void seen.push(training.batches) }]);
  expect(seen).toEqual([6, 7, 8, 9, 10, 11, 12]);
});

test("a file of a later batch that cannot be read is gone once another is written, and drives out none", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await (await compiled()).fit(data, { ...fitting, epochs: 2, callbacks: [checkpoints({ folder })] });
  const later = join(folder, "checkpoint-000000000099.safetensors");
  await writeFile(later, (await readFile(join(folder, (await files()).at(-1) ?? ""))).subarray(0, 1000));
  await (await compiled()).fit(data, { ...fitting, callbacks: [checkpoints({ folder, keep: 1 })] });
  expect(warn).toHaveBeenCalledTimes(1);
  expect(await files()).toEqual(["best.safetensors", "checkpoint-000000000020.safetensors"]);
  warn.mockRestore();
});

test("another monitor begins the best anew", async () => {
  await (await compiled()).fit(data, { epochs: 2, callbacks: [checkpoints({ folder, monitor: "loss" })] });
  const before = await readFile(join(folder, "best.safetensors"));
  await (await compiled()).fit(data, { epochs: 3, callbacks: [checkpoints({ folder, monitor: "mae" })] });
  expect(await readFile(join(folder, "best.safetensors"))).not.toEqual(before);
});

test("the best model has the average of the weights where that is what was validated", async () => {
  const trainer = await compiled(3, practices);
  const { best } = await trainer.fit(data, { ...fitting, averaged: true, restoreBestWeights: false, callbacks: [checkpoints({ folder })] });
  const loaded = await (await loadModel(join(folder, "best.safetensors"))).compile({ backend, loss: "mse" });
  expect((await loaded.evaluate(data)).loss).toBeCloseTo(best?.valLoss ?? Number.NaN, 6);
});
