// The difference of two values.
import { merge, type MergeConfig, type MergeLayer } from "./merge.ts";

/**
 * x₀ − x₁, elementwise.
 *
 * x a list of values [batch, …] → [batch, …]; shapes broadcast behind the batch, as numpy's do. A step counts where it counts in all. No weights.
 * Throws at build: INVALID_ARGUMENT for what is no list of two, SHAPE_MISMATCH for shapes that do not broadcast, DTYPE_MISMATCH for indices.
 *
 * ```ts
 * const difference = subtract()([a, b]);
 * ```
 */
export function subtract(options: MergeConfig = {}): MergeLayer {
  return merge({ kind: "subtract", options, exactly: 2, fold: (xs) => xs.reduce((left, x) => left.sub(x)) });
}
