// matmul: a sum over one more axis, which is what reduce does.
import type { MatmulStep, ReduceStep, View } from "@sluice/core";
import type { Limits } from "../gpu/limits.ts";
import type { Pass } from "./pass.ts";
import { reduce } from "./reduce.ts";

export function matmul(step: MatmulStep, limits: Limits): Pass[] {
  return reduce(asReduce(step), limits);
}

/** out[…, m, n] (+)= Σ_k a[…, m, k]·b[…, k, n] as a reduce over [batch…, m, n, k]: a stands still along n, b along m. */
function asReduce({ a, b, out, accumulate }: MatmulStep): ReduceStep {
  const shape = [...out.shape, a.shape.at(-1)!];
  const along = (view: View, m: number, n: number, k: number): View => ({
    ...view,
    shape,
    strides: [...view.strides.slice(0, -2), m, n, k],
  });
  return {
    kind: "reduce",
    shape,
    folded: 1,
    combine: "sum",
    body: [
      { op: "load", input: 0 },
      { op: "load", input: 1 },
      { op: "mul", x: 0, y: 1 },
    ],
    inputs: [along(a, a.strides.at(-2)!, 0, a.strides.at(-1)!), along(b, 0, b.strides.at(-1)!, b.strides.at(-2)!)],
    output: out,
    accumulate,
  };
}
