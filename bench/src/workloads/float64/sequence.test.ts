// Against the oracle of conformance, which goes row by row and is too slow for workloads.
import { oracle } from "@sluice/conformance";
import { random } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { apart } from "../../testing/near.ts";
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";
import { swapped } from "./matrix.ts";
import type { Recurrence, Sizes } from "./sequence.ts";

type Named = Readonly<Record<string, Float64Array>>;
const few = { min: 1, max: 5 };
const sizes = fc.record({ batch: fc.integer(few), steps: fc.integer(few), input: fc.integer(few), units: fc.integer(few) });

// The records of weights and states differ from cell to cell; here they go by name.
type Quick = Recurrence<Named>;
const cells = [
  ["lstm", oracle.lstm() as unknown as oracle.Cell, lstm as unknown as Quick],
  ["gru, reset after", oracle.gru({ reset: "after" }) as unknown as oracle.Cell, gru as unknown as Quick],
  ["gru, reset before", oracle.gru({ reset: "before" }) as unknown as oracle.Cell, gru as unknown as Quick],
] as const;

test.each(cells)("%s and its gradients are those of the oracle", (_, cell, quick) => {
  fc.assert(
    fc.property(sizes, fc.string(), (of, seed) => {
      const { weights, x, d } = given(cell, of, seed);
      const ran = quick(weights, x, of);
      const back = ran.backward(d);
      expect(apart({ outputs: ran.outputs, x: back.x, ...back.weights }, slowly(cell, of, seed))).toBeLessThanOrEqual(1e-12);
    }),
    { numRuns: 50 },
  );
});

/** The same by the oracle: outputs, and the gradients of x and of the weights for upstream d. */
function slowly(cell: oracle.Cell, of: Sizes, seed: string): Named {
  const { weights, x, d } = given(cell, of, seed);
  const shapes = cell.weights(of);
  const batchFirst = (data: Float64Array, width: number): oracle.Bounded =>
    oracle.known([of.batch, of.steps, width], swapped(data, of.steps, of.batch));
  const known = Object.fromEntries(Object.entries(shapes).map(([name, { shape }]) => [name, oracle.known(shape, weights[name]!)]));
  const ran = oracle
    .recurrence(cell as oracle.Cell<oracle.Named, { h: oracle.Bounded }>)
    .run({ units: of.units, weights: known, x: batchFirst(x, of.input) });
  const back = ran.backward({ outputs: batchFirst(d, of.units) });
  const stepsFirst = ({ value }: oracle.Bounded): Float64Array => swapped(value, of.batch, of.steps);
  const ofWeights = Object.entries<oracle.Bounded>(back.weights).map(([name, { value }]) => [name, value] as const);
  return { outputs: stepsFirst(ran.outputs), x: stepsFirst(back.x), ...Object.fromEntries(ofWeights) };
}

/** x and the gradient of the outputs, steps first, and weights. */
function given(cell: oracle.Cell, of: Sizes, seed: string): { weights: Named; x: Float64Array; d: Float64Array } {
  const source = random(seed);
  const weights = Object.entries(cell.weights(of)).map(([name, { shape }]) => [
    name,
    source.child(name).normal(shape.reduce((product, length) => product * length, 1)),
  ]);
  const rows = of.batch * of.steps;
  return {
    weights: Object.fromEntries(weights),
    x: source.child("x").normal(rows * of.input),
    d: source.child("d").normal(rows * of.units),
  };
}
