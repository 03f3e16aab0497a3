// Samples under another shape: what reshape and flatten have in common.
import type { Shape, Tensor } from "@sluice/core";
import { masked } from "./callable.ts";
import { zeroed } from "./counted.ts";
import type { Built } from "./layer.ts";
import type { Spec } from "./spec.ts";

/** Where the steps stay the first axis, their mask stays and they go one at a time; otherwise what does not count is 0 and the mask ends. */
export function reshaped(input: Spec, output: Spec): Built {
  const hasSteps = input.axes[0] === "steps";
  const keepsSteps = hasSteps && output.axes[0] === "steps" && output.shape[0] === input.shape[0];
  const to = (x: Tensor, shape: Shape): Tensor => x.reshape([x.shape[0] ?? 0, ...shape]);
  return {
    output,
    weights: {},
    passes: true,
    ...((keepsSteps || (!hasSteps && output.axes[0] !== "steps")) && { stepwise: "pointwise" as const }),
    apply(_, x, { mask }) {
      if (!keepsSteps) return masked(to(zeroed(x, mask), output.shape), undefined);
      return to(x, x.rank === input.shape.length ? output.shape.slice(1) : output.shape);
    },
  };
}
