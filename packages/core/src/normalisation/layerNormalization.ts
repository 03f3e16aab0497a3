// Layer normalisation (Ba, Kiros & Hinton 2016).
import { options as named } from "../arguments/options.ts";
import { div } from "../trace/arithmetic.ts";
import { sqrt, square } from "../trace/functions.ts";
import type { Tensor } from "../trace/tensor.ts";
import { checkNormalised } from "./checkNormalised.ts";
import { meanOf } from "./meanOf.ts";

export interface LayerNormalizationOptions {
  /** Multiplies what was normalised: [size], or what broadcasts to x. Default 1. */
  readonly gain?: Tensor | undefined;
  /** Added last, likewise. Default 0. */
  readonly shift?: Tensor | undefined;
  /** Added to the variance, at least 0: with 0 a row of equal numbers gives NaN. Default 1e-5. */
  readonly epsilon?: number | undefined;
}

/**
 * (x − μ) / √(σ² + ε) ∘ gain + shift, with the mean μ and the biased variance σ² over the last axis (Ba et al. 2016).
 *
 * x […, size] → the same shape. Throws SHAPE_MISMATCH and DTYPE_MISMATCH while tracing, naming gain or shift, and
 * INVALID_ARGUMENT for an epsilon below 0.
 */
export function layerNormalization(x: Tensor, options: LayerNormalizationOptions = {}): Tensor {
  const { gain, shift, epsilon = 1e-5 } = named("layerNormalization", options, { gain: true, shift: true, epsilon: true });
  checkNormalised("layerNormalization", x, { gain, shift }, epsilon);
  const centred = x.sub(meanOf(x)),
    normal = centred.mul(div(1, sqrt(meanOf(square(centred)).add(epsilon))));
  const scaled = gain === undefined ? normal : normal.mul(gain);
  return shift === undefined ? scaled : scaled.add(shift);
}
