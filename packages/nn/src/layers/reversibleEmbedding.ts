// An embedding whose table also scores: weight tying (Press & Wolf 2017; Inan et al. 2017).
import { gather, tanh, type Tensor, type WeightTensors } from "@sluice/core";
import { boolean, positive, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { anyActivation, type Activation } from "./activationFunction.ts";
import { layer } from "./callable.ts";
import { shapeMismatch } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import type { Built } from "./layer.ts";
import { namedOptions } from "./namedOptions.ts";
import type { Spec } from "./spec.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface ReversibleEmbeddingConfig extends WeightOptions<"embeddings"> {
  /** How many indices there are: they lie in 0 … inputDim − 1. */
  readonly inputDim: number;
  readonly outputDim: number;
  /** Of the scores. Default "linear". */
  readonly activation?: Activation;
  /** Add a learnt bias, one for each index, to the scores. Default false. */
  readonly useBias?: boolean;
  /** Scores are bent to within ±logitSoftCap, by cap·tanh(score / cap) (Gemma Team 2024). Default not. */
  readonly logitSoftCap?: number;
  readonly name?: string;
}

export const reversibleEmbeddingTable = {
  inputDim: required(size),
  outputDim: required(size),
  activation: preset(anyActivation, "linear"),
  useBias: preset(boolean, false),
  logitSoftCap: optional(positive),
  ...weightTable("embeddings"),
  name: optional(layerName),
} satisfies Table<ReversibleEmbeddingConfig>;

/**
 * Called on indices the rows of a learnt table E; called on vectors, how much each row is like them: activation(x · Eᵀ + bias). One layer that is called both
 * ways has one table.
 *
 * x [batch, …] of i32 → [batch, …, units]; x [batch, …, units] → [batch, …, indices]. `embeddings` [indices, units] starts uniform in ±0.05; `bias`
 * [indices] at zero.
 * Throws INVALID_ARGUMENT for a size below 1; at build SHAPE_MISMATCH for vectors of another size.
 *
 * ```ts
 * const words = reversibleEmbedding({ inputDim: 5000, outputDim: 64, activation: "softmax" });
 * const text = input({ name: "text", dtype: "i32" });
 * const next = words(lstm({ units: 64, returnSequences: true })(words(text)));
 * const writer = model({ inputs: { text }, outputs: { next } });
 * ```
 */
export function reversibleEmbedding<const N extends LayerName = undefined>(
  options: ReversibleEmbeddingConfig & Naming<N>,
): KnownLayer<"reversibleEmbedding", N, ReversibleWeights> {
  const config = namedOptions<ReversibleEmbeddingConfig, N>("reversibleEmbedding", reversibleEmbeddingTable, options),
    { inputDim, outputDim, activation, useBias, logitSoftCap } = filled(reversibleEmbeddingTable, config);
  const weights: ReversibleWeights = {
    embeddings: declared({ axes: { indices: inputDim, units: outputDim }, init: { uniform: 0.05 } }, "embeddings", config),
    ...(useBias && { bias: { axes: { indices: inputDim }, init: "zeros" } }),
  };
  const scores = ({ embeddings, bias }: WeightTensors<ReversibleWeights>, x: Tensor): Tensor => {
    const products = x.dot(embeddings.transpose()),
      plain = bias === undefined ? products : products.add(bias);
    return logitSoftCap === undefined ? plain : tanh(plain.div(logitSoftCap)).mul(logitSoftCap);
  };
  return layer({
    kind: "reversibleEmbedding",
    config,
    indices: inputDim,
    build(input: Spec, who): Built {
      if (input.dtype === "i32")
        return {
          output: { shape: [...input.shape, outputDim], axes: [...input.axes, "units"], dtype: "float" },
          weights,
          stepwise: "pointwise",
          apply: (given, x) => gather((given as WeightTensors<ReversibleWeights>).embeddings, x), // as declared
        };
      if (input.shape.at(-1) !== outputDim) throw shapeMismatch(who, `x [batch, …, units ${outputDim}], or indices`, input);
      return {
        output: { shape: [...input.shape.slice(0, -1), inputDim], axes: [...input.axes.slice(0, -1), "indices"], dtype: "float" },
        weights,
        activation,
        stepwise: "pointwise",
        apply: (given, x) => scores(given as WeightTensors<ReversibleWeights>, x), // likewise
      };
    },
  }) as KnownLayer<"reversibleEmbedding", N, ReversibleWeights>; // of these weights either way
}

type ReversibleWeights = { readonly embeddings: LayerWeight; readonly bias?: LayerWeight };
