// What flows along the edges of a graph: numbers that are known while loading, or traced tensors; each with the type that the file means.
import { constant, type DType, literal, type Shape, SluiceError, type Tensor, cast, notEqual } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import type { TensorType, TensorValue } from "../schema/tensor.ts";

/** Numbers of floats of 32 bits and fewer as such; of all other types as doubles. */
export type Numbers = Float32Array | Float64Array;

export interface Known {
  readonly kind: "known";
  readonly type: TensorType;
  readonly shape: Shape;
  readonly data: Numbers;
}

export interface Traced {
  readonly kind: "traced";
  readonly type: TensorType;
  readonly tensor: Tensor;
  /** Made of weights and known numbers alone: the same for every run. */
  readonly isEarly: boolean;
}

export type Value = Known | Traced;

/** What core computes a type in: booleans and all whole numbers in 32 bits. */
export function dtypeOf(type: TensorType): DType {
  return type === "float64" ? "f64" : isFloat(type) ? "f32" : "i32";
}

export function isFloat(type: TensorType): boolean {
  return type === "float32" || type === "float64" || type === "float16" || type === "bfloat16";
}

/** Room for `length` numbers of a type. Throws UNSUPPORTED for more than loading may take, and for fewer than none. */
export function room(type: TensorType, length: number): Numbers {
  if (length > mostKnown)
    throw new NotSupported(`would make ${length} numbers while loading, more than ${mostKnown}`, "compute them at run time from an input");
  if (length < 0) throw new NotSupported(`would make ${length} numbers`, "sizes are of 0 or more: a pad or an end may be cut too far");
  return isFloat(type) && type !== "float64" ? new Float32Array(length) : new Float64Array(length);
}

/** 32 MB of doubles: a mask of 2,048 × 2,048 positions. */
export const mostKnown = 2 ** 22;

export function known(type: TensorType, shape: Shape, data: ArrayLike<number>): Known {
  const numbers = room(type, data.length);
  numbers.set(data);
  return { kind: "known", type, shape, data: numbers };
}

/** Of whole numbers, such as a shape. */
export function knownInts(values: readonly number[], shape: Shape = [values.length]): Known {
  return known("int64", shape, values);
}

/** 64-bit numbers beyond 53 bits become the nearest double: they stand for ends of slices. */
export function knownOf({ dtype, shape, data }: TensorValue): Known {
  if (data instanceof Float32Array || data instanceof Float64Array) return { kind: "known", type: dtype, shape, data };
  const numbers = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) numbers[i] = Number(data[i]);
  return { kind: "known", type: dtype, shape, data: numbers };
}

/** What a file holds: numbers, or beyond what loading may fold, floats that are there at run time. */
export function heldValue(value: Known): Value {
  return isFloat(value.type) && value.data.length > mostKnown ? traced(value.type, tensorOf(value), true) : value;
}

export function shapeOf(value: Value): Shape {
  return value.kind === "known" ? value.shape : value.tensor.shape;
}

export function rankOf(value: Value): number {
  return shapeOf(value).length;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((n, m) => n * m, 1);
}

export function traced(type: TensorType, tensor: Tensor, isEarly = false): Traced {
  return { kind: "traced", type, tensor, isEarly };
}

/** Whether what is made of these alone is made of weights and known numbers alone. */
export function isEarly(values: readonly (Value | undefined)[]): boolean {
  return values.every((value) => value === undefined || value.kind === "known" || value.isEarly);
}

/** As a tensor, in the dtype of its type or another. Throws UNSUPPORTED for whole numbers beyond 32 bits. */
export function tensorOf(value: Value, dtype: DType = dtypeOf(value.type)): Tensor {
  if (value.kind === "known") return lifted(value, dtype);
  return cast(value.tensor, dtype);
}

/** 0 and 1, whatever the numbers were. */
export function flagsOf(value: Value, dtype: DType): Tensor {
  return value.type === "bool" ? tensorOf(value, dtype) : notEqual(tensorOf(value, dtype), 0);
}

function lifted({ data, shape }: Known, dtype: DType): Tensor {
  if (dtype === "i32" && data.some((n) => !(n >= -(2 ** 31) && n < 2 ** 31)))
    throw new NotSupported("whole numbers beyond 32 bits come into a computation", "export with numbers of 32 bits");
  const first = data[0];
  if (first !== undefined && data.every((n) => n === first)) return constant(first, shape, dtype);
  return literal(data.length === 0 ? new Float32Array() : data, shape, dtype);
}

/** The whole numbers of a value that must be known, such as axes. Throws FILE_CORRUPT for those that are none. */
export function intsOf(value: Known): readonly number[] {
  const ints = [...value.data];
  if (!ints.every(Number.isInteger)) throw corrupt("whole numbers are needed, got others");
  return ints;
}

/** Axes counted from the start. Throws FILE_CORRUPT for those that there are not. */
export function axisIn(axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw corrupt(`there is no axis ${axis} of ${rank}`, { axis, rank });
}

/** The shape that two have together. Throws SHAPE_MISMATCH. */
export function together(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const n = a[i - rank + a.length] ?? 1,
      m = b[i - rank + b.length] ?? 1;
    if (n === m || n === 1 || m === 1) return n === 1 ? m : n;
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: "onnx",
      what: `the shapes [${a.join(", ")}] and [${b.join(", ")}] do not broadcast`,
      facts: { shapes: [a, b] },
    });
  });
}
