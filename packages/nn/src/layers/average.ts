// The mean of values.
import { merge, type MergeConfig, type MergeLayer } from "./merge.ts";

/**
 * (x₀ + x₁ + …) / n of n values, elementwise.
 *
 * x a list of values [batch, …] → [batch, …]; shapes broadcast behind the batch, as numpy's do. A step counts where it counts in all. No weights.
 * Throws at build: INVALID_ARGUMENT for what is no list, SHAPE_MISMATCH for shapes that do not broadcast, DTYPE_MISMATCH for indices.
 *
 * ```ts
 * const mean = average()([a, b]);
 * ```
 */
export function average(options: MergeConfig = {}): MergeLayer {
  return merge({ kind: "average", options, fold: (xs) => xs.reduce((sum, x) => sum.add(x)).div(xs.length) });
}
