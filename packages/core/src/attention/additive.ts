// Attention by a small network of a query and a key.
import { record } from "../arguments/checks.ts";
import { add, mul } from "../trace/arithmetic.ts";
import { tanh } from "../trace/functions.ts";
import { expand } from "../trace/movement.ts";
import { sum } from "../trace/reductions.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { weigh } from "./attend.ts";
import { called } from "./fits.ts";
import { beside, headwise } from "./heads.ts";
import { checkOperands } from "./operands.ts";
import type { AttentionOptions, AttentionResult } from "./options.ts";

export type AdditiveWeights<T> = {
  /** [query, units] */
  readonly wq: T;
  /** [key, units] */
  readonly wk: T;
  /** [units] */
  readonly b: T;
  /** [units] */
  readonly v: T;
};

/** Without projections: the factors of the sum alone, [size], or none. */
export type PlainAdditiveWeights<T> = { readonly v?: T };

/**
 * Attention by the score vᵀ·tanh(q·wq + k·wk + b) (Bahdanau et al. 2015, A.1.2); without `wq`, `wk` and `b` by vᵀ·tanh(q + k), as Keras has it with its
 * `scale` for v, and without v by the sum.
 *
 * q […, queries, query], k […, keys, key], v […, keys, values], leading axes broadcast → output […, queries, values],
 * weights […, queries, keys]. Throws as `attend` does.
 */
export function additiveAttention(
  weights: AdditiveWeights<Tensor> | PlainAdditiveWeights<Tensor>,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions = {},
): AttentionResult {
  record("additiveAttention", weights, "weights");
  return scope("additiveAttention", () => {
    const x = checkOperands({ q, k, v }, options);
    return weigh(additiveScores(weights, x.q, x.k), x.v, options);
  });
}

/** vᵀ·tanh(q·wq + k·wk + b), or without what is not there […, queries, keys]; where each head has weights, they have its axes in front. */
export function additiveScores(weights: Partial<AdditiveWeights<Tensor>>, q: Tensor, k: Tensor): Tensor {
  const { query, key } = projected(weights, q, k),
    hidden = tanh(add(expand(query, -2), expand(key, -3)));
  return sum(weights.v === undefined ? hidden : mul(hidden, beside(called("v", weights.v, ["units"]), 2)), -1);
}

/** All three of wq, wk and b, or none. */
function projected(weights: Partial<AdditiveWeights<Tensor>>, q: Tensor, k: Tensor): { readonly query: Tensor; readonly key: Tensor } {
  if (weights.wq === undefined && weights.wk === undefined && weights.b === undefined) return { query: q, key: k };
  const { wq, wk, b } = weights as AdditiveWeights<Tensor>; // `called` says which is not there
  const query = add(headwise(q, called("wq", wq, ["query", "units"])), beside(called("b", b, ["units"]), 1));
  return { query, key: headwise(k, called("wk", wk, ["key", "units"])) };
}
