// Masks: numbers of which only counts whether they are 0.
import type { DType } from "../backend.ts";
import { where } from "./arithmetic.ts";
import { cast } from "./functions.ts";
import type { Tensor } from "./tensor.ts";

/** A mask in another dtype, not 0 where it was not 0: a float64 that f32 rounds to 0 is looked at before. */
export function flags(mask: Tensor, dtype: DType): Tensor {
  return cast(mask.dtype === "f64" && dtype === "f32" ? where(mask, 1, 0) : mask, dtype);
}
