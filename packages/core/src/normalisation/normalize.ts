// Normalisation over any axes, by the moments of what is normalised or by others.
import { options as named } from "../arguments/options.ts";
import { div } from "../trace/arithmetic.ts";
import { sqrt } from "../trace/functions.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { checkNormalised } from "./checkNormalised.ts";
import { moments } from "./moments.ts";

export interface NormalizeOptions {
  /** Over which the moments are taken. Default −1. */
  readonly axes?: number | readonly number[] | undefined;
  /** In place of the mean over `axes`: what broadcasts to x. */
  readonly mean?: Tensor | undefined;
  /** In place of the variance over `axes`, likewise. */
  readonly variance?: Tensor | undefined;
  /** Multiplies what was normalised: what broadcasts to x. Default 1. */
  readonly gain?: Tensor | undefined;
  /** Added last, likewise. Default 0. */
  readonly shift?: Tensor | undefined;
  /** Added to the variance, at least 0: with 0 equal numbers give NaN. Default 1e-5. */
  readonly epsilon?: number | undefined;
}

/**
 * (x − μ) / √(σ² + ε) ∘ gain + shift, with the mean μ and the biased variance σ² over `axes`, or those given: layer normalisation over the last axis
 * (Ba et al. 2016), instance normalisation over the steps (Ulyanov et al. 2016), batch normalisation over batch and steps (Ioffe & Szegedy 2015).
 *
 * x of any axes → the same shape. Throws SHAPE_MISMATCH and DTYPE_MISMATCH while tracing, and INVALID_ARGUMENT for an epsilon below 0 or an axis
 * that x lacks.
 */
export function normalize(x: Tensor, options: NormalizeOptions = {}): Tensor {
  const names = { axes: true, mean: true, variance: true, gain: true, shift: true, epsilon: true } as const;
  return normalised("normalize", x, named(who("normalize"), options, names));
}

/** For an operation that has these options, or some of them. */
export function normalised(operation: string, x: Tensor, options: NormalizeOptions): Tensor {
  const { axes = -1, mean, variance, gain, shift, epsilon = 1e-5 } = options;
  checkNormalised(operation, x, { mean, variance, gain, shift }, epsilon);
  const own = mean === undefined || variance === undefined ? moments(x, axes, { keepDims: true }) : undefined,
    [μ, σ2] = [mean ?? own!.mean, variance ?? own!.variance];
  const normal = x.sub(μ).mul(div(1, sqrt(σ2.add(epsilon))));
  const scaled = gain === undefined ? normal : normal.mul(gain);
  return shift === undefined ? scaled : scaled.add(shift);
}
