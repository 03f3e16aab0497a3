// The largest of each feature over the steps.
import { where } from "@sluice/core";
import { flags } from "./counted.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { pooling, type PoolingConfig } from "./pooling.ts";

/**
 * The maximum over the steps that count; 0 where none does. Equal maxima share the gradient.
 *
 * x [batch, steps, features] → [batch, features], or [batch, 1, features] with `keepDims`. No weights; it reads all steps, so it does not go one at a time.
 * Throws at build: SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH for indices.
 */
export function globalMaxPooling1D<const N extends LayerName = undefined>(
  options: PoolingConfig & Naming<N> = {},
): KnownLayer<"globalMaxPooling1D", N, NoWeights> {
  return pooling("globalMaxPooling1D", options, (x, mask) => {
    if (mask === undefined) return x.max(1, { keepDims: true });
    const counts = flags(mask, x).expand(-1),
      any = counts.max(1, { keepDims: true });
    return where(any, where(counts, x, -Infinity).max(1, { keepDims: true }), 0);
  });
}
