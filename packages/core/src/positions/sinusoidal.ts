// Positions as sines and cosines (Vaswani et al. 2017).
import type { DType } from "../backend.ts";
import { allocate } from "../dtypes/arrays.ts";
import { checkElements, checkOneOf, checkSize } from "../arguments/checks.ts";
import { literal } from "../trace/constants.ts";
import type { Tensor } from "../trace/tensor.ts";

/**
 * What is added to embeddings to tell where they stand (Vaswani et al. 2017, section 3.5): at position t,
 *
 *     column 2i = sin(t / 10000^(2i/size))        column 2i + 1 = cos(t / 10000^(2i/size))
 *
 * A constant [steps, size], of which `gather` takes rows by positions that are tensors; dtype f32 unless given. Throws INVALID_ARGUMENT for a size or number of steps below 1.
 */
export function sinusoidalPositions(steps: number, size: number, dtype: Exclude<DType, "i32"> = "f32"): Tensor {
  checkSize("sinusoidalPositions", "steps", steps);
  checkSize("sinusoidalPositions", "size", size);
  checkOneOf("sinusoidalPositions", "dtype", dtype, ["f32", "f64"]);
  checkElements("sinusoidalPositions", "[steps, size]", [steps, size]);
  const values = allocate("f64", steps * size, "sinusoidalPositions").map((_, i) => {
    const t = Math.floor(i / size),
      column = i % size,
      angle = t / 10000 ** ((column - (column % 2)) / size);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return literal(values, [steps, size], dtype).named("steps", "features");
}
