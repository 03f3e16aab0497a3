// Layers that are random in training: what they do with what is drawn, and that it is drawn as they say.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { sgd } from "../optimizers/sgd.ts";
import { DrawnArray } from "../learner/drawnArray.ts";
import { sequential } from "../models/sequential.ts";
import { alone } from "../testing/alone.ts";
import { f64, figures, ramp } from "../testing/figures.ts";
import { alphaDropout } from "./alphaDropout.ts";
import { dense } from "./dense.ts";
import { gaussianDropout } from "./gaussianDropout.ts";
import { gaussianNoise } from "./gaussianNoise.ts";
import type { Drawn, Layer } from "./layer.ts";
import { spatialDropout1D } from "./spatialDropout1D.ts";
import { specOf } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

const x = f64([1, 2, 2], [1, 2, 3, 4]);
const drawnBy = (layer: Layer) => layer.build(specOf([2, 2], "float"), "test").drawn as Drawn | undefined; // one

// a and b of alpha dropout at rate 0.5, as Keras has them: ((1 − r)(1 + r·α'²))^(−1/2) and −a·r·α', α' = −1.7580993408473766
const a = (0.5 * (1 + 0.5 * 1.7580993408473766 ** 2)) ** -0.5;
const low = a * (-1.7580993408473766 + 0.5 * 1.7580993408473766);
test.each<[string, Layer, drawn: readonly number[], y: readonly number[]]>([
  ["spatialDropout1D", spatialDropout1D({ rate: 0.5 }), [0, 2], [0, 4, 0, 8]],
  ["gaussianNoise", gaussianNoise({ stddev: 0.5 }), [0.25, -1, 0, 2], [1.25, 1, 3, 6]],
  ["gaussianDropout", gaussianDropout({ rate: 0.5 }), [1.5, -1, 0, 1], [1.5, -2, 0, 4]],
  ["alphaDropout", alphaDropout({ rate: 0.5 }), [1, 0, 0, 1], [a + a * 0.5 * 1.7580993408473766, low, low, 4 * a + a * 0.5 * 1.7580993408473766]], // prettier-ignore
])("%s takes what was drawn in training, and is nothing elsewhere", async (_, layer, drawn, wanted) => {
  const shape = drawnBy(layer)!.shape;
  for (const backend of Object.values(backends)) {
    const got = await figures(backend, alone(layer, 2, 2), { x: { x }, drawn: { [layer.kind]: f64([1, ...shape], drawn) } });
    got.y.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 14));
    expect(got.wrong).toEqual([]);
    expect((await figures(backend, alone(layer, 2, 2), { x: { x } })).y).toEqual([...x.data]);
  }
});

test("nothing is drawn where nothing would be random", () => {
  for (const layer of [spatialDropout1D, gaussianDropout, alphaDropout]) expect(drawnBy(layer({ rate: 0 }))).toBeUndefined();
  expect(drawnBy(gaussianNoise({ stddev: 0 }))).toBeUndefined();
});

/** Of many numbers as they are drawn. */
async function momentsOf(mask: Drawn): Promise<readonly [mean: number, deviation: number, numbers: readonly number[]]> {
  const drawn = new DrawnArray(backends.reference, { name: "test", mask: { ...mask, shape: [20_000] }, batch: 1, dtype: "f64", seed: 3 });
  drawn.write(7);
  const numbers = [...(await drawn.array.read())];
  drawn.dispose();
  const mean = numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
  return [mean, Math.sqrt(numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / numbers.length), numbers];
}

test("what is drawn has the mean and the deviation that it should have", async () => {
  const [noise, noiseDeviation] = await momentsOf(drawnBy(gaussianNoise({ stddev: 0.3 }))!);
  expect(noise).toBeCloseTo(0, 2);
  expect(noiseDeviation).toBeCloseTo(0.3, 2);
  const [factor, factorDeviation] = await momentsOf(drawnBy(gaussianDropout({ rate: 0.2 }))!);
  expect(factor).toBeCloseTo(1, 2);
  expect(factorDeviation).toBeCloseTo(0.5, 2);
  const [, , kept] = await momentsOf(drawnBy(alphaDropout({ rate: 0.25 }))!);
  // of numbers of mean 0 and variance 1 alpha dropout makes such numbers
  const [, , plain] = await momentsOf({ shape: [], mean: 0, deviation: 1 });
  const lost = -1.7580993408473766,
    scale = (0.75 * (1 + 0.25 * lost ** 2)) ** -0.5;
  const made = plain.map((v, i) => scale * (kept[i] === 1 ? v : lost) - scale * 0.25 * lost);
  const mean = made.reduce((sum, v) => sum + v, 0) / made.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(made.reduce((sum, v) => sum + (v - mean) ** 2, 0) / made.length).toBeCloseTo(1, 1);
});

test("what is drawn follows from the seed alone: backends train alike, another seed trains otherwise", async () => {
  const losses = async (on: keyof typeof backends, seed: number) => {
    const net = sequential([gaussianNoise({ stddev: 0.2 }), spatialDropout1D({ rate: 0.3 }), dense({ units: 2 }), gaussianDropout({ rate: 0.2 }), alphaDropout({ rate: 0.1 })]); // prettier-ignore
    using trainer = await net.compile({ backend: backends[on], optimizer: sgd({ learningRate: 0.1 }), loss: "mse", seed, dtype: "f64" });
    const { epochs } = await trainer.fit({ x: ramp(4, 3, 2), y: ramp(4, 3, 2) }, { epochs: 3, batchSize: 2 });
    return epochs.map(({ loss }) => loss);
  };
  const [first, second] = [await losses("reference", 1), await losses("cpu", 1)];
  second.forEach((loss, i) => expect(loss).toBeCloseTo(first[i]!, 12));
  expect(await losses("reference", 1)).toEqual(first);
  expect(await losses("reference", 2)).not.toEqual(first);
});

test.each<[string, () => unknown, string]>([
  ["a deviation below 0", () => gaussianNoise({ stddev: -1 }), "INVALID_ARGUMENT"],
  ["a rate of 1", () => gaussianDropout({ rate: 1 }), "INVALID_ARGUMENT"],
  ["no steps", () => spatialDropout1D({ rate: 0.5 }).build(specOf([2], "float"), "s"), "SHAPE_MISMATCH"],
  ["indices", () => alphaDropout({ rate: 0.5 }).build(specOf([2], "i32"), "a"), "DTYPE_MISMATCH"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
