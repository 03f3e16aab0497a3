// Elements by their index along an axis, with a gradient to those that were picked.
import { add, mul } from "../trace/arithmetic.ts";
import { iota } from "../trace/constants.ts";
import { cast } from "../trace/functions.ts";
import { gather } from "../trace/lookup.ts";
import { reshape } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { type Order, rowsBack, rowsFirst, unranked } from "./order.ts";

export type Picked = {
  /** Of the dtype of x. */
  readonly values: Tensor;
  /** i32: where they lay along the axis. */
  readonly indices: Tensor;
};

/** Those of these ranks [m, rows], as the shape of x with m along `axis`. */
export function pick(x: Tensor, axis: number, rank: Order["rank"]): Picked {
  const n = x.shape[axis] ?? 1,
    table = rowsFirst(x, axis), // [n, rows]
    rows = table.shape[1] ?? 0;
  const index = cast(unranked(rank, n), "i32"),
    flat = add(mul(index, rows), iota(rows)); // of row i and column j: i·rows + j
  const values = reshape(gather(reshape(table, [n * rows, 1]), flat), index.shape);
  return { values: rowsBack(values, x, axis), indices: rowsBack(index, x, axis) };
}

/** Of no elements, as a tensor that has none. */
export function none(values: Tensor): Picked {
  return { values, indices: cast(values, "i32") };
}
