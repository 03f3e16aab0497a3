// The angle between two vectors.
import { maximum, sqrt, square, type Tensor } from "@sluice/core";
import { epsilon } from "./epsilon.ts";

/** Σ x·y / (|x| |y|) over the last axis, of lengths of at least 10⁻⁷. */
export function cosine(x: Tensor, y: Tensor): Tensor {
  const last = x.rank - 1;
  return unit(x).mul(unit(y)).sum(last);
}

function unit(x: Tensor): Tensor {
  const last = x.rank - 1;
  return x.div(sqrt(maximum(square(x).sum(last, { keepDims: true }), epsilon ** 2))); // the root's slope at 0 is never met
}
