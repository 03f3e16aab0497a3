import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attentionExamples, attentionPool, type AttentionExample } from "../../arbitraries/attention.ts";
import { attended, attentionDataOf } from "../../arbitraries/attentionData.ts";
import { uniform } from "../../arbitraries/numbers.ts";
import { differences, float64, quantile } from "../../testing/differences.ts";
import { float32With } from "../../testing/float32.ts";
import { leaves, type Tree } from "../../tree.ts";
import { arithmetic, exact } from "../arithmetic.ts";
import type { Bounded } from "../bounded.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const runs = (fc.readConfigureGlobal().numRuns ?? 100) / 3;
const float32 = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -149, sum: 0.5, exp: 0.5, sqrt: 0.5, div: 0.5, sigmoid: 0.5, tanh: 0.5 });

describe.each(["single", "multiHead"] as const)("%s", (kind) => {
  const pool = attentionPool(kind)(seed).filter(({ queries, keys }) => Math.max(queries, keys) < 100);

  test("every gradient is the central difference of the loss", () => {
    const sharp: number[] = [];
    fc.assert(
      fc.property(attentionExamples(pool, ["f64"]), (example) => {
        sharp.push(...compare(example));
      }),
      { numRuns: Math.ceil(runs) },
    );
    expect(quantile(sharp, 0.5), "the tolerance, relative to the gradient").toBeLessThan(1e-3);
  });

  test("what float32 computes lies within the bounds, whatever the order of its sums, and the bounds are tight enough to tell", () => {
    const used: number[] = [];
    const relative: number[] = [];
    fc.assert(
      fc.property(attentionExamples(pool, ["f32"]), (example) => {
        const data = attentionDataOf(example);
        const single = new Map(leaves<Bounded>(attended(example.structure, data, float32With(uniform(example.seed + 1)))));
        for (const [path, { value, error }] of leaves<Bounded>(attended(example.structure, data, float32))) {
          const largest = value.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
          value.forEach((v, i) => {
            const off = Math.abs(single.get(path)!.value[i]! - v);
            expect(off, `${path}[${i}]`).toBeLessThanOrEqual(error[i]!);
            if (error[i]! > 0) used.push(off / error[i]!);
            if (largest > 0 && example.scale === 1) relative.push(error[i]! / largest);
          });
        }
      }),
    );
    expect(quantile(used, 1), "the share of its bound that the worst result uses").toBeGreaterThan(0.2);
    expect(quantile(relative, 0.5), "the median bound, relative to the largest number").toBeLessThan(1e-4);
  });
});

test("2,048 keys or queries are within the bounds, too", () => {
  const long = attentionPool("single")(seed).filter(({ queries, keys }) => Math.max(queries, keys) > 100);
  expect(long).toHaveLength(3);
  for (const structure of long) {
    const data = attentionDataOf({ structure, dtype: "f32", scale: 1, seed });
    const single = new Map(leaves<Bounded>(attended(structure, data, float32With(uniform(seed)))));
    for (const [path, { value, error }] of leaves<Bounded>(attended(structure, data, float32)))
      value.forEach((v, i) => expect(Math.abs(single.get(path)!.value[i]! - v), `${path}[${i}]`).toBeLessThanOrEqual(error[i]!));
  }
});

test("a bound does not change what is computed", () => {
  fc.assert(
    fc.property(attentionExamples([...attentionPool("single")(seed).slice(0, 5), ...attentionPool("multiHead")(seed)]), (example) => {
      const data = attentionDataOf(example);
      const bare = new Map(leaves<Bounded>(attended(example.structure, data, exact)));
      for (const [path, { value }] of leaves<Bounded>(attended(example.structure, data, float32)))
        expect(value).toEqual(bare.get(path)!.value);
    }),
    { numRuns: 20 },
  );
});

function compare(example: AttentionExample): readonly number[] {
  const { weights, inputs, bias, residual, ...rest } = attentionDataOf(example);
  const hides = bias?.value.includes(-Infinity); // it has no differences there
  const start: Tree<Bounded> = { weights, inputs, ...(bias && !hides && { bias }), ...(residual && { residual }) };
  return differences(
    start,
    rest.upstream,
    (point) => {
      const data = { ...rest, weights, inputs, ...(bias && { bias }), ...(point as object) };
      const { output, weights: weighed, scores, gradients } = attended(example.structure, data, float64);
      return { results: { output, weights: weighed, scores }, gradients: () => gradients as Tree<Bounded> };
    },
    uniform(example.seed + 1),
  );
}
