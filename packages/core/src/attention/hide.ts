// Hiding keys: scores that no softmax gives any weight.
import type { DType } from "../backend.ts";
import { add, less, where } from "../trace/arithmetic.ts";
import { literal } from "../trace/constants.ts";
import { cast } from "../trace/functions.ts";
import { broadcastTo, reshape } from "../trace/movement.ts";
import type { Operand, Tensor } from "../trace/tensor.ts";
import { flags } from "../trace/flags.ts";
import { spread } from "./fits.ts";
import type { Visibility } from "./options.ts";

/**
 * What is added to a hidden score: with it e^(score − any other) is 0, and so is every gradient through it, without a test on the way back.
 * Finite, as not every backend keeps infinities.
 */
const hidden = -2e38;

/** The least that counts as a row's largest score: a row that is hidden altogether lies below, so that all its e^… are 0 too. */
export const floor = -1e38;

/** What hides keys of scores. */
export interface Hiding extends Visibility {
  /** Where a step with a cache is, i32 [batch]: it sees keys 0 … position. */
  readonly position?: Tensor | undefined;
}

/** The scores […, queries, keys] with the bias, those of hidden keys below the floor. Mask, lengths and position fit them. */
export function hide(scores: Tensor, { causal = false, keyLengths, position, mask, bias }: Hiding): Tensor {
  const { shape, dtype } = scores,
    [queries, keys] = shape.slice(-2) as [number, number];
  const key = broadcastTo(positions(0, keys, dtype), shape),
    first = causal === "start" ? 1 : keys - queries + 1, // the first that query 0 does not see
    afterLast = broadcastTo(reshape(positions(first, queries, dtype), [queries, 1]), shape);
  const tests: Tensor[] = [];
  if (causal !== false) tests.push(less(key, afterLast));
  if (keyLengths !== undefined) tests.push(less(key, cast(broadcastTo(perRow(keyLengths, scores), shape), dtype)));
  if (position !== undefined) {
    const before = broadcastTo(positions(-1, keys, dtype), shape); // key − 1 < position where key ≤ position
    tests.push(less(before, cast(broadcastTo(perRow(position, scores), shape), dtype)));
  }
  if (mask !== undefined) tests.push(flags(spread("mask", mask, shape), dtype));
  const biased = bias === undefined ? scores : add(scores, spread("bias", bias, shape));
  return add(
    biased,
    tests.reduce<Operand>((rest, test) => where(test, rest, hidden), 0),
  );
}

/** May a query be left without any key? One at a position sees its own. */
export function mayHideAll({ shape }: Tensor, { causal = false, keyLengths, mask, bias }: Visibility): boolean {
  const [queries, keys] = shape.slice(-2) as [number, number];
  return (
    keys === 0 ||
    keyLengths !== undefined ||
    mask !== undefined ||
    bias !== undefined ||
    (causal !== false && causal !== "start" && queries > keys)
  );
}

/** from, from + 1, … */
function positions(from: number, n: number, dtype: DType): Tensor {
  const each = Array.from({ length: n }, (_, i) => from + i);
  return literal(each, [n], dtype);
}

/** One number per row of the batch, beside the other axes of the scores. */
function perRow(x: Tensor, { shape }: Tensor): Tensor {
  return reshape(x, [x.shape[0]!, ...shape.slice(1).map(() => 1)]);
}
