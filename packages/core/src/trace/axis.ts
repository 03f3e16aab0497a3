// Reading axis arguments: negative ones count from the end.
import { SluiceError } from "../errors.ts";
import { show } from "../arguments/show.ts";
import { checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** The axis as 0 … rank − 1, of as many more axes as are to be put in. Throws INVALID_ARGUMENT. */
export function checkAxis(operation: string, x: Tensor, axis: number, extra = 0): number {
  checkTensor(operation, x);
  const rank = x.rank + extra;
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const what = `${operation} got axis ${show(axis)} for ${describe(x)}`;
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
  checkTensor(operation, x);
  if (axis === undefined) return x.shape.map((_, a) => a);
  if (Array.isArray(axis) && axis.length > x.rank) throw twice(operation, axis);
  const axes = (Array.isArray(axis) ? Array.from(axis as readonly number[]) : [axis as number])
    .map((a) => checkAxis(operation, x, a))
    .sort((a, b) => a - b);
  if (new Set(axes).size === axes.length) return axes;
  throw twice(operation, axes);
}

function twice(operation: string, axes: readonly number[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(operation),
    what: `${operation} names an axis twice: ${show(axes)}`,
    fix: "Name each axis once",
    facts: { axes },
  });
}
