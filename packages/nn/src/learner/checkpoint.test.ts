import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lstm, recurrence, square } from "@sluice/core";
import { open } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adam, adamW, deserializeCheckpoint, learn, serializeCheckpoint, sgd, type LearnerCheckpoint } from "../index.ts";
import { loadCheckpoint, saveCheckpoint } from "../node.ts";

const backend = await open();
const folder = mkdtempSync(join(tmpdir(), "sluice-learner-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await backend.close();
});

const cell = recurrence(lstm());
const batches = Array.from({ length: 9 }, (_, i) => ({ x: [[[Math.sin(i)], [Math.cos(i)]], [[i / 9], [-1]]], y: [[1], [i % 3]] })); // prettier-ignore

interface Setup {
  readonly optimizer: keyof typeof optimizers;
  readonly gradientAccumulationSteps: number;
  readonly frozen: boolean;
  readonly masked: boolean;
}

const optimizers = {
  adam: adam({ globalClipNorm: 0.5 }),
  adamW: adamW({ clipNorm: 0.1 }),
  sgd: sgd({ momentum: 0.9, nesterov: true }),
  schedule: adam({ learningRate: (step) => 0.1 / (1 + step), beta1: (step) => 0.9 / (1 + step) }),
  ema: sgd({ useEma: true, emaMomentum: 0.7, emaOverwriteFrequency: 2 }),
  swa: adam({ swaStart: 1, swaFrequency: 2 }),
};

function make({ optimizer, gradientAccumulationSteps, frozen, masked }: Setup, from?: LearnerCheckpoint) {
  return learn(backend, {
    weights: { cell: cell.weights({ input: 1, units: 3 }), out: [{ axes: { units: 3, out: 1 }, init: "glorotUniform" }] },
    inputs: { x: "float", y: "float" },
    state: { h: [[0, 0, 0], [0, 0, 0]], c: [[0, 0, 0], [0, 0, 0]] }, // prettier-ignore
    optimizer: optimizers[optimizer],
    gradientAccumulationSteps,
    groups: frozen
      ? [{ weights: "cell.wh", trainable: false }]
      : [
          { weights: "cell.wh", weightDecay: false, weightDrop: 0.5 },
          { weights: "cell", weightDecay: false, l2: 0.01, weightNoise: 0.1 },
        ],
    masks: { x: { shape: [2, 1], rate: masked ? 0.5 : 0 } },
    seed: 5,
    ...(from && { from }),
    loss: (w, { x, y }, { state, masks }) => {
      const run = cell.run(w.cell, masks.x === undefined ? x : x.mul(masks.x), { state });
      const error = run.last.dot(w.out[0]).sub(y);
      return { loss: square(error).mean(), measures: { error: error.mean() }, state: run.state };
    },
  });
}

test("a learner that goes on from a checkpoint has the bits of one that never stopped, at whatever batch, through bytes and files", async () => {
  const setup = fc.record<Setup>({
    optimizer: fc.constantFrom("adam", "adamW", "sgd", "schedule", "ema", "swa"),
    gradientAccumulationSteps: fc.integer({ min: 1, max: 3 }),
    frozen: fc.boolean(),
    masked: fc.boolean(),
  });
  const through = fc.constantFrom<(checkpoint: LearnerCheckpoint) => LearnerCheckpoint | Promise<LearnerCheckpoint>>(
    (checkpoint) => checkpoint,
    (checkpoint) => deserializeCheckpoint(serializeCheckpoint(checkpoint)),
    async (checkpoint) => {
      await saveCheckpoint(join(folder, "learner.safetensors"), checkpoint);
      return loadCheckpoint(join(folder, "learner.safetensors"));
    },
  );
  await fc.assert(
    fc.asyncProperty(setup, fc.nat({ max: batches.length }), through, async (setup, stop, carry) => {
      await using whole = await make(setup);
      await using first = await make(setup);
      for (const batch of batches) await whole.step(batch);
      for (const batch of batches.slice(0, stop)) await first.step(batch);
      await using second = await make(setup, await carry(await first.checkpoint()));
      for (const batch of batches.slice(stop)) await second.step(batch);
      expect(await second.checkpoint()).toEqual(await whole.checkpoint());
      expect(await second.measures()).toEqual(await whole.measures());
      expect(second.updates).toBe(whole.updates);
    }),
    { numRuns: 14 },
  );
});

test("a checkpoint is plain data of one moment: what is learnt afterwards does not change it", async () => {
  await using learner = await make({ optimizer: "adam", gradientAccumulationSteps: 2, frozen: false, masked: false });
  for (const batch of batches.slice(0, 3)) await learner.step(batch);
  const checkpoint = await learner.checkpoint();
  const copy = structuredClone(checkpoint);
  await learner.step(batches[3]!);
  expect(checkpoint).toEqual(copy);
  expect(Object.keys(checkpoint.weights)).toEqual(["out.0", "cell.wx", "cell.wh", "cell.b"]);
});

test("a checkpoint of something else is refused, and nothing is left on the backend", async () => {
  const setup: Setup = { optimizer: "adam", gradientAccumulationSteps: 2, frozen: false, masked: false };
  await using learner = await make(setup);
  await learner.step(batches[0]!);
  const good = await learner.checkpoint();
  const { "out.0": out, ...others } = good.weights;
  for (const [other, from, code, what] of [
    [{ ...setup, optimizer: "sgd" }, good, "INVALID_ARGUMENT", "adam with [m, v]"],
    [{ ...setup, gradientAccumulationSteps: 1 }, good, "INVALID_ARGUMENT", "gradientAccumulationSteps"],
    [setup, { ...good, weights: others }, "INVALID_ARGUMENT", 'weight "out.0" is missing'],
    [setup, { ...good, weights: { ...good.weights, "out.0": { ...out!, shape: [1, 3] } } }, "SHAPE_MISMATCH", "out.0"],
    [setup, { ...good, state: {} }, "INVALID_ARGUMENT", "state.h"],
    [setup, { ...good, measured: { ...good.measured, full: [1] } }, "INVALID_ARGUMENT", "measured"],
    [setup, { ...good, batches: 1.5 }, "INVALID_ARGUMENT", "batches"],
    [setup, { ...good, more: 1 }, "INVALID_ARGUMENT", "more"],
    [setup, 5, "INVALID_ARGUMENT", "from"],
  ] as const)
    await expect(make(other as Setup, from as LearnerCheckpoint)).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
});

test("bytes that are no checkpoint are refused by code", async () => {
  await using learner = await make({ optimizer: "sgd", gradientAccumulationSteps: 1, frozen: true, masked: true });
  const bytes = serializeCheckpoint(await learner.checkpoint());
  expect(() => deserializeCheckpoint(bytes.subarray(0, bytes.length - 1))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  expect(() => deserializeCheckpoint(new TextEncoder().encode("something else altogether"))).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" })); // prettier-ignore
  expect(() => deserializeCheckpoint("text" as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => serializeCheckpoint({} as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  await expect(loadCheckpoint(join(folder, "none"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
});
