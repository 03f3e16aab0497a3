// A mean as a factor: unlike a quotient it is so cheap that, in a loop, whatever reads it computes it along the way.
import { sum } from "../trace/reductions.ts";
import type { Tensor } from "../trace/tensor.ts";

/** Over these axes, which are kept with size 1. */
export function meanOf(x: Tensor, axes: number | readonly number[] = -1): Tensor {
  const total = sum(x, axes, { keepDims: true });
  return total.mul(total.size / x.size);
}
