// Tensors whose numbers are known while tracing.
import { checkCount, checkDType, checkNumber, checkShape } from "../arguments/checks.ts";
import type { DType, Shape } from "../backend.ts";
import * as make from "../graph/make.ts";
import { convert } from "../host/convert.ts";
import { filled } from "../host/filled.ts";
import type { Values } from "../host/numbers.ts";
import { who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";
import { TracedTensor } from "./traced.ts";

/** `value` at every index of `shape`. dtype f32 unless given. Throws INVALID_ARGUMENT for sizes that are no whole numbers from 0, DTYPE_MISMATCH for a value that the dtype does not hold. */
export function constant(value: number, shape: Shape = [], dtype: DType = "f32"): Tensor {
  const caller = who("constant");
  checkNumber(caller, "value", value);
  checkShape(caller, "shape", shape);
  checkDType(caller, "dtype", dtype);
  convert(Float64Array.of(value), dtype, { who: caller, name: "value" });
  return new TracedTensor(make.constant(value, shape, dtype));
}

/** 0, 1, … n − 1. dtype i32 unless given. Throws INVALID_ARGUMENT for an n that is no whole number of 0 … 2³¹ − 1, OUT_OF_MEMORY. */
export function iota(n: number, dtype: DType = "i32"): Tensor {
  checkCount(who("iota"), "n", n);
  checkDType(who("iota"), "dtype", dtype);
  return new TracedTensor(make.iota(n, dtype));
}

/**
 * The numbers themselves, copied: a typed array (of `shape`, default flat), a number, or nested lists of either. dtype is the array's, f32 for
 * lists of numbers. Throws SHAPE_MISMATCH for ragged lists or another number of elements than the shape has, and what `hostArray` throws.
 */
export function literal(values: Values, shape?: Shape, dtype?: DType): Tensor {
  const made = filled(values, { shape, dtype }, { who: who("literal"), name: "values" });
  return new TracedTensor(make.data(made.data === values ? made.data.slice() : made.data, made.shape, made.dtype));
}
