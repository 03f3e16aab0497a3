// The mean over the last axis, as a factor: unlike a quotient it is so cheap that, in a loop, whatever reads it computes it along the way.
import { sum } from "../trace/reductions.ts";
import type { Tensor } from "../trace/tensor.ts";

/** […, size] → […, 1]. */
export function meanOf(x: Tensor): Tensor {
  return sum(x, -1, { keepDims: true }).mul(1 / x.shape.at(-1)!);
}
