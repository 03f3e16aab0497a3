// Dropout of whole features (Tompson et al. 2015): neighbouring steps are alike, so that dropping some of them drops little.
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { noisy } from "./noisy.ts";
import { sequenceOf } from "./checks.ts";
import { dropoutTable, type DropoutConfig } from "./dropout.ts";

/**
 * In training x · mask, where a mask element is 0 with probability `rate` and 1 / (1 − rate) otherwise: one for each feature, the same at all steps.
 * Elsewhere x.
 *
 * x [batch, steps, features] → the same shape. Masks are drawn on the host: the same seed gives the same masks on every backend.
 * Throws INVALID_ARGUMENT for a rate outside [0, 1); at build SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH for indices.
 */
export function spatialDropout1D<const N extends LayerName = undefined>(
  options: DropoutConfig & Naming<N>,
): KnownLayer<"spatialDropout1D", N, NoWeights> {
  const config = namedOptions<DropoutConfig, N>("spatialDropout1D", dropoutTable, options),
    { rate } = config;
  return noisy("spatialDropout1D", config, {
    drawn: rate > 0 ? { rate } : undefined,
    shape: (who, input) => [1, sequenceOf(who, input)[1]],
    apply: (x, mask) => x.mul(mask),
  });
}
