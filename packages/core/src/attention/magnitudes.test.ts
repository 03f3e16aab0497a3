// Scores of every magnitude: what is subtracted from them is the very number that was the largest, so that no row is lost to rounding.
import fc from "fast-check";
import { expect, test } from "vitest";
import { attend, compile, gradient, literal, logSoftmax, softmax, type HostArray, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { kindsOf, programOf } from "../testing/programs.ts";

const backend = await open();

const size = fc.constantFrom(0, 1, 1e2, 1e4, 1e8, 1e9, 1e10, 1e15, 1e30, 9e37);
const score = fc.tuple(size, fc.double({ min: -1, max: 1, noNaN: true })).map(([magnitude, share]) => magnitude * share);
const bias = fc.constantFrom(0, -1e4, -1e9, -1e10, 1e9);
const rows = fc.record({ scores: fc.array(score, { minLength: 3, maxLength: 3 }), bias: fc.array(bias, { minLength: 3, maxLength: 3 }) });

const row = (values: readonly number[], ...shape: number[]): HostArray => ({ dtype: "f32", shape, data: Float32Array.from(values) });

test("weights of any scores and biases are at least 0, at most 1 and sum to 1, and gradients are finite", async () => {
  const run = compile(backend, (s: Tensor, b: Tensor, v: Tensor) => {
    const { output, weights } = attend(s, v, { bias: b });
    const soft = softmax(s.add(b)),
      logs = logSoftmax(s.add(b));
    return {
      weights,
      soft,
      logs,
      slopes: gradient(
        output
          .sum()
          .add(soft.mul(v.reshape([1, 3])).sum())
          .add(logs.sum()),
        { s, b, v },
      ),
    };
  });
  await fc.assert(
    fc.asyncProperty(rows, async ({ scores, bias }) => {
      const got = await run(row(scores, 1, 3), row(bias, 1, 3), row([1, 2, 3], 3, 1));
      for (const weights of [got.weights, got.soft]) {
        const values = [...(await weights.read())];
        expect(values.every((w) => w >= 0 && w <= 1)).toBe(true);
        expect(Math.abs(values.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-6);
      }
      for (const array of [got.logs, ...Object.values(got.slopes)]) expect([...(await array.read())].every(Number.isFinite)).toBe(true);
    }),
  );
});

test("a row under a bias of −10⁹ shares its weight among its keys", async () => {
  const run = compile(backend, (s: Tensor, v: Tensor) => attend(s, v, { bias: literal(Float32Array.of(-1e9, -1e9), [1, 2]) }).weights);
  expect([...(await (await run(row([-5, -10], 1, 2), row([1, 1], 2, 1))).read())]).toEqual([0.5, 0.5]); // float32 near 10⁹ are 64 apart
});

test("softmax of [100, 90] with −10¹⁰ added is a number", async () => {
  const run = compile(backend, (s: Tensor, b: Tensor) => softmax(s.add(b)));
  expect([...(await (await run(row([100, 90], 2), row([-1e10, -1e10], 2))).read())]).toEqual([0.5, 0.5]);
});

test("where kernels may keep more than they store, what a maximum is subtracted from is stored", () => {
  const shifted = (s: Tensor, b: Tensor): Tensor => softmax(s.mul(0.5).add(b));
  const args = [row([1, 2], 1, 2), row([1, 2], 1, 2)] as const;
  const kinds = (excessPrecision: boolean): string => kindsOf(programOf(shifted, args, { excessPrecision }));
  expect([kinds(false), kinds(true)]).toEqual(["reduce map reduce map", "map reduce map reduce map"]);
});
