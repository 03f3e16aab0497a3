// What fit reports, as files: whole lines and events, nothing twice after a run went on, and errors that tell.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { open } from "@sluice/cpu";
import { adam, dense, input, model, r2Score, sequential, type Callback, type FitOptions, type History, type Trainer } from "@sluice/nn";
import { checkpoints } from "@sluice/nn/node";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { jsonLines, tensorBoard } from "./index.ts";

const backend = await open();
afterAll(() => backend.close());
let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "sluice-logging-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const data = { x: Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(i)]), y: Array.from({ length: 10 }, (_, i) => i / 10) };
const compiled = (): Promise<Trainer> =>
  sequential([dense({ units: 1 })]).compile({ backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"], seed: 1 });
const fitting = { epochs: 4, batchSize: 4, validationData: data } satisfies FitOptions;
const fit = async (callbacks: readonly Callback[], options: Partial<FitOptions> = {}): Promise<History> =>
  (await compiled()).fit(data, { ...fitting, ...options, callbacks });

async function lines(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await readFile(path, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text.trimEnd().split("\n").map((line) => ({ ...(JSON.parse(line) as Record<string, unknown>), examplesPerSecond: 0 })); // prettier-ignore
}

test("a line for each epoch has its log, one for each so many batches the means so far", async () => {
  const path = join(folder, "deep", "log.jsonl");
  const { epochs } = await fit([jsonLines({ path, everySteps: 2 })]);
  const found = await lines(path);
  const ofEpochs = found.filter((line) => !("step" in line));
  expect(ofEpochs).toEqual(epochs.map((log) => ({ ...log, examplesPerSecond: 0, batches: 3 * log.epoch, learningRate: 0.05 })));
  const ofSteps = found.filter((line) => "step" in line);
  expect(ofSteps.map(({ batches, epoch, step }) => [batches, epoch, step])).toEqual([[2, 1, 2], [4, 2, 1], [6, 2, 3], [8, 3, 2], [10, 4, 1], [12, 4, 3]]); // prettier-ignore
  const last = ofSteps.at(-1);
  expect([last?.["loss"], last?.["mae"]]).toEqual([epochs.at(-1)?.loss, epochs.at(-1)?.["mae"]]);
});

test("a file that is there begins anew, or is gone on with where that is asked for", async () => {
  const path = join(folder, "log.jsonl");
  await writeFile(path, "{}\n");
  await fit([jsonLines({ path, append: true })], { epochs: 1 });
  expect(await lines(path)).toHaveLength(2);
  await fit([jsonLines({ path })], { epochs: 1 });
  expect(await lines(path)).toHaveLength(1);
});

/** What TensorBoard would read: steps and values by tag. */
async function events(part: string): Promise<Record<string, (readonly [step: number, value: number])[]>> {
  const names = await readdir(join(folder, "board", part));
  expect(names).toHaveLength(1);
  const bytes = await readFile(join(folder, "board", part, names[0] ?? ""));
  const found: Record<string, (readonly [number, number])[]> = {};
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    for (const [step, tag, value] of valuesOf(bytes.subarray(at + 12, at + 12 + length))) (found[tag] ??= []).push([step, value]);
    at += length + 16;
  }
  return found;
}

function valuesOf(event: Uint8Array): readonly (readonly [step: number, tag: string, value: number])[] {
  const found: [number, string, number][] = [];
  let step = 0;
  each(event, {
    2: (reader) => void (step = Number(reader.int64())),
    5: (reader) =>
      each(reader.bytes(), {
        1(value) {
          let [tag, scalar] = ["", Number.NaN];
          each(value.bytes(), { 1: (field) => void (tag = field.string()), 2: (field) => void (scalar = field.float()) });
          found.push([step, tag, scalar]);
        },
      }),
  });
  return found;
}

function each(message: Uint8Array, fields: Readonly<Record<number, (reader: BinaryReader) => void>>): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (fields[field] === undefined) reader.skip(type as WireType, field);
    else fields[field](reader);
  }
}

test("event files have the curves of training and validation under Keras's tags, and histograms of weights", async () => {
  const { epochs } = await fit([tensorBoard({ logDir: join(folder, "board"), updateFreq: 3, histogramFreq: 2 })]);
  const [train, validation] = [await events("train"), await events("validation")];
  const curve = (name: string) => epochs.map((log) => [log.epoch, Math.fround(log[name] ?? Number.NaN)]);
  expect(train["epoch_loss"]).toEqual(curve("loss"));
  expect(validation["epoch_loss"]).toEqual(curve("valLoss"));
  expect(validation["epoch_mae"]).toEqual(curve("valMae"));
  expect(train["epoch_learning_rate"]).toEqual(epochs.map(({ epoch }) => [epoch, Math.fround(0.05)]));
  expect(train["batch_loss"]).toEqual(epochs.map(({ epoch, loss }) => [3 * epoch, Math.fround(loss)]));
  expect(train["dense.kernel"]?.map(([step]) => step)).toEqual([2, 4]);
});

test("a run that goes on from a checkpoint leaves the logs of one that was not cut short", async () => {
  const all = (to: string): readonly Callback[] => [
    jsonLines({ path: join(to, "log.jsonl"), everySteps: 1 }),
    tensorBoard({ logDir: join(folder, "board"), updateFreq: 1 }),
  ];
  await fit(all(join(folder, "whole")));
  const [expected, expectedEvents] = [await lines(join(folder, "whole", "log.jsonl")), await events("train")];
  delete expectedEvents["epoch_examplesPerSecond"];
  for (const cut of [2, 5, 9, 11]) {
    await rm(join(folder, "board"), { recursive: true });
    const run = join(folder, String(cut));
    const dying: Callback = {
      name: "dying",
      isLast: true,
      onTrainBatchEnd: (_, { batches }) => (batches === cut ? Promise.reject(new Error("dead")) : undefined),
    };
    const kept = checkpoints({ folder: join(run, "checkpoints"), everySteps: 4 });
    await expect(fit([...all(run), kept, dying])).rejects.toThrow("dead");
    await fit([...all(run), checkpoints({ folder: join(run, "checkpoints"), everySteps: 4 })]);
    expect(await lines(join(run, "log.jsonl"))).toEqual(expected);
    const got = await events("train");
    delete got["epoch_examplesPerSecond"];
    expect(got).toEqual(expectedEvents);
  }
});

test("numbers do not depend on logs", async () => {
  const told = ({ epochs }: History) => epochs.map((log) => ({ ...log, examplesPerSecond: 0 }));
  const logs = [
    jsonLines({ path: join(folder, "log.jsonl"), everySteps: 1 }),
    tensorBoard({ logDir: folder, updateFreq: 1, histogramFreq: 1 }),
  ];
  expect(told(await fit(logs))).toEqual(told(await fit([])));
});

test("a file that cannot be written ends training with what the system says, and options that make no sense are refused", async () => {
  await writeFile(join(folder, "file"), "");
  for (const callback of [jsonLines({ path: join(folder, "file", "log") }), tensorBoard({ logDir: join(folder, "file") })])
    await expect(fit([callback])).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error;
  for (const bad of [{}, { path: "" }, { path: "a", everySteps: 0 }, { path: "a", append: 1 }, { path: "a", every: 1 }, undefined])
    expect(() => jsonLines(bad as never)).toThrow(refused);
  for (const bad of [{}, { logDir: 3 }, { logDir: "a", updateFreq: "batch" }, { logDir: "a", histogramFreq: 0.5 }, { logdir: "a" }])
    expect(() => tensorBoard(bad as never)).toThrow(refused);
});

test("a training loss whose name begins with val stays with training, and a metric that is called like a count is refused", async () => {
  const named: Callback = tensorBoard({ logDir: join(folder, "board") });
  const x = input({ name: "x", shape: [2] });
  const two = model({ inputs: { x }, outputs: { valA: dense({ units: 1, name: "valA" })(x), b: dense({ units: 1, name: "b" })(x) } });
  const trainer = await two.compile({ backend, optimizer: adam(), loss: { valA: "mse", b: "mse" } });
  const both = { x: { x: data.x }, y: { valA: data.y, b: data.y } };
  await trainer.fit(both, { epochs: 1, validationData: both, callbacks: [named] });
  expect(Object.keys(await events("train"))).toContain("epoch_valALoss");
  expect(Object.keys(await events("validation"))).toContain("epoch_valALoss");
  expect(Object.keys(await events("validation"))).not.toContain("epoch_aLoss");
  const counted = await sequential([dense({ units: 1 })]).compile({
    backend,
    optimizer: adam(),
    loss: "mse",
    metrics: [{ ...r2Score, name: "batches" }],
  });
  await expect(counted.fit(data, { epochs: 1, callbacks: [jsonLines({ path: join(folder, "log") })] })).rejects.toThrow("batches");
});
