// Normalisation by statistics that are known before training: what scales data on the way in, and back on the way out.
import { maximum, sqrt, type WeightTensors } from "@sluice/core";
import { boolean, refused } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { shapeMismatch } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { checkAlike, checkFeatures, constantOf, nonNegativePerFeature, perFeature, type PerFeature } from "./perFeature.ts";

export interface NormalizationConfig {
  /** Of the data that come: one for all features, or one for each. Together with `variance`; without both they are weights. */
  readonly mean?: PerFeature;
  /** The population variance, of the same form. */
  readonly variance?: PerFeature;
  /** The way back: from mean 0 and variance 1 to these. Default false. */
  readonly invert?: boolean;
  readonly name?: string;
}

export const normalizationTable = {
  mean: optional(perFeature),
  variance: optional(nonNegativePerFeature),
  invert: preset(boolean, false),
  name: optional(layerName),
} satisfies Table<NormalizationConfig>;

/** By less nothing is divided, as in Keras: a feature that never varies becomes 0. */
const least = 1e-7;

/**
 * (x − mean) / max(√variance, 1e-7), feature by feature; with `invert` mean + x · max(√variance, 1e-7) (Keras 3's Normalization over the last axis).
 *
 * x [batch, …, features] → the same shape. Nothing of it trains. Where `mean` and `variance` are left out they are weights [features] that start at
 * zero and one and are not trained: those of a file whose layer was adapted in Keras. f32 keeps seven digits: a variance far below the mean² loses some.
 * Throws INVALID_ARGUMENT for one of both alone, and for unlike lengths; at build SHAPE_MISMATCH for a sample with another number of features,
 * DTYPE_MISMATCH for indices.
 */
export function normalization<const N extends LayerName = undefined>(
  options: NormalizationConfig & Naming<N> = {},
): KnownLayer<"normalization", N, NormalizationWeights> {
  const config = namedOptions<NormalizationConfig, N>("normalization", normalizationTable, options),
    { invert } = filled(normalizationTable, config),
    known = statisticsOf(config);
  return layer({
    kind: "normalization",
    config,
    build(input, who) {
      const features = input.shape.at(-1);
      checkFeatures(who, input, ...(known === undefined ? [] : [known.mean, known.variance]));
      if (known === undefined && features === undefined) throw shapeMismatch(who, "x [batch, …, features]", input);
      const axes = { features: features ?? 1 };
      const weights: NormalizationWeights =
        known === undefined ? { mean: { axes, init: "zeros", trainable: false }, variance: { axes, init: "ones", trainable: false } } : {};
      return {
        output: input,
        weights,
        stepwise: "pointwise",
        apply({ mean: own, variance }: WeightTensors<typeof weights>, x) {
          const mean = own ?? constantOf(known?.mean ?? 0, x);
          const deviation =
            variance === undefined
              ? constantOf(known?.variance ?? 1, x, (value) => Math.max(Math.sqrt(value), least))
              : maximum(sqrt(variance), least);
          return invert ? x.mul(deviation).add(mean) : x.sub(mean).div(deviation);
        },
      };
    },
  });
}

/** Undefined where they are weights. */
function statisticsOf({ mean, variance }: NormalizationConfig): { readonly mean: PerFeature; readonly variance: PerFeature } | undefined {
  if (mean === undefined && variance === undefined) return undefined;
  if (mean === undefined) throw refused("normalization", "mean", mean, `given with variance: ${perFeature.expected}`);
  if (variance === undefined) throw refused("normalization", "variance", variance, `given with mean: ${nonNegativePerFeature.expected}`);
  checkAlike("normalization", "variance", variance, mean, "mean");
  return { mean, variance };
}

type NormalizationWeights = {
  readonly mean?: LayerWeight;
  readonly variance?: LayerWeight;
};
