// Norms of what lies along the units, without over- or underflow on the way.
import { abs, constant, sqrt, square, where, type Tensor } from "@sluice/core";

/** x [steps, batch, …] → ‖x‖ over all but the first two axes: m·√Σ(x/m)² with the largest element m, since squares of f32 vanish below 1e-23. */
export function rowNorms(x: Tensor): Tensor {
  const [steps = 0, batch = 0] = x.shape,
    flat = x.reshape([steps, batch, x.shape.slice(2).reduce((product, n) => product * n, 1)]);
  const largest = abs(flat).max(2, { keepDims: true }),
    unit = where(largest.greater(0), largest, constant(1, largest.shape, largest.dtype));
  return sqrt(square(flat.div(unit)).sum(2)).mul(largest.squeeze(2));
}
