// Data checked and converted before it reaches a backend, where a NaN or a wrong label would only show much later.
import { SluiceError, type ErrorCode, type HostArray, type Shape, type TypedArray } from "@sluice/core";
import type { Target } from "../losses/measure.ts";

/**
 * The elements in the type the Program reads: i32 where indices are wanted, otherwise `dtype`. The caller's own array
 * where it has that type already.
 *
 * Throws, with row and column, NOT_FINITE for NaN, infinity and what overflows the type; INDEX_OUT_OF_RANGE outside the
 * wanted range; DTYPE_MISMATCH for an index that is no whole number.
 */
export function elements(
  array: HostArray,
  wanted: Pick<Target, "dtype" | "range">,
  dtype: "f32" | "f64",
  who: string,
  name: string,
): TypedArray {
  const [low, high] = wanted.range ?? [-Infinity, Infinity];
  const whole = wanted.dtype === "i32";
  const given = array.data;
  const made = whole ? asInt32(given) : asFloat(given, dtype);
  for (let i = 0; i < given.length; i++) {
    const value = given[i]!;
    if (!Number.isFinite(value) || !Number.isFinite(made[i])) throw bad("NOT_FINITE", array, i, who, name, `is not a finite ${dtype}`);
    if (value < low || value > high) throw bad("INDEX_OUT_OF_RANGE", array, i, who, name, `is outside ${low} … ${high}`);
    if (whole && made[i] !== value) throw bad("DTYPE_MISMATCH", array, i, who, name, "is no 32-bit whole number, an index is wanted");
  }
  return made;
}

function asInt32(data: TypedArray): Int32Array {
  return data instanceof Int32Array ? data : Int32Array.from(data);
}

function asFloat(data: TypedArray, dtype: "f32" | "f64"): TypedArray {
  if (dtype === "f32") return data instanceof Float32Array ? data : Float32Array.from(data);
  return data instanceof Float64Array ? data : Float64Array.from(data);
}

/** "x is not a finite f32: NaN at row 3, column 2" */
function bad(code: ErrorCode, { data, shape }: HostArray, i: number, who: string, name: string, claim: string): SluiceError {
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
