import { array, compile, SluiceError, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryCrossentropy } from "../losses/binaryCrossentropy.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { sparseCategoricalCrossentropy } from "../losses/sparseCategoricalCrossentropy.ts";
import { binaryIoU } from "./binaryIoU.ts";
import { iou } from "./iou.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { categoricalAccuracy } from "./categoricalAccuracy.ts";
import { resolveMetric } from "../losses/resolveMetric.ts";
import type { Metric } from "./metric.ts";
import { sparseCategoricalAccuracy } from "./sparseCategoricalAccuracy.ts";

const backend = await open();
const classes = 3;
const anyScores = fc.uniqueArray(
  fc.integer({ min: -50, max: 50 }).filter((n) => n !== 0),
  { minLength: classes, maxLength: classes },
);

test("class accuracy is 1 where the largest output stands at the label, otherwise 0", async () => {
  await fc.assert(
    fc.asyncProperty(anyScores, fc.nat({ max: classes - 1 }), async (scores, label) => {
      const right = scores.indexOf(Math.max(...scores)) === label ? 1 : 0;
      const oneHot = scores.map((_, i) => (i === label ? 1 : 0));
      expect(await measure(sparseCategoricalAccuracy, new Int32Array([label]), scores)).toBe(right);
      expect(await measure(categoricalAccuracy, Float64Array.from(oneHot), scores)).toBe(right);
    }),
    { numRuns: 20 },
  );
});

test("binary accuracy is the share of logits on the target's side", async () => {
  await fc.assert(
    fc.asyncProperty(anyScores, fc.array(fc.constantFrom(0, 1), { minLength: classes, maxLength: classes }), async (scores, targets) => {
      const right = scores.filter((z, i) => z > 0 === (targets[i] === 1)).length;
      expect(await measure(binaryAccuracy, Float64Array.from(targets), scores)).toBeCloseTo(right / classes, 12);
    }),
    { numRuns: 20 },
  );
});

test('"accuracy" is the one that goes with the loss', async () => {
  expect(await resolveMetric("accuracy", binaryCrossentropy)).toEqual({ ...binaryAccuracy, name: "accuracy" });
  expect(await resolveMetric("accuracy", sparseCategoricalCrossentropy)).toEqual({ ...sparseCategoricalAccuracy, name: "accuracy" });
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);
  await expect(resolveMetric("accuracy", meanSquaredError)).rejects.toThrow(refused);
  const unknown = "f1" as "mae"; // what a caller without types may pass
  await expect(resolveMetric(unknown, meanSquaredError)).rejects.toThrow(refused);
});

async function measure(metric: Metric, target: Float64Array | Int32Array, scores: readonly number[]): Promise<number> {
  const run = compile(backend, (y: Tensor, z: Tensor) => metric.perSample(y, z));
  const { shape } = metric.target([classes]);
  const result = await run(
    array(backend, target, { shape: [1, ...shape] }),
    array(backend, Float64Array.from(scores), { shape: [1, classes] }),
  );
  return (await result.read())[0]!;
}

test("an overlap of no class is refused", () => {
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);
  for (const metric of [iou, binaryIoU]) expect(() => metric({ targetClassIds: [] })).toThrow(refused);
});
