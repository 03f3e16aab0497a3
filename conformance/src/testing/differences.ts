// For tests: gradients against central differences, with a tolerance that holds by proof.
import { expect } from "vitest";
import { zeros } from "../oracle/bounded.ts";
import { arithmetic, type Bounded } from "../oracle/index.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";

// (L(p + εd) − L(p − εd)) / 2ε is the mean of ∇L·d over the segment between (L is Lipschitz; a kink of relu inside does no harm), so it
// differs from ∇L(p)·d by at most what the oracle's bound says of ∇L·d when every number of p carries an error of ε|d|. To this comes the
// rounding of the two losses over 2ε, again by the oracle's own bound.
const epsilon = 2 ** -25;

export const float64 = arithmetic({ ulp: 2 ** -52, tiny: 2 ** -1074, sum: 0.5, exp: 1, sqrt: 0.5, div: 0.5, sigmoid: 2, tanh: 2 });

/** What a point leads to, computed in `float64`, and the gradients there: a tree as the point, or with more. */
export interface Slope {
  readonly results: Tree<Bounded>;
  gradients(): Tree<Bounded>;
}

/**
 * Compares each tensor's gradient of Σ results·upstream along a random direction. Returns the tolerances, relative to the gradients.
 * `run` evaluates a point, `upstream` has the tree of its results.
 */
export function differences(
  start: Tree<Bounded>,
  upstream: Tree<Bounded>,
  run: (point: Tree<Bounded>) => Slope,
  next: () => number,
): readonly number[] {
  const factors = new Map(leaves(upstream));
  const loss = (point: Tree<Bounded>) => dot(leaves(run(point).results).map(([path, leaf]) => [leaf, factors.get(path)!] as const));
  return leaves<Bounded>(start).flatMap(([path, { shape, value }]) => {
    if (value.length === 0) return [];
    const direction = value.map(() => 2 * next() - 1);
    const change = (to: Bounded) => mapTree<Bounded, Bounded>(start, (leaf, name) => (name === path ? to : leaf));
    const moved = (by: number) => loss(change({ shape, value: value.map((v, i) => v + by * direction[i]!), error: zeros(shape).error }));
    const [above, below] = [moved(epsilon), moved(-epsilon)];
    const gradients = run(change({ shape, value, error: direction.map((d) => Math.abs(epsilon * d)) })).gradients();
    const along = dot([[new Map(leaves<Bounded>(gradients)).get(path)!, { shape, value: direction, error: zeros(shape).error }]]);
    const difference = (above.value[0]! - below.value[0]!) / (2 * epsilon);
    const tolerance = along.error[0]! + (above.error[0]! + below.error[0]!) / (2 * epsilon);
    expect(Math.abs(difference - along.value[0]!), `${path}: ${difference} where the oracle has ${along.value[0]!}`).toBeLessThanOrEqual(
      tolerance,
    );
    return along.value[0] === 0 ? [] : [tolerance / Math.abs(along.value[0]!)];
  });
}

function dot(pairs: readonly (readonly [Bounded, Bounded])[]): Bounded {
  return float64.affine([], ...pairs.map(([x, y]) => [x, { ...y, shape: [y.value.length, 1] }] as const));
}

/** The number below which a share `q` of them lies. */
export function quantile(numbers: readonly number[], q: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(q * (numbers.length - 1))]!;
}
