// The order in which elements of an axis come, as two numbers of each: a key, and a rank among equal keys. It knows no method of sorting.
import { SluiceError } from "../errors.ts";
import { add, equal, isOrdered, less, maximum, mul, neg, where } from "../trace/arithmetic.ts";
import { iota } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { cast, stopGradient } from "../trace/functions.ts";
import { broadcastTo, reshape, transpose } from "../trace/movement.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";

/** Both [n, rows]. One element comes before another where its key is smaller, or the keys are equal and its rank is. */
export type Order = {
  readonly key: Tensor;
  /** Its index along the axis, less n where it is before all numbers, n more where it is after them. */
  readonly rank: Tensor;
};

/** Everything in f32, as indices are in most backends: whole numbers up to here are exact. */
const mostExact = 2 ** 24;

/**
 * x with `axis` first and the others as one. NaN is above all numbers, as for `argmax`; equal elements stay as they lie, also where the order
 * descends. No gradient goes through it. Throws INVALID_ARGUMENT for more elements than f32 has whole numbers for.
 */
export function orderOf(operation: string, x: Tensor, axis: number, descending: boolean): Order {
  if (4 * x.size > mostExact) throw tooMany(operation, x);
  const n = x.shape[axis] ?? 1,
    columns = rowsFirst(x, axis),
    numbers = stopGradient(columns.dtype === "i32" ? cast(columns, "f32") : columns),
    isNumber = isOrdered(numbers, numbers);
  const index = broadcastTo(reshape(iota(n, numbers.dtype), [n, 1]), numbers.shape);
  return {
    key: where(isNumber, descending ? neg(numbers) : numbers, descending ? -Infinity : Infinity),
    rank: where(isNumber, index, add(index, descending ? -n : n)),
  };
}

/** 1 where a comes before b, otherwise 0. */
export function isBefore(a: Order, b: Order): Tensor {
  return maximum(less(a.key, b.key), mul(equal(a.key, b.key), less(a.rank, b.rank)));
}

/** The index along an axis of n that a rank is. */
export function unranked(rank: Tensor, n: number): Tensor {
  return where(less(rank, 0), add(rank, n), where(less(rank, n), rank, add(rank, -n)));
}

/** [n, rows]: `axis` first, the others as one behind it. */
export function rowsFirst(x: Tensor, axis: number): Tensor {
  const n = x.shape[axis] ?? 1;
  return reshape(transpose(x, [axis, ...x.shape.map((_, a) => a).filter((a) => a !== axis)]), [n, n === 0 ? 0 : x.size / n]);
}

/** Back from [m, rows] to the shape of x with m along `axis`. */
export function rowsBack(rows: Tensor, x: Tensor, axis: number): Tensor {
  const others = x.shape.toSpliced(axis, 1),
    whole = reshape(rows, [rows.shape[0] ?? 0, ...others]);
  const back = transpose(whole, [...others.slice(0, axis).map((_, a) => a + 1), 0, ...others.slice(axis).map((_, a) => a + axis + 1)]);
  return x.derive(back.node, x.axes);
}

function tooMany(operation: string, x: Tensor): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(operation),
    what: `${operation} takes at most ${mostExact / 4} elements, ${describe(x)} has ${x.size}`,
    fix: "Split it into several",
    facts: { shape: x.shape, most: mostExact / 4 },
  });
}
