// Data checked and converted before it reaches a backend, where a NaN or a wrong label would only show much later.
import { SluiceError, type ErrorCode, type NumericArray, type Shape, type TypedArray } from "@sluice/core";
import type { HostNumbers } from "@sluice/core/arguments";
import { dtypeOf } from "@sluice/core/kit";
import { typedArray } from "./typedArray.ts";

/** What is read, and for whom. */
export interface Asked {
  readonly wanted: {
    readonly dtype: "float" | "i32";
    /** Smallest and largest value there is. */
    readonly range?: readonly [low: number, high: number];
    /** One beyond them. */
    readonly ignored?: number;
  };
  readonly dtype: "f32" | "f64";
  readonly who: string;
  readonly name: string;
}

/** Where elements go in the type the Program reads, i32 where indices are wanted: the array itself where it has that type already. */
export function placeFor(data: NumericArray, { wanted, dtype }: Asked): TypedArray {
  const type = wanted.dtype === "i32" ? "i32" : dtype;
  return dtypeOf(data) === type ? (data as TypedArray) : typedArray(type, data.length); // one of the three
}

/**
 * Puts the elements of `array` at `from` … `to` − 1 into `made`.
 *
 * Throws, with row and column, NOT_FINITE for NaN, infinity and what overflows the type; INDEX_OUT_OF_RANGE outside the
 * wanted range; DTYPE_MISMATCH for an index that is no whole number.
 */
export function readElements(array: HostNumbers, made: TypedArray, from: number, to: number, { wanted, dtype, who, name }: Asked): void {
  const [low, high] = wanted.range ?? [-Infinity, Infinity];
  const whole = wanted.dtype === "i32";
  const given = array.data;
  for (let i = from; i < to; i++) {
    const value = given[i]!;
    if (made !== given) made[i] = value;
    if (!Number.isFinite(value) || !Number.isFinite(made[i])) throw bad("NOT_FINITE", array, i, who, name, `is not a finite ${dtype}`);
    if ((value < low || value > high) && value !== wanted.ignored)
      throw bad("INDEX_OUT_OF_RANGE", array, i, who, name, `is outside ${low} … ${high}`);
    if (whole && made[i] !== value) throw bad("DTYPE_MISMATCH", array, i, who, name, "is no 32-bit whole number, an index is wanted");
  }
}

/** "x is not a finite f32: NaN at row 3, column 2" */
function bad(code: ErrorCode, { data, shape }: HostNumbers, i: number, who: string, name: string, claim: string): SluiceError {
  const index = indexOf(i, shape);
  const last = shape.length - 1;
  const place = index.map((at, d) => `${d === 0 ? "row" : d === last ? "column" : last === 2 ? "step" : `place ${d}:`} ${at}`).join(", ");
  const facts = { row: index[0], ...(last > 0 && { column: index[last] }), index, value: data[i] };
  return new SluiceError({ code, who, what: `${name} ${claim}: ${data[i]} at ${place}`, facts });
}

function indexOf(i: number, shape: Shape): number[] {
  const index: number[] = [];
  shape.reduceRight((rest, size) => (index.unshift(rest % size), Math.floor(rest / size)), i);
  return index;
}
