// Metrics in a loop of one's own: those of all batches together, whatever was saved or gathered between.
import { square, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { adam, binaryCrossentropy, deserializeCheckpoint, f1Score, learn, meanSquaredError, r2Score, serializeCheckpoint, summed, type LearnerCheckpoint } from "../index.ts"; // prettier-ignore
import { reported } from "../testing/measuring.ts";

const backend = await open();
afterAll(() => backend.close());

const batches = Array.from({ length: 70 }, (_, i) => ({ x: [[Math.sin(i), 1], [Math.cos(2 * i), 1], [Math.sin(3 * i), 1]], y: [[i % 2], [1], [(i >> 1) % 2]], w: [1, i % 3, 2] })); // prettier-ignore
const make = (from?: LearnerCheckpoint, still = false) =>
  learn(backend, {
    weights: { kernel: { axes: { features: 2, out: 1 }, init: { constant: 0.3 } } },
    inputs: { x: "float", y: "float", w: "float" },
    optimizer: adam({ learningRate: still ? 0 : 0.01 }),
    gradientAccumulationSteps: 3,
    dtype: "f64",
    ...(from && { from }),
    loss: (weights: { readonly kernel: Tensor }, { x, y, w }) => {
      const z = x.dot(weights.kernel);
      const measures = { f1: summed(f1Score, y, z, w), r2: summed(r2Score, y, z), mse: summed(meanSquaredError, y, z, w), size: square(z).mean() }; // prettier-ignore
      return { loss: binaryCrossentropy.perSample(y, z).mean(), weight: w.sum(), measures };
    },
  });

test("they are what they are of all batches at once", async () => {
  await using learner = await make(undefined, true);
  for (const batch of batches) await learner.step(batch);
  const [x, y, w] = [batches.flatMap((one) => one.x), batches.flatMap((one) => one.y.flat()), batches.flatMap((one) => one.w)];
  const z = x.map(([a = 0, b = 0]) => 0.3 * (a + b));
  const { f1, r2, mse } = await learner.measures();
  expect(f1).toBeCloseTo(await reported(backend, f1Score, [{ y, z, w }], { output: [1] }), 10);
  expect(r2).toBeCloseTo(await reported(backend, r2Score, [{ y, z, w: w.map(() => 1) }], { output: [1] }), 10);
  const total = w.reduce((a, b) => a + b, 0);
  expect(mse).toBeCloseTo(z.reduce((sum, v, i) => sum + w[i]! * (v - y[i]!) ** 2, 0) / total, 10);
  expect(await learner.evaluate(batches[0]!)).toMatchObject({ f1: expect.any(Number), r2: expect.any(Number) });
  expect(Object.values(await learner.measures()).every(Number.isNaN)).toBe(false); // f1 of nothing is 0
});

test("a checkpoint keeps their sums: what comes after is the same to the bit", async () => {
  await using whole = await make();
  await using first = await make();
  for (const batch of batches) await whole.step(batch);
  for (const batch of batches.slice(0, 40)) await first.step(batch);
  const checkpoint = deserializeCheckpoint(serializeCheckpoint(await first.checkpoint()));
  await using second = await make(checkpoint);
  expect(await second.checkpoint()).toEqual(await first.checkpoint());
  for (const batch of batches.slice(40)) await second.step(batch);
  expect(await second.measures()).toEqual(await whole.measures());
  await using third = await make(checkpoint);
  expect(await third.measures()).toEqual({ loss: (await first.measures()).loss }); // what the sums are of, the loss tells when it is traced
  expect(await third.measures()).toEqual({ loss: Number.NaN });
});

test("what is no metric is refused, and so are other sums for other shapes", async () => {
  for (const wrong of [(x: Tensor) => summed({} as never, x, x), (x: Tensor) => summed(f1Score, x, x, (() => 1) as never), (x: Tensor) => summed(f1Score, x, [1] as never)]) // prettier-ignore
    await expect(learn(backend, { weights: { k: { axes: { a: 1 }, init: "zeros" } }, inputs: { x: "float" }, optimizer: adam(), loss: (w: { readonly k: Tensor }, { x }) => ({ loss: w.k.sum(), measures: { m: wrong(x) } }) }).then((made) => made.step({ x: [1] }))).rejects.toMatchObject({ code: "INVALID_ARGUMENT", who: "summed" }); // prettier-ignore
});
