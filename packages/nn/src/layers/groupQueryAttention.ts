// Attention in several heads that share keys and values in groups.
import { multiHeadAttention as module, SluiceError, type Projections, type Weight } from "@sluice/core";
import { boolean, size } from "@sluice/core/arguments";
import { given, preset, required, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";
import { selfAttention, selfAttentionTable, type KnownAttention, type SelfAttentionConfig } from "./selfAttention.ts";
import { activityTable, weightTable, type ActivityOption, type WeightOptions } from "./weightOptions.ts";

/** Kernels are all four projections, biases theirs. */
export interface GroupQueryAttentionConfig extends SelfAttentionConfig, WeightOptions<"kernel" | "bias">, ActivityOption {
  /** Columns of each head's queries, keys and values. */
  readonly headDim: number;
  readonly numQueryHeads: number;
  /** Heads of keys and values, each shared by numQueryHeads / numKeyValueHeads heads. */
  readonly numKeyValueHeads: number;
  /** Default true. */
  readonly useBias?: boolean;
}

export const groupQueryAttentionTable = {
  ...selfAttentionTable,
  headDim: required(size),
  numQueryHeads: required(size),
  numKeyValueHeads: required(size),
  useBias: preset(boolean, true),
  ...weightTable("kernel", "bias"),
  ...activityTable,
} satisfies Table<GroupQueryAttentionConfig>;

/**
 * Grouped query attention (Ainslie et al. 2023), in Keras's words: `multiHeadAttention` of numQueryHeads, whose head h reads keys and values number
 * ⌊h·numKeyValueHeads / numQueryHeads⌋.
 *
 * x [batch, steps, features] → the same shape. `wq` [features, numQueryHeads·headDim], `wk` and `wv` [features, numKeyValueHeads·headDim],
 * `wo` [numQueryHeads·headDim, features] and their biases. Throws as `multiHeadAttention` does.
 */
export function groupQueryAttention<const N extends LayerName = undefined>(
  options: GroupQueryAttentionConfig & Naming<N>,
): KnownAttention<"groupQueryAttention", N, Projections<Weight>> {
  const config = given<GroupQueryAttentionConfig>("groupQueryAttention", groupQueryAttentionTable, options),
    { headDim, numQueryHeads, numKeyValueHeads, useBias } = config;
  if (numQueryHeads % numKeyValueHeads !== 0)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: "groupQueryAttention",
      what: `numKeyValueHeads ${numKeyValueHeads} must divide numQueryHeads ${numQueryHeads}`,
    });
  const heads = module({ heads: numQueryHeads, keyValueHeads: numKeyValueHeads, size: headDim, useBias });
  return selfAttention("groupQueryAttention", heads, config, numQueryHeads);
}
