// A block of the transformer's encoder.
import type { LayerName, Naming } from "../layers/known.ts";
import type { LayerDefinition, Symbolic } from "../layers/layer.ts";
import { sequenceOf } from "../layers/checks.ts";
import type { Attended } from "../layers/selfAttention.ts";
import { filled, given } from "../options/table.ts";
import { composed } from "./composed.ts";
import { attending, type EncoderWeights, feedforward, type KnownBlock, type TransformerConfig, transformerTable } from "./transformer.ts";

export interface TransformerEncoderLayer extends LayerDefinition {
  (x: Symbolic): Attended;
}

/**
 * A block of the transformer's encoder (Vaswani et al. 2017): attention of all steps to all steps in heads, and a feedforward network, each a sublayer:
 *
 *     a = norm(x + attention(x))          y = norm(a + feedforward(a))
 *
 * and with `normalizeFirst` (Xiong et al. 2020) a = x + attention(norm(x)), y = a + feedforward(norm(a)).
 *
 * x [batch, steps, features] → the same shape, and beside it `scores` [batch, numHeads, steps, steps]. Steps that do not count are no keys. Weights are
 * those of the layers inside: `selfAttention` as `multiHeadAttention` has them, `feedforwardIntermediate` and `feedforwardOutput` as `dense` has them,
 * `selfAttentionNorm` and `feedforwardNorm` as `layerNormalization` has them. Options, and these names without "layer" and "dense", are KerasHub's. In
 * PyTorch's TransformerEncoderLayer they are the transposed thirds of self_attn.in_proj_weight (wq, wk, wv) and self_attn.out_proj (wo), linear1,
 * linear2, norm1 and norm2.
 * Throws INVALID_ARGUMENT for sizes below 1, rates outside [0, 1) and heads that do not divide the features; at build SHAPE_MISMATCH for a sample that is
 * not [steps, features].
 */
export function transformerEncoder<const N extends LayerName = undefined>(
  options: TransformerConfig & Naming<N>,
): TransformerEncoderLayer & KnownBlock<"transformerEncoder", N, EncoderWeights> {
  const config = given<TransformerConfig>("transformerEncoder", transformerTable, options),
    all = filled(transformerTable, config);
  return composed({
    kind: "transformerEncoder",
    config,
    also: { scores: true },
    streams: false,
    compose({ x, input, who }) {
      const [, features] = sequenceOf(who, input),
        { output, inside } = attending("selfAttention", x, all);
      return { output: feedforward(output, features, all), also: { scores: inside.scores } };
    },
  }) as unknown as TransformerEncoderLayer; // a call gives what `also` says
}
