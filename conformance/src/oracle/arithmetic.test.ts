import fc from "fast-check";
import { expect, test } from "vitest";
import { bidirectionals, cells, dataOf, examples, oracleOf, stacks, structures, type Example } from "../arbitraries/cells.ts";
import { uniform } from "../arbitraries/numbers.ts";
import { leaves } from "../tree.ts";
import { arithmetic, exact, type Arithmetic } from "./arithmetic.ts";
import { count, known, type Bounded } from "./bounded.ts";

const pool = [...cells.flatMap(structures), ...bidirectionals, ...stacks];
const float32 = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -149, sum: 0.5, sigmoid: 0.5, tanh: 0.5 });

test("what float32 computes lies within the bounds, whatever the order of its sums", () => {
  const used: number[] = [];
  fc.assert(
    fc.property(examples(pool, ["f32"]), (example) => {
      const single = new Map(results(example, rounding(uniform(example.seed + 1))));
      for (const [path, { value, error }] of results(example, float32))
        value.forEach((v, i) => {
          const off = Math.abs(single.get(path)!.value[i]! - v);
          expect(off, `${path}[${i}]`).toBeLessThanOrEqual(error[i]!);
          if (error[i]! > 0) used.push(off / error[i]!);
        });
    }),
  );
  expect(quantile(used, 1), "the share of its bound that the worst result uses").toBeGreaterThan(0.2);
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
  const { weights, x, state, lengths, upstream } = dataOf(example);
  const run = oracleOf(example.structure.choice).run({ arithmetic: machine, units: example.structure.units, weights, x, state, lengths });
  return leaves<Bounded>({ outputs: run.outputs, last: run.last, state: run.state, gradients: run.backward(upstream) });
}

/** Rounds each operation to float32 and adds in random order. */
function rounding(next: () => number): Arithmetic {
  const f = Math.fround;
  const each = (shape: readonly number[], value: (at: number) => number) =>
    known(
      shape,
      Float64Array.from({ length: count(shape) }, (_, at) => f(value(at))),
    );
  const sum = (terms: readonly number[]) => shuffled(terms, next).reduce((total, term) => f(total + term));
  const product = (numbers: readonly number[]) => shuffled(numbers, next).reduce((total, factor) => f(total * factor));
  const affine = (
    width: number,
    terms: readonly Bounded[],
    products: readonly (readonly [Bounded, Bounded])[],
    at: (k: number, j: number, w: Bounded) => number,
  ) =>
    each([width], (j) =>
      sum([...terms.map((t) => t.value[j]!), ...products.flatMap(([x, w]) => [...x.value].map((v, k) => f(v * w.value[at(k, j, w)]!)))]),
    );
  const width = (terms: readonly Bounded[], products: readonly (readonly [Bounded, Bounded])[], axis: 0 | 1) =>
    terms[0]?.shape[0] ?? products[0]![1].shape[axis]!;
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  return {
    affine: (terms, ...products) => affine(width(terms, products, 1), terms, products, (k, j, w) => k * w.shape[1]! + j),
    affineT: (terms, ...products) => affine(width(terms, products, 0), terms, products, (k, j, w) => j * w.shape[1]! + k),
    outer: (x, d) =>
      each([x.value.length, d.value.length], (at) => x.value[Math.floor(at / d.value.length)]! * d.value[at % d.value.length]!),
    plus: (...terms) => each(terms[0].shape, (at) => sum(terms.map((t) => t.value[at]!))),
    minus: (x, y) => each(x.shape, (at) => x.value[at]! - y.value[at]!),
    times: (...factors) => each(factors[0].shape, (at) => product(factors.map((t) => t.value[at]!))),
    complement: (x) => each(x.shape, (at) => 1 - x.value[at]!),
    sigmoid: (x) => each(x.shape, (at) => logistic(x.value[at]!)),
    tanh: (x) => each(x.shape, (at) => Math.tanh(x.value[at]!)),
    relu: (x) => each(x.shape, (at) => Math.max(0, x.value[at]!)),
    sigmoidSlope: (y) => each(y.shape, (at) => y.value[at]! * f(1 - y.value[at]!)),
    tanhSlope: (y) => each(y.shape, (at) => 1 - f(y.value[at]! * y.value[at]!)),
    reluSlope: (x) => each(x.shape, (at) => (x.value[at]! > 0 ? 1 : 0)),
  };
}

function shuffled(numbers: readonly number[], next: () => number): readonly number[] {
  return numbers
    .map((number) => [next(), number] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, number]) => number);
}

function quantile(numbers: readonly number[], q: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(q * (numbers.length - 1))]!;
}
