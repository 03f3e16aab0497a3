// The first few elements of an axis in order.
import { checkSize } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { equal, where } from "../trace/arithmetic.ts";
import { checkAxis } from "../trace/axis.ts";
import { checkFlags } from "../trace/checkTensor.ts";
import { constant } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { slice } from "../trace/movement.ts";
import { min } from "../trace/reductions.ts";
import { scan } from "../trace/scan.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { isBefore, orderOf } from "./order.ts";
import { none, pick, type Picked } from "./pick.ts";

export interface TopKOptions {
  /** Default −1, the last. */
  readonly axis?: number;
  /** The largest, or the smallest. Default true. */
  readonly largest?: boolean;
}

/**
 * The k largest elements along an axis, or the smallest, in order, and their indices (i32): both of the shape of x with k along that axis.
 * Of equal elements the one of the smaller index comes first; NaN is above all numbers. The gradient of the values goes to the elements that they are.
 * Each of k steps goes once over x, so that the work is k times the length.
 * i32 beyond 2²⁴ is in the order of the f32 nearest to it. Throws INVALID_ARGUMENT for a k that is no whole number from 1 to the length of the axis, for more than 4,194,304 elements, and for unknown options.
 */
export function topK(x: Tensor, k: number, options: TopKOptions = {}): Picked {
  const known = named<TopKOptions>(who("topK"), options, { axis: true, largest: true });
  const { axis = -1, largest = true } = checkFlags("topK", known, "largest");
  const along = checkAxis("topK", x, axis);
  checkSize(who("topK"), "k", k);
  const n = x.shape[along] ?? 1;
  if (k > n) throw tooFew(x, k, n);
  if (x.size === 0) return none(slice(x, along, 0, k));
  const all = orderOf("topK", x, along, largest),
    rows = all.key.shape.slice(1),
    { dtype } = all.key;
  const { outputs } = scan({
    state: { key: constant(-Infinity, rows, dtype), rank: constant(-2 * n, rows, dtype) },
    inputs: [],
    steps: k,
    // The first of those that come after the last one.
    step: (last) => {
      const isLeft = isBefore(last, all),
        key = min(where(isLeft, all.key, Infinity), 0);
      const isFirst = where(isLeft, equal(all.key, key), 0),
        rank = min(where(isFirst, all.rank, 3 * n), 0);
      return { state: { key, rank }, output: rank };
    },
    name: "topK",
  });
  return pick(x, along, outputs);
}

function tooFew(x: Tensor, k: number, n: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who("topK"),
    what: `topK needs at least k = ${k} elements, ${describe(x)} has ${n} along the axis`,
    facts: { k, n, shape: x.shape },
  });
}
