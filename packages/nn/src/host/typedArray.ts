// Host memory for a dtype.
import type { DType, TypedArray } from "@sluice/core";
import { allocate } from "@sluice/core/kit";

/** Zeros. Throws OUT_OF_MEMORY. */
export function typedArray(dtype: DType, length: number): TypedArray {
  return allocate(dtype, length, "trainer");
}
