// Host memory for a dtype.
import type { DType, TypedArray } from "@sluice/core";

const constructors = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const satisfies Record<DType, unknown>;

/** Zeros. */
export function typedArray(dtype: DType, length: number): TypedArray {
  return new constructors[dtype](length);
}
