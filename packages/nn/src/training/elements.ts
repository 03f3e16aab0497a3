// Data checked and converted before it reaches a backend, where a NaN or a wrong label would only show much later.
import { SluiceError, type DType, type ErrorCode, type NumericArray, type Shape, type TypedArray } from "@sluice/core";
import type { HostNumbers } from "@sluice/core/arguments";
import { dtypeOf } from "@sluice/core/kit";
import type { Target } from "../losses/measure.ts";
import { typedArray } from "./typedArray.ts";

/**
 * The elements in the type the Program reads: i32 where indices are wanted, otherwise `dtype`. The caller's own array
 * where it has that type already.
 *
 * Throws, with row and column, NOT_FINITE for NaN, infinity and what overflows the type; INDEX_OUT_OF_RANGE outside the
 * wanted range; DTYPE_MISMATCH for an index that is no whole number.
 */
export function elements(
  array: HostNumbers,
  wanted: Pick<Target, "dtype" | "range">,
  dtype: "f32" | "f64",
  who: string,
  name: string,
): TypedArray {
  const [low, high] = wanted.range ?? [-Infinity, Infinity];
  const whole = wanted.dtype === "i32";
  const given = array.data;
  const made = converted(given, whole ? "i32" : dtype);
  for (let i = 0; i < given.length; i++) {
    const value = given[i]!;
    if (!Number.isFinite(value) || !Number.isFinite(made[i])) throw bad("NOT_FINITE", array, i, who, name, `is not a finite ${dtype}`);
    if (value < low || value > high) throw bad("INDEX_OUT_OF_RANGE", array, i, who, name, `is outside ${low} … ${high}`);
    if (whole && made[i] !== value) throw bad("DTYPE_MISMATCH", array, i, who, name, "is no 32-bit whole number, an index is wanted");
  }
  return made;
}

function converted(data: NumericArray, dtype: DType): TypedArray {
  if (dtypeOf(data) === dtype) return data as TypedArray; // one of the three
  const made = typedArray(dtype, data.length);
  made.set(data);
  return made;
}

/** "x is not a finite f32: NaN at row 3, column 2" */
function bad(code: ErrorCode, { data, shape }: HostNumbers, i: number, who: string, name: string, claim: string): SluiceError {
  const index = indexOf(i, shape);
  const last = shape.length - 1;
  const place = index.map((at, d) => `${d === 0 ? "row" : d === last ? "column" : `axis ${d}`} ${at}`).join(", ");
  const facts = { row: index[0], ...(last > 0 && { column: index[last] }), index, value: data[i] };
  return new SluiceError({ code, who, what: `${name} ${claim}: ${data[i]} at ${place}`, facts });
}

function indexOf(i: number, shape: Shape): number[] {
  const index: number[] = [];
  shape.reduceRight((rest, size) => (index.unshift(rest % size), Math.floor(rest / size)), i);
  return index;
}
