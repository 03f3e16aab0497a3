// Numbers brought to another range by a factor and an offset.
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, required, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { checkAlike, checkFeatures, constantOf, perFeature, type PerFeature } from "./perFeature.ts";

export interface RescalingConfig {
  /** One for all features, or one for each. */
  readonly scale: PerFeature;
  /** Likewise. Default 0. */
  readonly offset?: PerFeature;
  readonly name?: string;
}

export const rescalingTable = {
  scale: required(perFeature),
  offset: preset(perFeature, 0),
  name: optional(layerName),
} satisfies Table<RescalingConfig>;

/**
 * x · scale + offset, feature by feature (Keras 3's Rescaling): `{ scale: 1 / 255 }` brings bytes to 0 … 1.
 *
 * x [batch, …, features] → the same shape. No weights: nothing of it trains.
 * Throws INVALID_ARGUMENT for lists of unlike lengths; at build SHAPE_MISMATCH for a sample with another number of features, DTYPE_MISMATCH for indices.
 */
export function rescaling<const N extends LayerName = undefined>(
  options: RescalingConfig & Naming<N>,
): KnownLayer<"rescaling", N, NoWeights> {
  const config = namedOptions<RescalingConfig, N>("rescaling", rescalingTable, options),
    { scale, offset } = filled(rescalingTable, config);
  checkAlike("rescaling", "offset", offset, scale, "scale");
  return layer({
    kind: "rescaling",
    config,
    build(input, who) {
      checkFeatures(who, input, scale, offset);
      return {
        output: input,
        weights: {},
        stepwise: "pointwise",
        apply: (_, x) => x.mul(constantOf(scale, x)).add(constantOf(offset, x)),
      };
    },
  });
}
