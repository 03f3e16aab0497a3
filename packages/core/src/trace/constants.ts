// Tensors whose numbers are known while tracing.
import type { DType, Shape, TypedArray } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import { arrays, dtypeOf } from "../kit/arrays.ts";
import { size } from "../graph/window.ts";
import { who } from "./scope.ts";
import { Tensor } from "./tensor.ts";

/** Numbers in nested lists of equal lengths. */
export type Nested = number | readonly Nested[];

/** `value` at every index of `shape`. dtype f32 unless given. */
export function constant(value: number, shape: Shape = [], dtype: DType = "f32"): Tensor {
  return new Tensor(make.constant(value, shape, dtype));
}

/** 0, 1, … n − 1. dtype i32 unless given. */
export function iota(n: number, dtype: DType = "i32"): Tensor {
  return new Tensor(make.iota(n, dtype));
}

/** The numbers themselves, copied: a typed array (of `shape`, default flat) or nested lists. dtype is the array's, f32 for lists. Throws SHAPE_MISMATCH for ragged lists. */
export function literal(values: Nested | TypedArray, shape?: Shape, dtype?: DType): Tensor {
  const flat = flatten(values, dtype),
    full = shape ?? flat.shape;
  if (size(full) !== flat.data.length)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("literal"),
      what: `${flat.data.length} numbers do not fill shape [${full.join(", ")}]`,
      facts: { shape: full, length: flat.data.length },
    });
  return new Tensor(make.data(flat.data, full, flat.dtype));
}

/** Nested lists or a typed array as one new flat array, with the shape that the nesting has. */
export function flatten(values: Nested | TypedArray, dtype?: DType): { data: TypedArray; shape: Shape; dtype: DType } {
  const own = dtypeOf(values);
  if (own !== undefined) {
    const array = values as TypedArray,
      to = dtype ?? own;
    return { data: arrays[to].from(array), shape: [array.length], dtype: to };
  }
  const shape: number[] = [],
    numbers: number[] = [];
  for (let v = values as Nested; Array.isArray(v); v = v[0] as Nested) shape.push(v.length);
  collect(values as Nested, shape, 0, numbers);
  return { data: arrays[dtype ?? "f32"].from(numbers), shape, dtype: dtype ?? "f32" };
}

function collect(values: Nested, shape: Shape, depth: number, into: number[]): void {
  if (depth === shape.length && typeof values === "number") into.push(values);
  else if (Array.isArray(values) && values.length === shape[depth])
    for (const v of values as readonly Nested[]) collect(v, shape, depth + 1, into);
  else
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("literal"),
      what: `nested lists must have equal lengths: expected ${depth === shape.length ? "a number" : `a list of ${shape[depth]}`} at depth ${depth}, got ${JSON.stringify(values)?.slice(0, 40)}`,
      facts: { shape },
    });
}
