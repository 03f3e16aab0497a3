import fc from "fast-check";
import { expect, test } from "vitest";
import { bidirectionals, cells, composed, dataOf, examples, oracleOf, stacks, structures, type Example } from "../arbitraries/cells.ts";
import { met } from "../arbitraries/met.ts";
import { kinds, varied } from "../arbitraries/variants.ts";
import { quantile } from "../testing/differences.ts";
import { float32With } from "../testing/float32.ts";
import { uniform } from "../arbitraries/numbers.ts";
import { leaves } from "../tree.ts";
import { arithmetic, exact, type Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const pool = [...cells.flatMap(structures), ...bidirectionals, ...stacks, ...composed, ...kinds.flatMap((kind) => varied(kind, seed))];
const float32 = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -149, sum: 0.5, exp: 0.5, sqrt: 0.5, div: 0.5, sigmoid: 0.5, tanh: 0.5 });

test("what float32 computes lies within the bounds, whatever the order of its sums", () => {
  const used: number[] = [];
  fc.assert(
    fc.property(examples(pool, ["f32"]), (example) => {
      const single = new Map(results(example, float32With(uniform(example.seed + 1))));
      for (const [path, { value, error }] of results(example, float32))
        value.forEach((v, i) => {
          const off = Math.abs(single.get(path)!.value[i]! - v);
          expect(off, `${path}[${i}]`).toBeLessThanOrEqual(error[i]!);
          if (error[i]! > 0) used.push(off / error[i]!);
        });
    }),
    { examples: Object.values(met).flatMap((examples) => examples.map((example) => [example] as [Example])) },
  );
  expect(quantile(used, 1), "the share of its bound that the worst result uses").toBeGreaterThan(0.2);
});

test("a gate that is nearly shut is known no better, relatively, than its argument absolutely", () => {
  for (const at of [-20, -40, -60, -80]) {
    const { value, error } = float32.sigmoid({ shape: [1], value: Float64Array.of(at), error: Float64Array.of(1e-5) });
    expect(error[0]).toBeGreaterThan(Math.exp(at + 1e-5) - Math.exp(at));
    expect(error[0]).toBeLessThan(1.1e-5 * value[0]! + 2 ** -149);
  }
});

test("however little is known of its argument, a function stays within its range", () => {
  const vague: Bounded = { shape: [2], value: Float64Array.of(-0.5, 0.25), error: Float64Array.of(1e200, 1e200) };
  const epsilon: Bounded = { shape: [1], value: Float64Array.of(1e-5), error: Float64Array.of(0) };
  const { sigmoid, tanh, hardSigmoid, softsign, softsignSlope, layerNormal, rmsNormal, layerNormalSlopes } = float32;
  for (const f of [sigmoid, tanh, hardSigmoid, softsign, softsignSlope]) expect(Math.max(...f(vague).error)).toBeLessThan(2.1);
  for (const f of [layerNormal, rmsNormal]) expect(Math.max(...f(vague, epsilon).error)).toBeLessThan(2.1 * Math.SQRT2);
  expect(Math.max(...layerNormalSlopes(vague, epsilon).error)).toBeLessThan(10 / Math.sqrt(1e-5));
});

test("what underflow takes from a product of some factors grows with the others", () => {
  const flushing = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -126, sum: 0.5, exp: 1, sqrt: 1, div: 1, sigmoid: 1, tanh: 1 });
  const one = (value: number): Bounded => ({ shape: [1], value: Float64Array.of(value), error: Float64Array.of(0) });
  const { value, error } = flushing.times(one(2 ** -100), one(2 ** -27), one(2 ** 20));
  expect(error[0]).toBeGreaterThan(value[0]!); // 2⁻¹⁰⁰·2⁻²⁷ may have become 0
});

test("a bound does not change what is computed", () => {
  fc.assert(
    fc.property(examples(pool), (example) => {
      const bare = new Map(results(example, exact));
      for (const [path, { value }] of results(example, float32)) expect(value).toEqual(bare.get(path)!.value);
    }),
    { numRuns: 20 },
  );
});

test("the bounds are tight enough to tell: for lively weights their median is below 10⁻⁴ of the largest number", () => {
  const relative = fc.sample(examples(pool, ["f32"]), 100).flatMap((example) =>
    results({ ...example, scale: 1 }, float32).flatMap(([, { value, error }]) => {
      const largest = Math.max(...value.map(Math.abs));
      return largest > 0 ? [...error].map((e) => e / largest) : [];
    }),
  );
  expect(quantile(relative, 0.5)).toBeLessThan(1e-4);
});

/** Everything that an example computes: outputs, last, final states and every gradient. */
function results(example: Example, machine: Arithmetic): readonly (readonly [string, Bounded])[] {
  const { upstream, ...data } = dataOf(example);
  const run = oracleOf(example.structure.choice).run({ arithmetic: machine, units: example.structure.units, ...data });
  return leaves<Bounded>({ outputs: run.outputs, last: run.last, state: run.state, gradients: run.backward(upstream) });
}
