// Attention by the score of a query and a key, without projections.
import { attention as module, type AdditiveWeights, type ConcatWeights, type DotWeights, type Score, type Weight } from "@sluice/core";
import { boolean, oneOf, size } from "@sluice/core/arguments";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";
import { selfAttention, selfAttentionTable, type KnownAttention, type SelfAttentionConfig } from "./selfAttention.ts";

export interface AttentionConfig extends SelfAttentionConfig {
  /** "dot" (Luong et al. 2015; default), "scaledDot" (Vaswani et al. 2017), "additive" (Bahdanau et al. 2015), or "concat", linear in both. */
  readonly score?: Score;
  /** Width of the additive score's hidden layer; that score alone has it. */
  readonly units?: number;
  /** Of the score "dot" a learnt factor, as Keras's `use_scale` (default false); of the additive one the weights `v` of its hidden layer (default true). */
  readonly useScale?: boolean;
}

export const attentionTable = {
  ...selfAttentionTable,
  score: preset(oneOf("dot", "scaledDot", "additive", "concat"), "dot"),
  units: optional(size),
  useScale: optional(boolean), // as the score has it
} satisfies Table<AttentionConfig>;

/**
 * Each step's weighted mean of all steps; the weights are a softmax of scores.
 *
 * x [batch, steps, features] → the same shape. Weights are those of the score (`attention` of core).
 * Throws INVALID_ARGUMENT for an unknown score, units that are missing or not asked for, or a rate outside [0, 1); at build SHAPE_MISMATCH
 * for a sample that is not [steps, features].
 */
export function attention<const N extends LayerName = undefined>(
  options: AttentionConfig & Naming<N> = {},
): KnownAttention<"attention", N, Partial<AdditiveWeights<Weight> & ConcatWeights<Weight> & DotWeights<Weight>>> {
  const config = given<AttentionConfig>("attention", attentionTable, options),
    { score, units, useScale } = filled(attentionTable, config);
  return selfAttention("attention", module({ score, units, ...(useScale !== undefined && { useScale }) }), config);
}
