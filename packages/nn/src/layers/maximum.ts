// The largest of values.
import { maximum as larger } from "@sluice/core";
import { merge, type MergeConfig, type MergeLayer } from "./merge.ts";

/**
 * max(x₀, x₁, …), elementwise; of equals the gradient goes to the last.
 *
 * x a list of values [batch, …] → [batch, …]; shapes broadcast behind the batch, as numpy's do. A step counts where it counts in all. No weights.
 * Throws at build: INVALID_ARGUMENT for what is no list, SHAPE_MISMATCH for shapes that do not broadcast, DTYPE_MISMATCH for indices.
 *
 * ```ts
 * const most = maximum()([a, b]);
 * ```
 */
export function maximum(options: MergeConfig = {}): MergeLayer {
  return merge({ kind: "maximum", options, fold: (xs) => xs.reduce((most, x) => larger(most, x)) });
}
