// Attention in several heads.
import {
  multiHeadAttention as module,
  type MultiHeadOptions,
  type Projections,
  type RotaryOptions,
  type Score,
  type ScoreWeights,
  type Weight,
} from "@sluice/core";
import { boolean, oneOf, positive, refused, size } from "@sluice/core/arguments";
import { either, options as record } from "../options/rules.ts";
import { given, optional, preset, required, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";
import { selfAttention, selfAttentionTable, type KnownAttention, type SelfAttentionConfig } from "./selfAttention.ts";
import { activityTable, weightTable, type ActivityOption, type WeightOptions } from "./weightOptions.ts";

/** Kernels are all four projections, biases theirs. */
export interface MultiHeadAttentionConfig extends SelfAttentionConfig, WeightOptions<"kernel" | "bias">, ActivityOption {
  readonly numHeads: number;
  /** Heads of keys and values, each shared by numHeads / numKeyValueHeads heads (Ainslie et al. 2023). Default numHeads. */
  readonly numKeyValueHeads?: number;
  /** Columns of each head's queries and keys. Default features / numHeads. */
  readonly keyDim?: number;
  /** Columns of each head's values. Default keyDim. */
  readonly valueDim?: number;
  /** Features of the output. Default those of x. */
  readonly outputDim?: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** Turn queries and keys by their positions (Su et al. 2021). Default false. */
  readonly rotary?: MultiHeadOptions["rotary"];
  /** What each head compares its queries and keys by, with weights of its own, as `attention` does. Default "scaledDot" (Vaswani et al. 2017). */
  readonly score?: Score;
  /** Width of the additive score's hidden layer; that score alone has it. */
  readonly scoreUnits?: number;
  /** Without projections heads are columns of what is read, side by side in the output; then there are no keyDim, valueDim, outputDim and useBias. Default true. */
  readonly useProjections?: boolean;
}

const rotaryTable = { base: preset(positive, 10000), interleaved: preset(boolean, false) } satisfies Table<Turning>;
type Turning = Pick<RotaryOptions, "base" | "interleaved">;

export const multiHeadAttentionTable = {
  ...selfAttentionTable,
  numHeads: required(size),
  numKeyValueHeads: optional(size),
  keyDim: optional(size),
  valueDim: optional(size),
  outputDim: optional(size),
  useBias: preset(boolean, true),
  ...weightTable("kernel", "bias"),
  ...activityTable,
  score: preset(oneOf("dot", "scaledDot", "additive", "concat"), "scaledDot"),
  scoreUnits: optional(size),
  useProjections: preset(boolean, true),
  rotary: preset(either(boolean, record<Turning>(rotaryTable)), false),
} satisfies Table<MultiHeadAttentionConfig>;

/**
 * Each step's weighted means of all steps, head by head on projections of its own, and a projection of them together
 * (Vaswani et al. 2017).
 *
 * x [batch, steps, features] → [batch, steps, outputDim]. `wq` [features, numHeads·keyDim], `wk` [features, numKeyValueHeads·keyDim],
 * `wv` [features, numKeyValueHeads·valueDim], `wo` [numHeads·valueDim, outputDim] and their biases `bq` `bk` `bv` `bo`.
 * By another `score` its weights are `score`, each with an axis of the heads in front.
 * Throws INVALID_ARGUMENT for sizes below 1, heads that do not divide, or a rate outside [0, 1); at build SHAPE_MISMATCH for a sample that
 * is not [steps, features], or, with `residual`, an output of another size.
 */
export function multiHeadAttention<const N extends LayerName = undefined>(
  options: MultiHeadAttentionConfig & Naming<N>,
): KnownAttention<"multiHeadAttention", N, MultiHeadWeights> {
  const config = given<MultiHeadAttentionConfig>("multiHeadAttention", multiHeadAttentionTable, options);
  const { numHeads, numKeyValueHeads, keyDim, valueDim, outputDim, useBias, rotary, score, scoreUnits, useProjections } = config;
  const who = "multiHeadAttention";
  if (score === "additive" && scoreUnits === undefined) throw refused(who, "scoreUnits", scoreUnits, size.expected);
  if (score !== "additive" && scoreUnits !== undefined)
    throw refused(who, "scoreUnits", scoreUnits, 'left out: only the score "additive" has units');
  if (useProjections === false)
    for (const [option, value] of Object.entries({ keyDim, valueDim, outputDim }))
      if (value !== undefined) throw refused(who, option, value, "left out where nothing is projected");
  const heads = module({
    heads: numHeads,
    keyValueHeads: numKeyValueHeads,
    size: keyDim,
    valueSize: valueDim,
    outputSize: outputDim,
    useBias,
    rotary,
    score,
    units: scoreUnits,
    useProjections,
  });
  return selfAttention("multiHeadAttention", heads, config, numHeads);
}

/** What there is where; without projections none of them, and of `score` those that the score has. */
type MultiHeadWeights = Projections<Weight> & {
  readonly score?: Partial<ScoreWeights<Weight>["additive"] & ScoreWeights<Weight>["concat"]>;
};
