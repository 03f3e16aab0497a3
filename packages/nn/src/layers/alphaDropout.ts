// Dropout that keeps mean and variance of what selu gives (Klambauer et al. 2017, "Self-normalizing neural networks", section 3).
import { where } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { noisy } from "./noisy.ts";
import { dropoutTable, type DropoutConfig } from "./dropout.ts";

/** −λα of selu: what its arguments far below 0 come to. */
const lowest = -1.6732632423543772 * 1.0507009873554805;

/**
 * In training a·x' + b, where x' is x, or with probability `rate` −λα of selu, and a and b bring mean 0 and variance 1 back. Elsewhere x.
 *
 * x [batch, …] → the same shape. Masks are drawn on the host: the same seed gives the same masks on every backend.
 * Throws INVALID_ARGUMENT for a rate outside [0, 1); at build DTYPE_MISMATCH for indices.
 */
export function alphaDropout<const N extends LayerName = undefined>(
  options: DropoutConfig & Naming<N>,
): KnownLayer<"alphaDropout", N, NoWeights> {
  const config = namedOptions<DropoutConfig, N>("alphaDropout", dropoutTable, options),
    { rate } = config;
  // a = ((1 − rate)(1 + rate·α'²))^(−1/2), b = −a·rate·α'
  const a = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5,
    b = -a * rate * lowest;
  return noisy("alphaDropout", config, {
    drawn: rate > 0 ? { rate, values: [0, 1] } : undefined,
    apply: (x, kept) => where(kept, x, lowest).mul(a).add(b),
  });
}
