// From the caller's type of numbers to a dtype.
import type { DType, TypedArray } from "../backend.ts";
import { allocate, arrayType, dtypeOf } from "../dtypes/arrays.ts";
import { checkHolds } from "./holds.ts";
import type { Asked, NumericArray } from "./numbers.ts";

/**
 * The numbers in `dtype`: the caller's own array where it has that dtype already, otherwise a new one. Throws DTYPE_MISMATCH for what is no whole
 * number of 32 bits as i32, and for a finite number as f32 that would become infinite.
 */
export function convert(data: NumericArray, dtype: DType, asked: Asked): TypedArray {
  if (dtypeOf(data) === dtype) return data as TypedArray;
  const made = allocate(dtype, data.length, asked.who);
  made.set(data);
  if (mayLose[dtype].includes(arrayType(data)!)) checkHolds(data, made, dtype, asked);
  return made;
}

/** The types of which not every number has one in the dtype that means the same, or nearly. */
const mayLose: { readonly [D in DType]: readonly string[] } = {
  f32: ["Float64Array"],
  f64: [],
  i32: ["Float16Array", "Float32Array", "Float64Array", "Uint32Array"],
};
