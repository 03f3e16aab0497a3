import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bidirectionals,
  composed,
  cellOf,
  cells,
  dataOf,
  examples,
  oracleOf,
  stacks,
  structures,
  type Example,
} from "../arbitraries/cells.ts";
import { uniform } from "../arbitraries/numbers.ts";
import { kinds, varied } from "../arbitraries/variants.ts";
import { differences, float64, quantile } from "../testing/differences.ts";
import { mapTree } from "../tree.ts";
import { zeros } from "./bounded.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const runs = (fc.readConfigureGlobal().numRuns ?? 100) / 8; // each compares every tensor

describe.each([
  ...cells.map((cell) => ({ name: cellOf(cell).name, pool: structures(cell).filter(({ units }) => units < 10), share: 1 })),
  ...kinds.map((kind) => ({ name: `${kind} in every option`, pool: varied(kind, seed), share: 4 })),
  { name: "bidirectional", pool: bidirectionals, share: 4 },
  { name: "stacked", pool: stacks, share: 4 },
  { name: "with inputs beyond x", pool: composed, share: 1 },
])("$name", ({ pool, share }) => {
  test("every gradient is the central difference of the loss", () => {
    const sharp: number[] = [];
    fc.assert(
      fc.property(examples(pool, ["f64"]), (example) => {
        sharp.push(...compare(example));
      }),
      { numRuns: Math.ceil(runs * share) },
    );
    expect(quantile(sharp, 0.5), "the tolerance, relative to the gradient").toBeLessThan(1e-3);
  });
});

function compare(example: Example): readonly number[] {
  const { choice, batch, units } = example.structure;
  const oracle = oracleOf(choice);
  const { weights, x, state, upstream, ...given } = dataOf(example);
  const fromLearnt = choice.kind === "recurrence" && choice.learnt && !state;
  const blank = mapTree(oracle.state({ batch, units }), ({ shape }) => zeros(shape));
  const start = { weights, x, ...(fromLearnt ? {} : { state: state ?? blank }) };
  return differences(
    start,
    upstream,
    (point) => {
      const run = oracle.run({ arithmetic: float64, units, ...given, ...(point as typeof start) });
      const gradients = () => {
        const { weights: dWeights, x: dx, state: dState } = run.backward(upstream);
        return { weights: dWeights, x: dx, state: dState };
      };
      return { results: { outputs: run.outputs, last: run.last, state: run.state }, gradients };
    },
    uniform(example.seed + 1),
  );
}
