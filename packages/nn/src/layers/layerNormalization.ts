// Layer normalisation.
import { layerNormalization as normalise, type WeightTensors } from "@sluice/core";
import { boolean, nonNegative } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface LayerNormalizationConfig extends WeightOptions<"beta" | "gamma"> {
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number;
  /** Add a learnt `beta`. Default true. */
  readonly center?: boolean;
  /** Multiply by a learnt `gamma`. Default true. */
  readonly scale?: boolean;
  readonly name?: string;
}

export const layerNormalizationTable = {
  epsilon: preset(nonNegative, 1e-3),
  center: preset(boolean, true),
  scale: preset(boolean, true),
  ...weightTable("beta", "gamma"),
  name: optional(layerName),
} satisfies Table<LayerNormalizationConfig>;

/**
 * (x − mean) / √(variance + epsilon)·gamma + beta over the last axis (Ba et al. 2016).
 *
 * x [batch, …, features] → the same shape. `gamma` [features] starts at one, `beta` [features] at zero.
 * Throws at build: SHAPE_MISMATCH for a sample without axes, DTYPE_MISMATCH for indices.
 */
export function layerNormalization<const N extends LayerName = undefined>(
  options: LayerNormalizationConfig & Naming<N> = {},
): KnownLayer<"layerNormalization", N, LayerNormalizationWeights> {
  const config = namedOptions<LayerNormalizationConfig, N>("layerNormalization", layerNormalizationTable, options),
    { epsilon, center, scale } = filled(layerNormalizationTable, config);
  return layer({
    kind: "layerNormalization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const features = input.shape.at(-1);
      if (features === undefined) throw shapeMismatch(who, "x [batch, …, features]", input);
      const weights: LayerNormalizationWeights = {
        ...(scale && { gamma: declared({ axes: { features }, init: "ones" }, "gamma", config) }),
        ...(center && { beta: declared({ axes: { features }, init: "zeros" }, "beta", config) }),
      };
      return {
        output: input,
        weights,
        stepwise: "pointwise",
        apply: ({ gamma, beta }: WeightTensors<typeof weights>, x) => normalise(x, { gain: gamma, shift: beta, epsilon }),
      };
    },
  });
}

type LayerNormalizationWeights = { readonly gamma?: LayerWeight; readonly beta?: LayerWeight };
