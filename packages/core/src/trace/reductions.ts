// Folding axes: sums, means, maxima, and what is made of them.
import * as make from "../graph/make.ts";
import { sizeOf } from "../shape.ts";
import { div, isOrdered, less, neg, sub, where } from "./arithmetic.ts";
import { checkAxes, checkAxis } from "./axis.ts";
import { checkFlags, checkTensor } from "./checkTensor.ts";
import { cast, exp, log, stopGradient } from "./functions.ts";
import { expand } from "./movement.ts";
import { options } from "../arguments/options.ts";
import { label, who } from "./scope.ts";
import type { FoldOptions, Tensor } from "./tensor.ts";

/** The sum over one axis, several, or all; 0 of nothing. Negative axes count from the end. */
export function sum(x: Tensor, axis?: number | readonly number[], options: FoldOptions = {}): Tensor {
  return fold("sum", "sum", x, axis, options);
}

/** The mean over one axis, several, or all; NaN of nothing. */
export function mean(x: Tensor, axis?: number | readonly number[], options: FoldOptions = {}): Tensor {
  const count = sizeOf(checkAxes("mean", x, axis).map((a) => x.shape[a]!));
  return div(fold("sum", "sum", x, axis, options), count);
}

/** The maximum over one axis, several, or all; −∞ of nothing, NaN where an element is. Equal maxima share the gradient, as do NaNs where there are any. */
export function max(x: Tensor, axis?: number | readonly number[], options: FoldOptions = {}): Tensor {
  return fold("max", "max", x, axis, options);
}

/** The minimum over one axis, several, or all; ∞ of nothing, NaN where an element is. Equal minima share the gradient, as do NaNs where there are any. */
export function min(x: Tensor, axis?: number | readonly number[], options: FoldOptions = {}): Tensor {
  checkTensor("min", x);
  return neg(fold("min", "max", neg(x), axis, options));
}

/** exp(x) / Σ exp(x) along `axis`, without overflow. */
export function softmax(x: Tensor, axis = -1): Tensor {
  checkAxis("softmax", x, axis);
  const e = exp(sub(x, highest(x, axis)));
  return div(e, sum(e, axis, { keepDims: true }));
}

/** log(softmax(x)) along `axis`, without overflow. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  checkAxis("logSoftmax", x, axis);
  const shifted = sub(x, highest(x, axis));
  return sub(shifted, log(sum(exp(shifted), axis, { keepDims: true })));
}

/** The index of the maximum along `axis`, i32; the first of several, the first NaN where there is one. It has no gradient. */
export function argmax(x: Tensor, axis = -1): Tensor {
  return firstMaximum(x, checkAxis("argmax", x, axis));
}

/** The index of the minimum along `axis`, likewise. */
export function argmin(x: Tensor, axis = -1): Tensor {
  const along = checkAxis("argmin", x, axis);
  return firstMaximum(neg(x), along);
}

function firstMaximum(x: Tensor, along: number): Tensor {
  const n = x.shape[along]!;
  const index = x.derive(
    make.broadcast(
      make.reshape(
        make.iota(n, x.dtype),
        x.shape.map((m, a) => (a === along ? m : 1)),
      ),
      x.shape,
    ),
  );
  const maxAlong = highest(x, along),
    isBelow = where(isOrdered(maxAlong, maxAlong), less(x, maxAlong), isOrdered(x, x));
  return cast(neg(max(where(isBelow, -n, neg(index)), along)), "i32");
}

function highest(x: Tensor, axis: number): Tensor {
  return stopGradient(max(x, axis, { keepDims: true }));
}

function fold(
  operation: "sum" | "max" | "min",
  combine: "sum" | "max",
  x: Tensor,
  axis: number | readonly number[] | undefined,
  given: FoldOptions,
): Tensor {
  const { keepDims = false } = checkFlags(operation, options(who(operation), given, { keepDims: true }), "keepDims");
  const axes = checkAxes(operation, x, axis);
  const kept = x.axes.filter((_, a) => !axes.includes(a));
  const folded = x.derive(make.reduceAxes(combine, x.node, axes, label(operation)), kept);
  return keepDims ? axes.reduce((t, a) => expand(t, a), folded) : folded;
}
