// What stands at steps that do not count, out of the way.
import { cast, notEqual, where, type Tensor } from "@sluice/core";
import { broadcastLeading } from "../measures/broadcastLeading.ts";

/**
 * x [batch, steps, …] with 0 at the steps that do not count, by mask [batch, steps]: not 0 where one does, absent where all do. What stood there, NaN
 * included, changes no number and no gradient from here on.
 */
export function zeroed(x: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? x : where(broadcastLeading(flags(mask, x), x.shape), x, 0);
}

/** 1 for each step of x that counts and otherwise 0, in its type. */
export function flags(mask: Tensor, x: Tensor): Tensor {
  return cast(notEqual(mask, 0), x.dtype);
}
