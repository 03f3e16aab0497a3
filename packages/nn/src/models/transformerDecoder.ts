// A block of the transformer's decoder.
import { boolean } from "@sluice/core/arguments";
import { sequenceOf } from "../layers/checks.ts";
import type { LayerName, Naming } from "../layers/known.ts";
import type { LayerDefinition, Symbolic } from "../layers/layer.ts";
import type { Attended } from "../layers/selfAttention.ts";
import { filled, given, preset, type Table } from "../options/table.ts";
import { composed } from "./composed.ts";
import { attending, type DecoderWeights, feedforward, type KnownBlock, type TransformerConfig, transformerTable } from "./transformer.ts";

export interface TransformerDecoderConfig extends TransformerConfig {
  /** Steps attend to themselves and what came before only. Default true, as in KerasHub; in PyTorch a mask says it. */
  readonly causal?: boolean;
}

export const transformerDecoderTable = { ...transformerTable, causal: preset(boolean, true) } satisfies Table<TransformerDecoderConfig>;

export interface TransformerDecoderLayer extends LayerDefinition {
  /** x [batch, steps, features], `memory` [batch, keys, …], where there is one to look at. */
  (x: Symbolic, beside?: { readonly memory?: Symbolic }): Attended & { readonly memoryScores: Symbolic };
}

/**
 * A block of the transformer's decoder (Vaswani et al. 2017): causal attention of the steps to themselves, attention to `memory`, where one is given, and a
 * feedforward network, each a sublayer:
 *
 *     a = norm(x + attention(x))          b = norm(a + attention(a, memory))          y = norm(b + feedforward(b))
 *
 * and with `normalizeFirst` (Xiong et al. 2020) each norm is of what a sublayer reads; the memory is read as it is. Without a memory it is a block of a
 * language model.
 *
 * x [batch, steps, features], memory [batch, keys, size] → as x, and beside it `scores` [batch, numHeads, steps, steps] and `memoryScores`
 * [batch, numHeads, steps, keys]. Steps that do not count, of x and of the memory, are no keys. Causal it goes one step at a time, by a cache of its keys.
 * Weights are those of `transformerEncoder`, and `crossAttention` and `crossAttentionNorm`: in PyTorch's TransformerDecoderLayer multihead_attn and norm2,
 * where the feedforward network's norm is norm3. Throws as `transformerEncoder` does.
 *
 * ```ts
 * const memory = transformerEncoder({ intermediateDim: 256, numHeads: 4 })(embed(source));
 * const decoded = transformerDecoder({ intermediateDim: 256, numHeads: 4 })(embed(target), { memory });
 * ```
 */
export function transformerDecoder<const N extends LayerName = undefined>(
  options: TransformerDecoderConfig & Naming<N>,
): TransformerDecoderLayer & KnownBlock<"transformerDecoder", N, DecoderWeights> {
  const config = given<TransformerDecoderConfig>("transformerDecoder", transformerDecoderTable, options),
    all = filled(transformerDecoderTable, config),
    { causal } = all;
  return composed({
    kind: "transformerDecoder",
    config,
    reads: ["memory"],
    also: { scores: true, memoryScores: true },
    streams: causal,
    compose({ x, beside: { memory }, input, who }) {
      const [, features] = sequenceOf(who, input);
      const own = attending("selfAttention", x, all, { causal }),
        other = memory && attending("crossAttention", own.output, all, { value: memory });
      return {
        output: feedforward((other ?? own).output, features, all),
        also: { scores: own.inside.scores, ...(other && { memoryScores: other.inside.scores }) },
      };
    },
  }) as unknown as TransformerDecoderLayer; // a call gives what `also` says
}
