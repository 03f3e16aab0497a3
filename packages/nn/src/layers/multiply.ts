// The product of values.
import { merge, type MergeConfig, type MergeLayer } from "./merge.ts";

/**
 * x₀ · x₁ · …, elementwise: a gate on what it stands beside.
 *
 * x a list of values [batch, …] → [batch, …]; shapes broadcast behind the batch, as numpy's do. A step counts where it counts in all. No weights.
 * Throws at build: INVALID_ARGUMENT for what is no list, SHAPE_MISMATCH for shapes that do not broadcast, DTYPE_MISMATCH for indices.
 *
 * ```ts
 * const gated = multiply()([values, gate]);
 * ```
 */
export function multiply(options: MergeConfig = {}): MergeLayer {
  return merge({ kind: "multiply", options, isProduct: true, fold: (xs) => xs.reduce((product, x) => product.mul(x)) });
}
