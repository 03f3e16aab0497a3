// dtype → typed array: the one table that says how elements lie in memory.
import type { DType, TypedArray } from "../backend.ts";
import { SluiceError } from "../errors.ts";

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

/** A zero-filled array of `length` elements. Throws OUT_OF_MEMORY where the engine has no room for it; `who` asked. */
export function allocate<D extends DType>(dtype: D, length: number, who?: string): Arrays[D];
export function allocate(dtype: DType, length: number, who = "allocate"): TypedArray {
  try {
    return new arrays[dtype](length);
  } catch (cause) {
    throw new SluiceError({
      code: "OUT_OF_MEMORY",
      who,
      what: `${length} elements of ${dtype} do not fit`,
      facts: { dtype, length },
      cause,
    });
  }
}

/** The dtype of a typed array, also of another realm's; undefined for anything else that JavaScript callers may hand over. */
export function dtypeOf(array: unknown): DType | undefined {
  switch (arrayType(array)) {
    case "Float32Array":
      return "f32";
    case "Float64Array":
      return "f64";
    case "Int32Array":
      return "i32";
    default:
      return undefined;
  }
}

/**
 * What kind of typed array it is, by the name of its constructor; undefined for anything else. It asks the array itself, by the getter that
 * all of them inherit (ECMA-262, %TypedArray%.prototype[@@toStringTag]): `instanceof` knows the arrays of one realm only, and prototypes lie.
 */
export function arrayType(value: unknown): string | undefined {
  return tag.call(value) as string | undefined; // that getter gives nothing else
}

const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)!.get!;
