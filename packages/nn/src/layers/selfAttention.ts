// Any attention of core as a layer in which every step of a sequence attends to the steps of the same sequence.
import { type Attention, type Tensor, type Tree, type Weight, type WeightTensors } from "@sluice/core";
import { boolean, finite, fraction, positive } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { checkedLayer, checkNumbers, shapeMismatch, type Layer, type Mask } from "./layer.ts";

export interface SelfAttentionConfig {
  /** Steps attend to themselves and what came before only. Default false. */
  readonly causal?: boolean;
  /** Add x to the output. Default false. */
  readonly residual?: boolean;
  /** Scores are bent to within ±softCap, by softCap·tanh(score / softCap). Default not. */
  readonly softCap?: number;
  /** Probability that a weight is dropped in training, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** Fixes this layer's dropout masks; by default they follow from the seed of `compile` and the layer's name. */
  readonly seed?: number;
  readonly name?: string;
}

export const selfAttentionTable = {
  causal: preset(boolean, false),
  residual: preset(boolean, false),
  softCap: optional(positive),
  dropout: preset(fraction, 0),
  seed: optional(finite),
  name: optional(layerName),
} satisfies Table<SelfAttentionConfig>;

/** The layer of `kind`; `heads` where weights are [batch, heads, steps, steps]. `config` was checked. */
export function selfAttention<P>(kind: string, module: Attention<P>, config: SelfAttentionConfig, heads?: number): Layer {
  const { causal, residual, softCap, dropout: rate, seed } = filled(selfAttentionTable, config);
  return checkedLayer({
    kind,
    config,
    build(input, who) {
      checkNumbers(who, input);
      const [steps, features] = input.shape;
      if (input.shape.length !== 2 || steps === undefined || features === undefined)
        throw shapeMismatch(who, "x [batch, steps, features]", input);
      const size = module.outputSize({ query: features });
      if (residual && size !== features) throw shapeMismatch(who, `${size} features to add x to what it gives`, input);
      const mask: Mask = { shape: [...(heads === undefined ? [] : [heads]), steps, steps], rate, ...(seed !== undefined && { seed }) };
      return {
        output: { shape: [steps, size], axes: ["steps", "units"], dtype: "float" },
        weights: module.weights({ query: features }) as Tree<Weight>, // P is a record of weights
        ...(rate > 0 && { mask }),
        apply: (weights, x, { mask: dropout }) =>
          module.run(weights as WeightTensors<P>, {
            query: x,
            causal,
            softCap,
            dropout: dropout as Tensor | undefined, // the one declared above
            residual: residual ? x : undefined,
          }).output,
      };
    },
  });
}
