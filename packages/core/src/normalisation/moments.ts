// Mean and variance over any axes.
import { options as named } from "../arguments/options.ts";
import { checkAxes } from "../trace/axis.ts";
import { checkFlags } from "../trace/checkTensor.ts";
import { square } from "../trace/functions.ts";
import { squeeze } from "../trace/movement.ts";
import { who } from "../trace/scope.ts";
import type { FoldOptions, Tensor } from "../trace/tensor.ts";
import { meanOf } from "./meanOf.ts";

export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * The mean μ of x over one axis, several, or all, and the biased variance, the mean of (x − μ)²: centred first, so that a large mean costs no digits.
 *
 * Both have the axes that are left; with `keepDims` those that were folded too, with size 1. NaN of nothing.
 * Throws INVALID_ARGUMENT while tracing for an axis that x lacks or that is named twice.
 */
export function moments(x: Tensor, axes?: number | readonly number[], options: FoldOptions = {}): Moments {
  const { keepDims = false } = checkFlags("moments", named(who("moments"), options, { keepDims: true }), "keepDims");
  const over = checkAxes("moments", x, axes),
    mean = meanOf(x, over),
    variance = meanOf(square(x.sub(mean)), over);
  const left = (t: Tensor): Tensor => (keepDims ? t : over.toReversed().reduce((folded, axis) => squeeze(folded, axis), t));
  return { mean: left(mean), variance: left(variance) };
}
