// Group normalisation.
import { normalize, type WeightTensors } from "@sluice/core";
import { boolean, nonNegative, size, type Rule } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import { zeroed } from "./counted.ts";
import { countedMoments } from "./countedMoments.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface GroupNormalizationConfig extends WeightOptions<"beta" | "gamma"> {
  /** Of features, in parts of equal size; −1: each by itself, which is instance normalisation. Default 32. */
  readonly groups?: number;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number;
  /** Add a learnt `beta`. Default true. */
  readonly center?: boolean;
  /** Multiply by a learnt `gamma`. Default true. */
  readonly scale?: boolean;
  readonly name?: string;
}

const anyGroups: Rule<number> = {
  expected: `${size.expected}, or -1`,
  accepts: (value): value is number => size.accepts(value) || value === -1,
};

export const groupNormalizationTable = {
  groups: preset(anyGroups, 32),
  epsilon: preset(nonNegative, 1e-3),
  center: preset(boolean, true),
  scale: preset(boolean, true),
  ...weightTable("beta", "gamma"),
  name: optional(layerName),
} satisfies Table<GroupNormalizationConfig>;

/**
 * (x − mean) / √(variance + epsilon)·gamma + beta, over all axes but the batch, in each group of features (Wu & He 2018).
 *
 * x [batch, …, features] → the same shape. `gamma` [features] starts at one, `beta` [features] at zero. Of steps those that count are its mean and
 * variance, so that it reads all of them, and does not go one at a time. Keras's defaults; PyTorch's epsilon is 1e-5, and its features are the first axis.
 * Throws INVALID_ARGUMENT for groups below 1 but −1; at build SHAPE_MISMATCH for features that are not in `groups` parts, DTYPE_MISMATCH for indices.
 */
export function groupNormalization<const N extends LayerName = undefined>(
  options: GroupNormalizationConfig & Naming<N> = {},
): KnownLayer<"groupNormalization", N, GroupNormalizationWeights> {
  const config = namedOptions<GroupNormalizationConfig, N>("groupNormalization", groupNormalizationTable, options),
    { groups, epsilon, center, scale } = filled(groupNormalizationTable, config);
  return layer({
    kind: "groupNormalization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const features = input.shape.at(-1) ?? 0,
        parts = groups === -1 ? features : groups;
      if (features === 0 || features % parts !== 0) throw shapeMismatch(who, `x [batch, …, features in ${parts} groups]`, input);
      const weights: GroupNormalizationWeights = {
        ...(scale && { gamma: declared({ axes: { features }, init: "ones" }, "gamma", config) }),
        ...(center && { beta: declared({ axes: { features }, init: "zeros" }, "beta", config) }),
      };
      return {
        output: input,
        weights,
        ...(input.axes[0] !== "steps" && { stepwise: "pointwise" as const }),
        apply({ gamma, beta }: WeightTensors<typeof weights>, x, { mask }) {
          const grouped = zeroed(x, mask).reshape([...x.shape.slice(0, -1), parts, features / parts]);
          const axes = grouped.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== x.rank - 1);
          const normal = normalize(grouped, { ...countedMoments(grouped, axes, mask), epsilon }).reshape(x.shape);
          const scaled = gamma === undefined ? normal : normal.mul(gamma);
          return beta === undefined ? scaled : scaled.add(beta);
        },
      };
    },
  });
}

type GroupNormalizationWeights = { readonly gamma?: LayerWeight; readonly beta?: LayerWeight };
