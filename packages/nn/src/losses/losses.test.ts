import { array, compile, constant, SluiceError, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sparseCategoricalAccuracy } from "../metrics/sparseCategoricalAccuracy.ts";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import { huber } from "./huber.ts";
import { lossNames } from "./names.ts";
import { measured } from "../testing/measuring.ts";
import { resolveLoss } from "./resolveLoss.ts";
import type { Loss } from "./loss.ts";
import { meanAbsoluteError } from "../measures/meanAbsoluteError.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";

const backend = await open();
const [samples, classes] = [3, 4];

/** Straight formulas over one sample's rows, in float64. */
const formulas = {
  meanSquaredError: (y: number[], z: number[]) => mean(z.map((v, i) => (v - y[i]!) ** 2)),
  meanAbsoluteError: (y: number[], z: number[]) => mean(z.map((v, i) => Math.abs(v - y[i]!))),
  binaryCrossentropy: (y: number[], z: number[]) =>
    mean(z.map((v, i) => y[i]! * Math.log1p(Math.exp(-v)) + (1 - y[i]!) * Math.log1p(Math.exp(v)))),
  categoricalCrossentropy: (y: number[], z: number[]) => logSumExp(z) * sum(y) - sum(z.map((v, i) => v * y[i]!)),
  sparseCategoricalCrossentropy: ([y]: number[], z: number[]) => logSumExp(z) - z[y!]!,
};

/** Logits on one grid, probabilities on another: they never meet, where the absolute error has its kink. */
const anyLogits = fc.array(
  fc.integer({ min: -2000, max: 2000 }).map((n) => n / 100),
  { minLength: samples * classes, maxLength: samples * classes },
);
const anyProbabilities = fc.array(
  fc.integer({ min: 0, max: 99 }).map((n) => (n + 0.5) / 100),
  { minLength: samples * classes, maxLength: samples * classes },
);
const anyLabels = fc.array(fc.nat({ max: classes - 1 }), { minLength: samples, maxLength: samples });

const cases = [
  { loss: meanSquaredError, formula: formulas.meanSquaredError, targets: anyProbabilities },
  { loss: meanAbsoluteError, formula: formulas.meanAbsoluteError, targets: anyProbabilities },
  { loss: binaryCrossentropy, formula: formulas.binaryCrossentropy, targets: anyProbabilities },
  { loss: categoricalCrossentropy, formula: formulas.categoricalCrossentropy, targets: anyProbabilities },
  { loss: sparseCategoricalCrossentropy, formula: formulas.sparseCategoricalCrossentropy, targets: anyLabels },
] as const;

for (const { loss, formula, targets } of cases) {
  test(`${loss.name} is its formula, sample by sample`, async () => {
    await fc.assert(
      fc.asyncProperty(targets, anyLogits, async (y, z) => {
        const { values } = await measure(loss, y, z);
        rows(z, samples).forEach((row, i) => expect(values[i]).toBeCloseTo(formula(rows(y, samples)[i]!, row), 10));
      }),
      { numRuns: 20 },
    );
  });

  test(`the gradient of ${loss.name} agrees with central differences`, async () => {
    await fc.assert(
      fc.asyncProperty(targets, anyLogits, async (y, z) => {
        const { gradients } = await measure(loss, y, z);
        z.forEach((_, i) => expect(gradients[i]).toBeCloseTo(slope(formula, y, z, i), 6));
      }),
      { numRuns: 20 },
    );
  });
}

test("binaryCrossentropy has its true gradient at logit 0, where max and |·| have kinks", async () => {
  const y = [0, 0.25, 1, 0.5, 0, 0, 0, 0, 1, 1, 1, 1];
  const { gradients } = await measure(binaryCrossentropy, y, Array(12).fill(0));
  y.forEach((target, i) => expect(gradients[i]).toBeCloseTo((0.5 - target) / classes, 12));
});

test("losses over classes stay finite for logits of ±1000", async () => {
  const z = [1000, -1000, 0, 1000, -1000, -1000, 1000, 0, 0, 0, 1000, -1000];
  const right = [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0];
  for (const [loss, y] of [
    [binaryCrossentropy, right],
    [categoricalCrossentropy, right],
    [sparseCategoricalCrossentropy, [1, 0, 3]],
  ] as const) {
    const { values, gradients } = await measure(loss, [...y], z);
    expect([...values, ...gradients].every(Number.isFinite)).toBe(true);
  }
  expect((await measure(sparseCategoricalCrossentropy, [1, 0, 3], z)).values).toEqual([2000 + Math.LN2, 2000, 2000]);
});

test("a sequence's loss is the mean over its steps", async () => {
  const z = [0.1, 0.2, 0.3, 0.4, -1, 1, 2, 0];
  const perStep = compile(backend, (y: Tensor, x: Tensor) => sparseCategoricalCrossentropy.perSample(y, x));
  const result = await perStep(
    array(backend, new Int32Array([2, 1]), { shape: [1, 2] }),
    array(backend, new Float64Array(z), { shape: [1, 2, 4] }),
  );
  const steps = [formulas.sparseCategoricalCrossentropy([2], z.slice(0, 4)), formulas.sparseCategoricalCrossentropy([1], z.slice(4))];
  expect((await result.read())[0]).toBeCloseTo(mean(steps), 12);
});

test("a loss that has options stands for itself, and is called for others", () => {
  expect(huber.name).toBe("huber");
  expect({ ...huber, name: "mine" }).toMatchObject({ name: "mine", target: huber.target });
  expect(huber({ delta: 2 })).toMatchObject({ name: "huber" });
  for (const wrong of [{ delta: 0 }, { delta: "1" }, { sigma: 1 }, 2] as never[])
    expect(() => huber(wrong)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", who: "huber" }));
  for (const wrong of [{ ignoreClass: 0.5 }, { ignoreClass: 2 ** 31 }, { labelSmoothing: 2 }])
    expect(() => sparseCategoricalCrossentropy(wrong)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});

test("mse and mae are short for their losses, other names are refused", async () => {
  expect(await resolveLoss("mse")).toBe(meanSquaredError);
  expect(await resolveLoss("mae")).toBe(meanAbsoluteError);
  expect(await resolveLoss("huber")).toBe(huber);
  expect(await Promise.all(lossNames.map(resolveLoss))).toHaveLength(lossNames.length);
  for (const unknown of ["nonsense", "constructor"] as never[])
    // what a caller without types may pass
    await expect(resolveLoss(unknown)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>),
    );
});

test("what is no tensor and what is no shape is refused by the name of the measure", () => {
  for (const measure of [meanSquaredError, binaryCrossentropy, sparseCategoricalCrossentropy, sparseCategoricalAccuracy]) {
    const refused = (what: string) =>
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringMatching(`${measure.name}.*${what}`) });
    expect(() => measure.perSample([1] as never, constant(0, [1, 2]))).toThrow(refused("target must be a tensor"));
    expect(() => measure.perSample(constant(0, [1]), undefined as never)).toThrow(refused("output must be a tensor"));
    expect(() => measure.target([1.5])).toThrow(refused("output must be a list"));
  }
});

function measure(loss: Loss, y: readonly number[], z: readonly number[]) {
  return measured(backend, loss, { y, z, output: [classes] });
}

/** The central difference of the sample that logit i belongs to. */
function slope(formula: (y: number[], z: number[]) => number, y: readonly number[], z: readonly number[], i: number): number {
  const step = 1e-5;
  const sample = Math.floor(i / classes);
  const at = (moved: number) => formula(rows(y, samples)[sample]!, rows(z.with(i, z[i]! + moved), samples)[sample]!);
  return (at(step) - at(-step)) / (2 * step);
}

function rows(values: readonly number[], count: number): number[][] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));
}

function logSumExp(z: readonly number[]): number {
  const top = Math.max(...z);
  return top + Math.log(sum(z.map((v) => Math.exp(v - top))));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

test("binary cross-entropy keeps its digits where the logit is right and far from 0, and is the logit where it is wrong", async () => {
  const run = compile(backend, (y: Tensor, z: Tensor) => binaryCrossentropy.perSample(y, z));
  const logits = [20, -20, 60, -60, 5, -5];
  const loss = async (targets: readonly number[]): Promise<readonly number[]> => [
    ...(await (
      await run(
        targets.map((y) => [y]),
        logits.map((z) => [z]),
      )
    ).read()),
  ];
  const right = await loss(logits.map((z) => (z > 0 ? 1 : 0)));
  right.forEach((value, i) => expect(value / Math.log1p(Math.exp(-Math.abs(logits[i]!)))).toBeCloseTo(1, 6));
  const wrong = await loss(logits.map((z) => (z > 0 ? 0 : 1)));
  wrong.forEach((value, i) => expect(value).toBeCloseTo(Math.abs(logits[i]!) + Math.log1p(Math.exp(-Math.abs(logits[i]!))), 5));
});
