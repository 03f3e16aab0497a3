// Mean and variance of what counts.
import { maximum, moments, square, type Moments, type Tensor } from "@sluice/core";
import { broadcastLeading } from "../measures/broadcastLeading.ts";
import { flags, zeroed } from "./counted.ts";

/** The mean and the biased variance of x [batch, steps, …] over `axes`, which keep size 1, of the steps that count; 0 of none. */
export function countedMoments(x: Tensor, axes: readonly number[], mask: Tensor | undefined): Moments {
  if (mask === undefined) return moments(x, axes, { keepDims: true });
  const counts = broadcastLeading(flags(mask, x), x.shape),
    number = maximum(counts.sum(axes, { keepDims: true }), 1),
    read = zeroed(x, mask);
  const mean = read.sum(axes, { keepDims: true }).div(number);
  return { mean, variance: square(read.sub(mean)).mul(counts).sum(axes, { keepDims: true }).div(number) };
}
