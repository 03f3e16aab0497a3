// Layer normalisation (Ba, Kiros & Hinton 2016).
import { options as named } from "../arguments/options.ts";
import type { Tensor } from "../trace/tensor.ts";
import { normalised } from "./normalize.ts";

export interface LayerNormalizationOptions {
  /** Over which it is. Default −1. */
  readonly axes?: number | readonly number[] | undefined;
  /** Multiplies what was normalised: [size], or what broadcasts to x. Default 1. */
  readonly gain?: Tensor | undefined;
  /** Added last, likewise. Default 0. */
  readonly shift?: Tensor | undefined;
  /** Added to the variance, at least 0: with 0 a row of equal numbers gives NaN. Default 1e-5. */
  readonly epsilon?: number | undefined;
}

/**
 * (x − μ) / √(σ² + ε) ∘ gain + shift, with the mean μ and the biased variance σ² over the last axis, or over `axes` (Ba et al. 2016).
 *
 * x […, size] → the same shape. Throws SHAPE_MISMATCH and DTYPE_MISMATCH while tracing, naming gain or shift, and
 * INVALID_ARGUMENT for an epsilon below 0 or an axis that x lacks.
 */
export function layerNormalization(x: Tensor, options: LayerNormalizationOptions = {}): Tensor {
  return normalised("layerNormalization", x, named("layerNormalization", options, { axes: true, gain: true, shift: true, epsilon: true }));
}
