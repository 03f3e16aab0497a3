// Gradients of losses against differences, at kinks, and where numbers are large: on every backend.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { measured, measuring } from "../testing/measuring.ts";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { binaryFocalCrossentropy } from "./binaryFocalCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import { categoricalFocalCrossentropy } from "./categoricalFocalCrossentropy.ts";
import { categoricalGeneralizedCrossEntropy } from "./categoricalGeneralizedCrossEntropy.ts";
import { categoricalHinge } from "./categoricalHinge.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { furtherLosses } from "./furtherLosses.ts";
import { hinge } from "./hinge.ts";
import { huber } from "./huber.ts";
import { klDivergence } from "./klDivergence.ts";
import { logCosh } from "./logCosh.ts";
import type { Loss } from "./loss.ts";
import { meanAbsolutePercentageError } from "./meanAbsolutePercentageError.ts";
import { meanSquaredLogarithmicError } from "./meanSquaredLogarithmicError.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";
import { squaredHinge } from "./squaredHinge.ts";

const [reference, cpu, workers] = [await openReference(), await openCpu(), await openWorkers({ threads: 2, threshold: 0 })];
afterAll(() => Promise.all([reference, cpu, workers].map((backend) => backend.close())));

const { ctc: _, ...further } = furtherLosses; // of whole sequences: ctc.test.ts and ctcBackends.test.ts
const losses: Readonly<Record<string, Loss>> = {
  ...further,
  "categoricalGeneralizedCrossEntropy({ q })": categoricalGeneralizedCrossEntropy({ q: 0.7 }),
  "huber({ delta })": huber({ delta: 0.3 }),
  "binaryCrossentropy({ labelSmoothing })": binaryCrossentropy({ labelSmoothing: 0.2 }),
  "categoricalCrossentropy({ labelSmoothing })": categoricalCrossentropy({ labelSmoothing: 0.2 }),
  "sparseCategoricalCrossentropy({ labelSmoothing, ignoreClass })": sparseCategoricalCrossentropy({ labelSmoothing: 0.2, ignoreClass: 1 }),
  "binaryFocalCrossentropy({ gamma, … })": binaryFocalCrossentropy({ gamma: 1.5, applyClassBalancing: true, labelSmoothing: 0.1 }),
  "categoricalFocalCrossentropy({ gamma: 1, alpha })": categoricalFocalCrossentropy({ gamma: 1, alpha: [0.5, 0.2, 1] }),
  "categoricalFocalCrossentropy({ gamma: 0 })": categoricalFocalCrossentropy({ gamma: 0 }),
};

/** Outputs on one grid, targets on another, so that they meet at no kink; rates and probabilities where those are read. */
const outputs = fc.array(fc.integer({ min: -400, max: 400 }).map((n) => (n + 0.31) / 100), { minLength: 6, maxLength: 6 }); // prettier-ignore
const targets = fc.array(fc.integer({ min: 0, max: 9 }).map((n) => (n + 0.5) / 10), { minLength: 6, maxLength: 6 }); // prettier-ignore

test.each(Object.entries(losses))("the gradient of %s agrees with central differences", async (name, loss) => {
  const isLabels = loss.target([3]).dtype === "i32";
  const output = (z: readonly number[]): readonly number[] => (["poisson", "dice", "tversky"].includes(name) ? z.map((v) => 1 / (1 + Math.exp(-v))) : z);
  const run = measuring(reference, loss, { output: [3] });
  await fc.assert(
    fc.asyncProperty(targets, outputs.map(output), async (given, z) => {
      const y = isLabels ? given.slice(0, 2).map((v) => Math.floor(3 * v)) : given;
      const total = async (moved: readonly number[]) => (await run({ y, z: moved })).values.reduce((a, b) => a + b);
      const { gradients } = await run({ y, z });
      for (const i of [0, 4]) {
        const slope = ((await total(z.with(i, z[i]! + 1e-5))) - (await total(z.with(i, z[i]! - 1e-5)))) / 2e-5;
        expect(Math.abs(gradients[i]! - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
      }
    }),
    { numRuns: 4 },
  );
}); // prettier-ignore

test("gradients at kinks are those of one side, or what lies between", async () => {
  const slopes = async (loss: Loss, y: readonly number[], z: readonly number[]) =>
    (await measured(reference, loss, { y, z, output: [1] })).gradients.map((slope) => Number(slope.toFixed(12)) + 0);
  expect(await slopes(huber, [0, 0, 0], [1, -1, 0])).toEqual([1, -1, 0]);
  expect(await slopes(logCosh, [0, 0, 0], [0, 50, -50])).toEqual([0, 1, -1]);
  expect(await slopes(meanAbsolutePercentageError, [2, 0], [2, 0])).toEqual([0, 0]);
  expect(await slopes(hinge, [1, 0, -1], [1, -1, -1])).toEqual([0, 0, 0]);
  expect(await slopes(squaredHinge, [1, 0, -1], [1, -1, 0])).toEqual([0, 0, 2]);
  expect(await slopes(meanSquaredLogarithmicError, [1, 1], [0, -3])).toEqual([0, 0]);
  expect((await measured(reference, categoricalHinge, { y: [1, 0, 0], z: [2, 1, 1], output: [3] })).gradients.map(Math.abs)).toEqual([
    0, 0, 0,
  ]);
  const { values, gradients } = await measured(reference, cosineSimilarity, { y: [1, 2, 3], z: [0, 0, 0], output: [3] });
  expect(Math.abs(values[0]!)).toBe(0);
  expect(gradients.every(Number.isFinite)).toBe(true);
});

test.each([reference, cpu, workers].map((backend) => [backend.name, backend] as const))(
  "on %s losses are finite for outputs of ±1000, and so are their gradients, in f32",
  async (_, backend) => {
    const z = [1000, -1000, 0, -1000, 1000, 1000];
    for (const [name, loss] of Object.entries(losses)) {
      if (["poisson", "dice", "tversky"].includes(name)) continue; // of rates and probabilities
      const y = loss.target([3]).dtype === "i32" ? [1, 0] : [1, 0, 0, 1, 0, 0];
      const { values, gradients } = await measured(backend, loss, { y, z, output: [3], dtype: "f32" });
      expect([name, [...values, ...gradients].filter((value) => !Number.isFinite(value))]).toEqual([name, []]);
    }
  },
);

test.each([cpu, workers].map((backend) => [backend.name, backend] as const))("on %s losses are what the reference has in f64, as far as f32 goes", async (_, backend) => {
  const z = [0.3, 1.2, 2.5, 0.7, 0.1, 0.9];
  for (const [name, loss] of Object.entries(losses)) {
    const y = loss.target([3]).dtype === "i32" ? [1, 0] : [0.2, 0.3, 0.5, 1, 0, 0];
    const [got, want] = [await measured(backend, loss, { y, z, output: [3], dtype: "f32" }), await measured(reference, loss, { y, z, output: [3] })];
    const [near, far] = [[...got.values, ...got.gradients], [...want.values, ...want.gradients]];
    near.forEach((value, i) => expect([name, Math.abs(value - far[i]!) <= 1e-5 * Math.max(1, Math.abs(far[i]!))]).toEqual([name, true]));
  }
}); // prettier-ignore

test("a small error keeps its digits in logCosh, and a small divergence its sign", async () => {
  const { values } = await measured(reference, logCosh, { y: [0], z: [1e-6], output: [1] });
  expect(values[0]! / 5e-13).toBeCloseTo(1, 3);
  const same = [0.5, 0.25, 0.25];
  expect((await measured(reference, klDivergence, { y: same, z: same.map(Math.log), output: [3] })).values[0]).toBeCloseTo(0, 15);
});
