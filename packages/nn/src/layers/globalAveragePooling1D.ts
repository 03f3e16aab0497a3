// The mean over the steps.
import { maximum } from "@sluice/core";
import { flags, zeroed } from "./counted.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { pooling, type PoolingConfig } from "./pooling.ts";

/**
 * The mean over the steps that count; 0 where none does.
 *
 * x [batch, steps, features] → [batch, features], or [batch, 1, features] with `keepDims`. No weights; it reads all steps, so it does not go one at a time.
 * Throws at build: SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH for indices.
 */
export function globalAveragePooling1D<const N extends LayerName = undefined>(
  options: PoolingConfig & Naming<N> = {},
): KnownLayer<"globalAveragePooling1D", N, NoWeights> {
  return pooling("globalAveragePooling1D", options, (x, mask) => {
    if (mask === undefined) return x.mean(1, { keepDims: true });
    const count = flags(mask, x).sum(1, { keepDims: true }).expand(-1);
    return zeroed(x, mask).sum(1, { keepDims: true }).div(maximum(count, 1));
  });
}
