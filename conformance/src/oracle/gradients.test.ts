import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bidirectionals,
  cellOf,
  cells,
  dataOf,
  examples,
  oracleOf,
  stacks,
  structures,
  type Data,
  type Example,
} from "../arbitraries/cells.ts";
import { uniform } from "../arbitraries/numbers.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";
import { arithmetic } from "./arithmetic.ts";
import { zeros, type Bounded } from "./bounded.ts";
import type { Run } from "./sequence.ts";

// Central differences, with a tolerance that holds by proof. (L(p + εd) − L(p − εd)) / 2ε is the mean of ∇L·d over the segment between
// (L is Lipschitz; a kink of relu inside does no harm), so it differs from ∇L(p)·d by at most what the oracle's bound says of ∇L·d when
// every number of p carries an error of ε|d|. To this comes the rounding of the two losses over 2ε, again by the oracle's own bound.
const epsilon = 2 ** -22;
const runs = (fc.readConfigureGlobal().numRuns ?? 100) / 2; // each compares every tensor
const float64 = arithmetic({ ulp: 2 ** -52, tiny: 2 ** -1074, sum: 0.5, sigmoid: 2, tanh: 2 });

type Point = { readonly weights: Tree<Bounded>; readonly x: Bounded; readonly state: Tree<Bounded> };

describe.each([
  ...cells.map((cell) => ({ name: cellOf(cell).name, pool: structures(cell) })),
  { name: "bidirectional", pool: bidirectionals },
  { name: "stacked", pool: stacks },
])("$name", ({ pool }) => {
  test("every gradient is the central difference of the loss", () => {
    const sharp: number[] = [];
    fc.assert(
      fc.property(examples(pool, ["f64"]), (example) => {
        sharp.push(...compare(example));
      }),
      { numRuns: runs },
    );
    expect(median(sharp), "the tolerance, relative to the gradient").toBeLessThan(1e-4);
  });
});

/** Compares each tensor's gradient along a random direction; returns the tolerances, relative to the gradients. */
function compare(example: Example): readonly number[] {
  const { choice, batch, units } = example.structure;
  const oracle = oracleOf(choice);
  const data = dataOf(example);
  const start: Point = {
    weights: data.weights,
    x: data.x,
    state: data.state ?? mapTree(oracle.state({ batch, units }), ({ shape }) => zeros(shape)),
  };
  const run = (point: Tree<Bounded>) => oracle.run({ arithmetic: float64, units, lengths: data.lengths, ...(point as Point) });
  const next = uniform(example.seed + 1);
  return leaves<Bounded>(start).flatMap(([path, { shape, value }]) => {
    const direction = value.map(() => 2 * next() - 1);
    const change = (to: Bounded) => mapTree<Bounded, Bounded>(start, (leaf, name) => (name === path ? to : leaf));
    const moved = (by: number) =>
      loss(run(change({ shape, value: value.map((v, i) => v + by * direction[i]!), error: zeros(shape).error })), data);
    const above = moved(epsilon);
    const below = moved(-epsilon);
    const gradients = run(change({ shape, value, error: direction.map((d) => Math.abs(epsilon * d)) })).backward(data.upstream);
    const along = dot([[new Map(leaves<Bounded>(gradients)).get(path)!, { shape, value: direction, error: zeros(shape).error }]]);
    const difference = (above.value[0]! - below.value[0]!) / (2 * epsilon);
    const tolerance = along.error[0]! + (above.error[0]! + below.error[0]!) / (2 * epsilon);
    expect(Math.abs(difference - along.value[0]!), `${path}: ${difference} where the oracle has ${along.value[0]!}`).toBeLessThanOrEqual(
      tolerance,
    );
    return along.value[0] === 0 ? [] : [tolerance / Math.abs(along.value[0]!)];
  });
}

/** Σ outputs·u + Σ last·u + Σ state·u, whose gradients the upstream gradients u are. */
function loss(run: Run<Tree<Bounded>, Tree<Bounded>>, { upstream }: Data): Bounded {
  const states = new Map(leaves(upstream.state));
  return dot([
    [run.outputs, upstream.outputs],
    [run.last, upstream.last],
    ...leaves(run.state).map(([path, leaf]) => [leaf, states.get(path)!] as const),
  ]);
}

function dot(pairs: readonly (readonly [Bounded, Bounded])[]): Bounded {
  return float64.affine([], ...pairs.map(([x, y]) => [x, { ...y, shape: [y.value.length, 1] }] as const));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}
