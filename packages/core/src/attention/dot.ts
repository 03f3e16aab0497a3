// Attention by products of queries and keys.
import { checkFinite } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { mul } from "../trace/arithmetic.ts";
import { transpose } from "../trace/movement.ts";
import { matmul } from "../trace/products.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { weigh } from "./attend.ts";
import { called } from "./fits.ts";
import { beside } from "./heads.ts";
import { checkOperands } from "./operands.ts";
import { attentionNames, type AttentionOptions, type AttentionResult } from "./options.ts";

/**
 * Attention by the score q·k (Luong et al. 2015, "dot").
 *
 * q […, queries, size], k […, keys, size], v […, keys, values], leading axes broadcast → output […, queries, values],
 * weights […, queries, keys]. Throws as `attend` does.
 */
export function dotAttention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): AttentionResult {
  return scope("dotAttention", () => {
    const x = checkOperands({ q, k, v }, options);
    return weigh(dotScores(x.q, x.k), x.v, options);
  });
}

export interface ScaledDotOptions extends AttentionOptions {
  /** Multiplies the scores. Default 1/√size. */
  readonly scale?: number | undefined;
}

/**
 * Attention by the score scale·q·k (Vaswani et al. 2017, eq. 1).
 *
 * Shapes as `dotAttention`. Throws as `attend` does, and INVALID_ARGUMENT for a scale that is not finite.
 */
export function scaledDotAttention(q: Tensor, k: Tensor, v: Tensor, given: ScaledDotOptions = {}): AttentionResult {
  const { scale, ...options } = named("scaledDotAttention", given, { ...attentionNames, scale: true });
  return scope("scaledDotAttention", () => {
    const x = checkOperands({ q, k, v }, options);
    return weigh(scaledDotScores(x.q, x.k, scale), x.v, options);
  });
}

/** scale·q·kᵀ […, queries, keys]. */
export function scaledDotScores(q: Tensor, k: Tensor, scale = 1 / Math.sqrt(Math.max(1, q.shape.at(-1)!))): Tensor {
  checkFinite("scaledDotAttention", "scale", scale);
  return mul(dotScores(q, k), scale);
}

/** A factor that is learnt. */
export type DotWeights<T> = {
  /** [1] */
  readonly scale: T;
};

/** q·kᵀ, or scale·q·kᵀ […, queries, keys]; where each head has a scale, they have the heads' axes in front. */
export function learntDotScores({ scale }: Partial<DotWeights<Tensor>>, q: Tensor, k: Tensor): Tensor {
  const scores = dotScores(q, k);
  return scale === undefined ? scores : mul(scores, beside(called("scale", scale, ["one"]), 1));
}

/** q·kᵀ […, queries, keys]. */
export function dotScores(q: Tensor, k: Tensor): Tensor {
  const lead = k.shape.slice(0, -2).map((_, axis) => axis);
  return matmul(q, transpose(k, [...lead, k.rank - 1, k.rank - 2]));
}
