// What comes beside queries, keys and values, as messages name it: does it fit the scores?
import type { Shape } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { broadcastsTo } from "../trace/arithmetic.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe, describeShape } from "../trace/describe.ts";
import { broadcastTo } from "../trace/movement.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";

/** An option's tensor as numpy broadcasts it. Throws SHAPE_MISMATCH, naming it. */
export function spread(name: string, x: Tensor, shape: Shape): Tensor {
  checkTensor("attention", x, name);
  return broadcastTo(x.derive(x.node, x.axes, name), shape);
}

/** x under a name, with names for its last axes. */
export function called(name: string, x: Tensor, axes: readonly string[]): Tensor {
  checkTensor("attention", x, name);
  const lead = x.shape.slice(0, Math.max(0, x.rank - axes.length)).map((_, axis) => x.axes[axis]);
  return x.derive(x.node, [...lead, ...axes].slice(-x.rank || axes.length), name);
}

/** Throws SHAPE_MISMATCH for a mask that does not broadcast to scores […, queries, keys]: it must not widen them. */
export function checkMask(mask: Tensor, scores: Shape): void {
  checkTensor("attention", mask, "mask");
  if (broadcastsTo(mask.shape, scores)) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: who("attention"),
    what: `mask ${describeShape(mask.shape)} does not broadcast to scores ${describeShape(scores)}`,
    fix: "Sizes must be those of the scores, or 1, from the last axis backwards",
    facts: { mask: mask.shape, scores },
  });
}

/** Throws SHAPE_MISMATCH where there is not a length for each row of scores […, queries, keys], DTYPE_MISMATCH where they are no i32. */
export function checkLengths(lengths: Tensor, scores: Shape): void {
  const given = describe(called("keyLengths", lengths, ["batch"]));
  if (lengths.dtype !== "i32")
    throw new SluiceError({
      code: "DTYPE_MISMATCH",
      who: who("attention"),
      what: `keyLengths must be i32, got ${given} of ${lengths.dtype}`,
      fix: "Pass an Int32Array",
      facts: { dtype: lengths.dtype },
    });
  if (lengths.rank === 1 && scores.length >= 3 && lengths.shape[0] === scores[0]) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: who("attention"),
    what: `keyLengths must be [batch] for scores [batch, …, queries, keys]: got ${given} for scores ${describeShape(scores)}`,
    facts: { lengths: lengths.shape, scores },
  });
}
