// Layer normalisation.
import { layerNormalization as normalise, normalize, type Tensor, type WeightTensors } from "@sluice/core";
import { boolean, nonNegative } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { axesBy } from "./spec.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { anyAxes, axesOf, holdsSteps } from "./axes.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import { zeroed } from "./counted.ts";
import { countedMoments } from "./countedMoments.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface LayerNormalizationConfig extends WeightOptions<"beta" | "gamma"> {
  /** Over which axes, the batch counted as axis 0, which may not be among them; negative ones count from the end. Default −1. */
  readonly axis?: number | readonly number[];
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number;
  /** Add a learnt `beta`. Default true. */
  readonly center?: boolean;
  /** Multiply by a learnt `gamma`. Default true. */
  readonly scale?: boolean;
  readonly name?: string;
}

export const layerNormalizationTable = {
  axis: preset(anyAxes, -1),
  epsilon: preset(nonNegative, 1e-3),
  center: preset(boolean, true),
  scale: preset(boolean, true),
  ...weightTable("beta", "gamma"),
  name: optional(layerName),
} satisfies Table<LayerNormalizationConfig>;

/**
 * (x − mean) / √(variance + epsilon)·gamma + beta over the last axis, or those of `axis` (Ba et al. 2016).
 *
 * x [batch, …, features] → the same shape. `gamma` starts at one, `beta` at zero, both of the sizes of those axes: [features]. Over the steps, those that
 * count are its mean and variance, and it does not go one at a time.
 * Throws INVALID_ARGUMENT for axis 0; at build SHAPE_MISMATCH for a sample without axes or without one of these, DTYPE_MISMATCH for indices.
 */
export function layerNormalization<const N extends LayerName = undefined>(
  options: LayerNormalizationConfig & Naming<N> = {},
): KnownLayer<"layerNormalization", N, LayerNormalizationWeights> {
  const config = namedOptions<LayerNormalizationConfig, N>("layerNormalization", layerNormalizationTable, options),
    { axis, epsilon, center, scale } = filled(layerNormalizationTable, config);
  return layer({
    kind: "layerNormalization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      if (input.shape.length === 0) throw shapeMismatch(who, "x [batch, …, features]", input);
      const axes = axesOf(who, axis, input),
        isWhole = holdsSteps(axes, input),
        sizes = input.shape.map((n, d) => (axes.includes(d - input.shape.length) ? n : 1)).slice(axes[0]);
      const last = input.shape.at(-1) ?? 1,
        named = axis === -1 ? { features: last } : axesBy(axes.map((a) => [input.axes.at(a) ?? "features", input.shape.at(a) ?? 1] as const)); // prettier-ignore
      const weights: LayerNormalizationWeights = {
        ...(scale && { gamma: declared({ axes: named, init: "ones" }, "gamma", config) }),
        ...(center && { beta: declared({ axes: named, init: "zeros" }, "beta", config) }),
      };
      const spread = (w: Tensor | undefined): Tensor | undefined => w?.reshape(sizes);
      return {
        output: input,
        weights,
        ...(!isWhole && { stepwise: "pointwise" as const }),
        apply({ gamma, beta }: WeightTensors<typeof weights>, x, { mask }) {
          const own = { gain: spread(gamma), shift: spread(beta), epsilon };
          if (!isWhole || mask === undefined) return normalise(x, { axes, ...own });
          return normalize(zeroed(x, mask), { ...countedMoments(x, axes, mask), ...own });
        },
      };
    },
  });
}

type LayerNormalizationWeights = { readonly gamma?: LayerWeight; readonly beta?: LayerWeight };
