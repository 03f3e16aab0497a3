import fc from "fast-check";
import { expect, test } from "vitest";
import { drawn } from "../arbitraries/examples.ts";
import { describeLayer, layerDataOf, layered, layers } from "../arbitraries/layers.ts";
import { randoms, uniform } from "../arbitraries/numbers.ts";
import { differences, float64, quantile } from "../testing/differences.ts";
import { float32With } from "../testing/float32.ts";
import { leaves, type Tree } from "../tree.ts";
import { arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";
import { layerNormalised } from "./normalise.ts";

const pool = layers.filter(({ choice, shape }) => shape[0]! < 100 && choice.layer !== "sinusoidalPositions");
const float32 = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -149, sum: 0.5, exp: 0.5, sqrt: 0.5, div: 0.5, sigmoid: 0.5, tanh: 0.5 });

test("every gradient of a normalisation or rotation is the central difference of the loss", () => {
  fc.assert(
    fc.property(drawn({ pool, dtypes: ["f64"], describe: describeLayer }), (example) => {
      const { inputs, upstream } = layerDataOf(example);
      const run = (point: Tree<Bounded>) => {
        const { output, gradients } = layered(example.structure, { inputs: point as typeof inputs, upstream }, float64);
        return { results: { output }, gradients: () => gradients as Tree<Bounded> };
      };
      differences({ ...inputs }, { output: upstream }, run, uniform(example.seed + 1));
    }),
    { numRuns: 50 },
  );
});

test("what float32 computes lies within the bounds", () => {
  const used: number[] = [];
  fc.assert(
    fc.property(drawn({ pool, dtypes: ["f32"], describe: describeLayer }), (example) => {
      const data = layerDataOf(example);
      const single = new Map(leaves<Bounded>(layered(example.structure, data, float32With(uniform(example.seed + 1))) as Tree<Bounded>));
      for (const [path, { value, error }] of leaves<Bounded>(layered(example.structure, data, float32) as Tree<Bounded>))
        value.forEach((v, i) => {
          const off = Math.abs(single.get(path)!.value[i]! - v);
          expect(off, `${path}[${i}]`).toBeLessThanOrEqual(error[i]!);
          if (error[i]! > 0) used.push(off / error[i]!);
        });
    }),
  );
  expect(quantile(used, 1), "the share of its bound that the worst result uses").toBeGreaterThan(0.1);
});

// As reverse mode has it, operation by operation: y = d/σ, σ = √v, v = mean d² + ε, d = x − mean x.
test("layer normalisation differentiated step by step in float32 lies within the bounds", () => {
  const f = Math.fround;
  const sum = (x: readonly number[]) => x.reduce((total, v) => f(total + v), 0);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 0.01, 30), fc.nat(), (n, size, seed) => {
      const random = randoms(uniform(seed), "f32");
      const [x, g] = [random.like(0.1 * size, size)({ shape: [n] }), random.like(0.3, 1.5)({ shape: [n] })];
      const mean = f(sum([...x.value]) / n);
      const d = [...x.value].map((v) => f(v - mean));
      const sigma = f(Math.sqrt(f(f(sum(d.map((v) => f(v * v))) / n) + f(1e-5))));
      const dSigma = -f(sum(d.map((v, i) => f(f(g.value[i]! * v) / f(sigma * sigma)))));
      const dv = f(f(dSigma / f(2 * sigma)) / n);
      const dd = d.map((v, i) => f(f(g.value[i]! / sigma) + f(f(2 * v) * dv)));
      const less = f(sum(dd) / n);
      const { value, backward } = layerNormalised(float32, x);
      const back = backward(g);
      d.forEach((v, i) => {
        expect(Math.abs(f(v / sigma) - value.value[i]!)).toBeLessThanOrEqual(value.error[i]!);
        expect(Math.abs(f(dd[i]! - less) - back.value[i]!)).toBeLessThanOrEqual(back.error[i]!);
      });
    }),
    { numRuns: 500 },
  );
});
