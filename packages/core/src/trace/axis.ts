// Reading axis arguments: negative ones count from the end.
import { SluiceError } from "../errors.ts";
import { describe } from "./describe.ts";
import { who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** The axis as 0 … rank − 1. Throws INVALID_ARGUMENT. */
export function checkAxis(operation: string, x: Tensor, axis: number, rank = x.rank): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const what = `${operation} got axis ${axis} for ${describe(x)}`;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(operation),
    what,
    fix: `Axes go from ${-rank} to ${rank - 1}`,
    facts: { axis, rank },
  });
}

/** Several axes, ascending; all of them where none is named. Throws INVALID_ARGUMENT, also for one named twice. */
export function checkAxes(operation: string, x: Tensor, axis?: number | readonly number[]): number[] {
  if (axis === undefined) return x.shape.map((_, a) => a);
  const axes = (typeof axis === "number" ? [axis] : [...axis]).map((a) => checkAxis(operation, x, a)).sort((a, b) => a - b);
  if (new Set(axes).size === axes.length) return axes;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(operation),
    what: `${operation} names an axis twice: ${String(axis)}`,
    fix: "Name each axis once",
    facts: { axes },
  });
}
