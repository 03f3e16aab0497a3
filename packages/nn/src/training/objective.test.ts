import { array, compile } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { specOf } from "../layers/spec.ts";
import { meanAbsoluteError } from "../measures/meanAbsoluteError.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { layoutOf, pack } from "../weights/layout.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { updateStep } from "../learner/update.ts";
import { modelObjective } from "./objective.ts";

const backend = await open();

// A line, y = kernel · x + bias, whose loss and gradient are one line each.
const built = sequential([dense({ units: 1 })]).build(specOf([1], "float"));
const layout = layoutOf(built.weights);
const rate = 0.1;
const task = {
  layout,
  objective: modelObjective(built, [
    { output: "y", isNamed: false, loss: meanSquaredError, lossWeight: 1, metrics: [{ ...meanAbsoluteError, better: "lower" }] },
  ]),
  optimizer: sgd({ learningRate: rate }),
  skipsUnsound: false,
};

interface Batch {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly weight: readonly number[];
}

const quarter = fc.integer({ min: -20, max: 20 }).map((n) => n / 4);
const anyBatch: fc.Arbitrary<Batch> = fc
  .array(fc.record({ x: quarter, y: quarter, weight: fc.integer({ min: 0, max: 8 }).map((n) => n / 4) }), { minLength: 1, maxLength: 6 })
  .map((rows) => ({ x: rows.map(({ x }) => x), y: rows.map(({ y }) => y), weight: rows.map(({ weight }) => weight) }));

test("an update follows the gradient of the mean by weights, and the totals hold its sums", async () => {
  await fc.assert(
    fc.asyncProperty(anyBatch, quarter, quarter, async (batch, kernel, bias) => {
      const { x, y, weight } = batch;
      const errors = x.map((v, i) => kernel * v + bias - y[i]!);
      const sum = (each: (i: number) => number) => weight.reduce((total, w, i) => total + w * each(i), 0);
      const whole = sum(() => 1) || 1; // a batch in which nothing counts has gradient 0
      const after = await update(batch, kernel, bias);
      expect(after.kernel).toBeCloseTo(kernel - (rate * sum((i) => 2 * errors[i]! * x[i]!)) / whole, 9);
      expect(after.bias).toBeCloseTo(bias - (rate * sum((i) => 2 * errors[i]!)) / whole, 9);
      const expected = [0, sum(() => 1), sum((i) => errors[i]! ** 2), sum((i) => Math.abs(errors[i]!))];
      after.totals.forEach((total, i) => expect(total).toBeCloseTo(expected[i]!, 9));
    }),
    { numRuns: 30 },
  );
});

test("rows without weight change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(anyBatch, fc.array(quarter, { minLength: 1, maxLength: 4 }), async (batch, padding) => {
      const padded = {
        x: [...batch.x, ...padding],
        y: [...batch.y, ...padding.toReversed()],
        weight: [...batch.weight, ...padding.map(() => 0)],
      };
      expect(await update(padded, 0.5, -1)).toEqual(await update(batch, 0.5, -1));
    }),
    { numRuns: 30 },
  );
});

test("a batch in which nothing counts changes nothing and is not a failure", async () => {
  const after = await update({ x: [1, 2], y: [5, 5], weight: [0, 0] }, 0.5, 0.25);
  expect(after).toEqual({ kernel: 0.5, bias: 0.25, totals: [0, 0, 0, 0] });
});

test("an update whose loss or gradient is not finite is left out and counted", async () => {
  for (const kernel of [Number.NaN, Number.POSITIVE_INFINITY, 1e200]) {
    const after = await update({ x: [1, 2], y: [0, 0], weight: [1, 1] }, kernel, 0.25);
    expect(after).toEqual({ kernel, bias: 0.25, totals: [1, 0, 0, 0] });
  }
});

test("after an update that was left out so are all others, and each is counted", async () => {
  const after = await update({ x: [1, 2], y: [0, 0], weight: [1, 1] }, 0.5, 0.25, [3, 2, 7, 8]);
  expect(after).toEqual({ kernel: 0.5, bias: 0.25, totals: [4, 2, 7, 8] });
});

async function update({ x, y, weight }: Batch, kernel: number, bias: number, before = [0, 0, 0, 0]) {
  const column = (values: readonly number[]) => array(backend, Float64Array.from(values), { shape: [values.length, 1] });
  const host = (value: number, shape: number[]) => ({ dtype: "f64", shape, data: Float64Array.of(value) }) as const;
  const params = array(backend, pack(layout, { "dense.kernel": host(kernel, [1, 1]), "dense.bias": host(bias, [1]) }, "f64", "test"));
  const totals = array(backend, Float64Array.from(before));
  const step = compile(backend, updateStep(task, "update"));
  const inputs = { x: { x: column(x) }, y: { y: column(y) }, lengths: {}, weights: {}, weight: array(backend, Float64Array.from(weight)) };
  const bound = await step.bind({ batch: inputs, params, totals, slots: {}, hyper: array(backend, Float64Array.of(rate)) });
  bound.run();
  const flat = await params.read();
  const at = (name: string) => flat[layout.entries[name]!.offset]!;
  return { kernel: at("dense.kernel"), bias: at("dense.bias"), totals: [...(await totals.read())] };
}
