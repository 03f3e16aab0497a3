// From the caller's type of numbers to a dtype.
import type { DType, TypedArray } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { allocate, arrayType, dtypeOf } from "../kit/arrays.ts";
import type { Asked, NumericArray } from "./numbers.ts";

/** The numbers in `dtype`: the caller's own array where it has that dtype already, otherwise a new one. Throws DTYPE_MISMATCH for a whole number of 2³¹ or more as i32. */
export function convert(data: NumericArray, dtype: DType, asked: Asked): TypedArray {
  if (dtypeOf(data) === dtype) return data as TypedArray;
  if (dtype === "i32" && arrayType(data) === "Uint32Array") checkFits(data as Uint32Array, asked);
  const made = allocate(dtype, data.length, asked.who);
  made.set(data);
  return made;
}

function checkFits(data: Uint32Array, { who, name }: Asked): void {
  const at = data.findIndex((n) => n >= 2 ** 31);
  if (at < 0) return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `${name} holds ${data[at]} at element ${at}, i32 ends at 2147483647`,
    fix: 'Pass { dtype: "f64" }, or a Float64Array',
    facts: { argument: name, element: at, value: data[at] },
  });
}
