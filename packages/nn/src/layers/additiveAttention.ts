// Attention by a small network of a query and a key.
import { attention as module, type AdditiveWeights, type Weight } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { given, required, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";
import { selfAttention, selfAttentionTable, type KnownAttention, type SelfAttentionConfig } from "./selfAttention.ts";

export interface AdditiveAttentionConfig extends SelfAttentionConfig {
  /** Width of the hidden layer. */
  readonly units: number;
}

export const additiveAttentionTable = { ...selfAttentionTable, units: required(size) } satisfies Table<AdditiveAttentionConfig>;

/**
 * Each step's weighted mean of all steps, by the scores vᵀ·tanh(q·wq + k·wk + b) (Bahdanau et al. 2015; Keras has no projections here).
 *
 * x [batch, steps, features] → the same shape. `wq` and `wk` [features, units], `b` and `v` [units]. Throws as `attention` does.
 */
export function additiveAttention<const N extends LayerName = undefined>(
  options: AdditiveAttentionConfig & Naming<N>,
): KnownAttention<"additiveAttention", N, AdditiveWeights<Weight>> {
  const config = given<AdditiveAttentionConfig>("additiveAttention", additiveAttentionTable, options);
  return selfAttention("additiveAttention", module({ score: "additive", units: config.units }), config);
}
