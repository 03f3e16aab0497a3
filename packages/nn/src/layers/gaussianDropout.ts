// Multiplicative normal noise (Srivastava et al. 2014, section 10), with the mean and the variance of dropout.
import type { Tensor } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";
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
    { rate, seed } = config,
    deviation = Math.sqrt(rate / (1 - rate));
  return layer({
    kind: "gaussianDropout",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return {
        output: input,
        weights: {},
        ...(rate > 0 && { drawn: { shape: input.shape, mean: 1, deviation, ...(seed !== undefined && { seed }) } }),
        stepwise: "pointwise",
        apply: (_, x, { drawn }) => x.mul((drawn as Tensor | undefined) ?? 1), // the one declared above
      };
    },
  });
}
