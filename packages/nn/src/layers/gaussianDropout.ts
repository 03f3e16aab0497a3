// Multiplicative normal noise (Srivastava et al. 2014, section 10), with the mean and the variance of dropout.
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { noisy } from "./noisy.ts";
import { dropoutTable, type DropoutConfig } from "./dropout.ts";

/**
 * In training x · noise, each element of it normal with mean 1 and deviation √(rate / (1 − rate)). Elsewhere x.
 *
 * x [batch, …] → the same shape. Noise is drawn on the host: the same seed gives the same noise on every backend.
 * Throws INVALID_ARGUMENT for a rate outside [0, 1); at build DTYPE_MISMATCH for indices.
 */
export function gaussianDropout<const N extends LayerName = undefined>(
  options: DropoutConfig & Naming<N>,
): KnownLayer<"gaussianDropout", N, NoWeights> {
  const config = namedOptions<DropoutConfig, N>("gaussianDropout", dropoutTable, options),
    { rate } = config;
  return noisy("gaussianDropout", config, {
    drawn: rate > 0 ? { mean: 1, deviation: Math.sqrt(rate / (1 - rate)) } : undefined,
    apply: (x, noise) => x.mul(noise),
  });
}
