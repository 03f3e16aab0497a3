// dtype → typed array: the one table that says how elements lie in memory.
import type { DType, TypedArray } from "../backend.ts";

/** The array type of each dtype. */
export interface Arrays {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
}

/** The constructor of each dtype's array. */
export const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** Bytes per element. */
export const bytes: Readonly<Record<DType, number>> = { f32: 4, f64: 8, i32: 4 };

/** A zero-filled array of `length` elements. */
export function allocate<D extends DType>(dtype: D, length: number): Arrays[D];
export function allocate(dtype: DType, length: number): TypedArray {
  return new arrays[dtype](length);
}

/** The dtype of a typed array; undefined for anything else that JavaScript callers may hand over. */
export function dtypeOf(array: unknown): DType | undefined {
  if (array instanceof Float32Array) return "f32";
  if (array instanceof Float64Array) return "f64";
  return array instanceof Int32Array ? "i32" : undefined;
}
