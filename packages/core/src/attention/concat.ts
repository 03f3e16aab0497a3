// Attention by a linear function of a query and a key side by side.
import { record } from "../arguments/checks.ts";
import { SluiceError } from "../errors.ts";
import { add } from "../trace/arithmetic.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { expand, reshape, split } from "../trace/movement.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { weigh } from "./attend.ts";
import { called } from "./fits.ts";
import { beside, headwise } from "./heads.ts";
import { checkOperands } from "./operands.ts";
import type { AttentionOptions, AttentionResult } from "./options.ts";

export type ConcatWeights<T> = {
  /** [query + key] */
  readonly wa: T;
  /** [1] */
  readonly b: T;
};

/**
 * Attention by the score wa·[q; k] + b (Luong et al. 2015, "location" and "concat" without its hidden layer).
 *
 * q […, queries, query], k […, keys, key], v […, keys, values], leading axes broadcast → output […, queries, values],
 * weights […, queries, keys]. Throws as `attend` does.
 */
export function concatAttention(
  weights: ConcatWeights<Tensor>,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions = {},
): AttentionResult {
  record("concatAttention", weights, "weights");
  return scope("concatAttention", () => {
    const x = checkOperands({ q, k, v }, options);
    return weigh(concatScores(weights, x.q, x.k), x.v, options);
  });
}

/** wa·[q; k] + b […, queries, keys]; where each head has weights, they have its axes in front. */
export function concatScores({ wa, b }: ConcatWeights<Tensor>, q: Tensor, k: Tensor): Tensor {
  const [forQuery, forKey] = halves(wa, q, k);
  const query = add(headwise(q, forQuery), beside(called("b", b, ["one"]), 1)), // […, queries, 1]
    key = headwise(k, forKey); // […, keys, 1]
  return add(query, reshape(key, [...key.shape.slice(0, -2), 1, key.shape.at(-2)!]));
}

/** wa as columns, […, query, 1] and […, key, 1]. */
function halves(wa: Tensor, q: Tensor, k: Tensor): readonly [Tensor, Tensor] {
  checkTensor("concatAttention", wa, "wa");
  const [query, key] = [q.shape.at(-1)!, k.shape.at(-1)!];
  if (wa.shape.at(-1) === query + key) {
    const [a, b] = split(wa, [query, key]) as [Tensor, Tensor];
    return [expand(a, -1), expand(b, -1)];
  }
  const what = `wa must be [query + key ${query + key}], got ${describe(called("wa", wa, ["features"]))} for ${describe(q)} and ${describe(k)}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: "concatAttention", what, facts: { shapes: [wa.shape, q.shape, k.shape] } });
}
