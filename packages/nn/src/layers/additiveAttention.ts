// Attention by a small network of a query and a key.
import { attention as module, type AdditiveWeights, type Weight } from "@sluice/core";
import { boolean, size } from "@sluice/core/arguments";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";
import { selfAttention, selfAttentionTable, type KnownAttention, type SelfAttentionConfig } from "./selfAttention.ts";

export interface AdditiveAttentionConfig extends SelfAttentionConfig {
  /** Width of the hidden layer that queries and keys are projected to (Bahdanau et al. 2015). Default no projections, as in Keras. */
  readonly units?: number;
  /** Whether the hidden layer is weighed by `v`, Keras's `scale`. Default true. */
  readonly useScale?: boolean;
}

export const additiveAttentionTable = {
  ...selfAttentionTable,
  units: optional(size),
  useScale: preset(boolean, true),
} satisfies Table<AdditiveAttentionConfig>;

/**
 * Each step's weighted mean of all steps, by the scores vᵀ·tanh(q + k), as Keras has them, and with `units` by vᵀ·tanh(q·wq + k·wk + b) (Bahdanau et al.
 * 2015); without `useScale` by the sum in place of v.
 *
 * x [batch, steps, features] → the same shape. `v` [features], and with `units` `wq` and `wk` [features, units], `b` and `v` [units]. Throws as `attention`
 * does.
 */
export function additiveAttention<const N extends LayerName = undefined>(
  options: AdditiveAttentionConfig & Naming<N> = {},
): KnownAttention<"additiveAttention", N, Partial<AdditiveWeights<Weight>>> {
  const config = given<AdditiveAttentionConfig>("additiveAttention", additiveAttentionTable, options);
  const { units, useScale } = filled(additiveAttentionTable, config);
  const score = module({ score: "additive", useScale, ...(units === undefined ? { useProjections: false } : { units }) });
  return selfAttention("additiveAttention", score, config);
}
