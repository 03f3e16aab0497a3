// Root mean square normalisation.
import { rmsNormalization as normalise, type WeightTensors } from "@sluice/core";
import { nonNegative } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface RmsNormalizationConfig extends WeightOptions<"gamma"> {
  /** Added to the mean square. Default 1e-6, as in Keras. */
  readonly epsilon?: number;
  readonly name?: string;
}

export const rmsNormalizationTable = {
  epsilon: preset(nonNegative, 1e-6),
  ...weightTable("gamma"),
  name: optional(layerName),
} satisfies Table<RmsNormalizationConfig>;

/**
 * x / √(mean(x²) + epsilon)·gamma over the last axis (Zhang & Sennrich 2019).
 *
 * x [batch, …, features] → the same shape. `gamma` [features] starts at one.
 * Throws at build: SHAPE_MISMATCH for a sample without axes, DTYPE_MISMATCH for indices.
 */
export function rmsNormalization<const N extends LayerName = undefined>(
  options: RmsNormalizationConfig & Naming<N> = {},
): KnownLayer<"rmsNormalization", N, { readonly gamma: LayerWeight }> {
  const config = namedOptions<RmsNormalizationConfig, N>("rmsNormalization", rmsNormalizationTable, options),
    { epsilon } = filled(rmsNormalizationTable, config);
  return layer({
    kind: "rmsNormalization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const features = input.shape.at(-1);
      if (features === undefined) throw shapeMismatch(who, "x [batch, …, features]", input);
      const weights = { gamma: declared({ axes: { features }, init: "ones" }, "gamma", config) };
      return {
        output: input,
        weights,
        stepwise: "pointwise",
        apply: (w: WeightTensors<typeof weights>, x) => normalise(x, { gain: w.gamma, epsilon }),
      };
    },
  });
}
