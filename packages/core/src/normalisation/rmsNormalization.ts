// Root mean square normalisation (Zhang & Sennrich 2019): layer normalisation without the mean.
import { options as named } from "../arguments/options.ts";
import { div } from "../trace/arithmetic.ts";
import { sqrt, square } from "../trace/functions.ts";
import type { Tensor } from "../trace/tensor.ts";
import { checkNormalised } from "./checkNormalised.ts";
import { meanOf } from "./meanOf.ts";

export interface RmsNormalizationOptions {
  /** Multiplies what was normalised: [size], or what broadcasts to x. Default 1. */
  readonly gain?: Tensor | undefined;
  /** Added to the mean square, at least 0: with 0 a row of zeros gives NaN. Default 1e-6. */
  readonly epsilon?: number | undefined;
}

/**
 * x / √(mean(x²) + ε) ∘ gain, with the mean over the last axis (Zhang & Sennrich 2019).
 *
 * x […, size] → the same shape. Throws SHAPE_MISMATCH and DTYPE_MISMATCH while tracing, naming gain, and INVALID_ARGUMENT
 * for an epsilon below 0.
 */
export function rmsNormalization(x: Tensor, options: RmsNormalizationOptions = {}): Tensor {
  const { gain, epsilon = 1e-6 } = named("rmsNormalization", options, { gain: true, epsilon: true });
  checkNormalised("rmsNormalization", x, { gain }, epsilon);
  const normal = x.mul(div(1, sqrt(meanOf(square(x)).add(epsilon))));
  return gain === undefined ? normal : normal.mul(gain);
}
