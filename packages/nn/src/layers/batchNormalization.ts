// Batch normalisation.
import { cast, div, maximum, sqrt, square, where, type Tensor, type WeightTensors } from "@sluice/core";
import { boolean, fraction, nonNegative, oneOf } from "@sluice/core/arguments";
import { broadcastLeading, ofSteps } from "../measures/broadcastLeading.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import { zeroed } from "./counted.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import type { LayerContext } from "./layer.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface BatchNormalizationConfig extends WeightOptions<"beta" | "gamma"> {
  /** How much of the moving statistics stays, batch by batch, in [0, 1). Default 0.99, as in Keras; PyTorch's momentum, by default 0.1, is 1 − this. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-3, as in Keras; PyTorch's is 1e-5. */
  readonly epsilon?: number;
  /** Add a learnt `beta`. Default true. */
  readonly center?: boolean;
  /** Multiply by a learnt `gamma`. Default true. */
  readonly scale?: boolean;
  /** Which variance of a batch of n numbers moves the statistics: "biased" (Σ(x − μ)² / n; default, as in Keras) or "unbiased" (n − 1, as in PyTorch). */
  readonly movingVariance?: "biased" | "unbiased";
  readonly name?: string;
}

export const batchNormalizationTable = {
  momentum: preset(fraction, 0.99),
  epsilon: preset(nonNegative, 1e-3),
  center: preset(boolean, true),
  scale: preset(boolean, true),
  movingVariance: preset(oneOf("biased", "unbiased"), "biased"),
  ...weightTable("beta", "gamma"),
  name: optional(layerName),
} satisfies Table<BatchNormalizationConfig>;

/**
 * (x − μ) / √(σ² + epsilon)·gamma + beta for each feature (Ioffe & Szegedy 2015): in training with the mean and the biased variance of the batch, over its
 * samples and all axes but the last, which also move `movingMean` and `movingVariance`; otherwise with these. Where the layer is frozen it does always
 * what it does in inference.
 *
 * x [batch, …, features] → the same shape. `gamma` [features] starts at one, `beta` at zero, `movingMean` at zero and `movingVariance` at one. Steps that do
 * not count, and samples whose `sampleWeight`, shared by all outputs, is 0, are not in the statistics.
 * Throws at build: SHAPE_MISMATCH for a sample without axes, DTYPE_MISMATCH for indices.
 */
export function batchNormalization<const N extends LayerName = undefined>(
  options: BatchNormalizationConfig & Naming<N> = {},
): KnownLayer<"batchNormalization", N, BatchNormalizationWeights> {
  const config = namedOptions<BatchNormalizationConfig, N>("batchNormalization", batchNormalizationTable, options),
    { epsilon, center, scale, momentum, movingVariance: which } = filled(batchNormalizationTable, config);
  return layer({
    kind: "batchNormalization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const features = input.shape.at(-1);
      if (features === undefined) throw shapeMismatch(who, "x [batch, …, features]", input);
      const weights: BatchNormalizationWeights = {
        ...(scale && { gamma: declared({ axes: { features }, init: "ones" }, "gamma", config) }),
        ...(center && { beta: declared({ axes: { features }, init: "zeros" }, "beta", config) }),
        movingMean: { axes: { features }, init: "zeros", trainable: false },
        movingVariance: { axes: { features }, init: "ones", trainable: false },
      };
      return {
        output: input,
        weights,
        stepwise: "pointwise",
        apply({ gamma, beta, movingMean, movingVariance }: WeightTensors<typeof weights>, given, context) {
          const x = zeroed(given, context.mask);
          const moves = (key: string): boolean => context.learning?.moves(key) === true;
          const used =
            context.learning !== undefined && (moves("movingMean") || moves("movingVariance"))
              ? statistics(x, context, context.learning.rows)
              : undefined;
          if (used !== undefined) {
            const spread = which === "biased" ? used.variance : used.variance.mul(used.count.div(maximum(used.count.sub(1), 1)));
            const moved = (old: Tensor, now: Tensor): Tensor => where(used.count.greater(0), old.add(now.sub(old).mul(1 - momentum)), old);
            if (moves("movingMean")) context.learning?.next("movingMean", moved(movingMean, used.mean));
            if (moves("movingVariance")) context.learning?.next("movingVariance", moved(movingVariance, spread));
          }
          const { mean, variance } = used ?? { mean: movingMean, variance: movingVariance };
          const factor = div(1, sqrt(variance.add(epsilon)));
          const scaled = x.sub(mean).mul(gamma === undefined ? factor : factor.mul(gamma));
          return beta === undefined ? scaled : scaled.add(beta);
        },
      };
    },
  });
}

type BatchNormalizationWeights = {
  readonly gamma?: LayerWeight;
  readonly beta?: LayerWeight;
  readonly movingMean: LayerWeight;
  readonly movingVariance: LayerWeight;
};

/** Of what counts, each [features], and how much that is, a scalar. */
interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: Tensor;
}

/** In two passes: the variance of what is far from 0 keeps its digits. */
function statistics(x: Tensor, { mask }: LayerContext, rows: Tensor): Statistics {
  const others = x.shape.slice(0, -1).map((_, axis) => axis),
    counts = ofSteps(broadcastLeading(cast(rows, x.dtype), x.shape), mask);
  const count = counts.at(-1, 0).sum();
  const meanOf = (y: Tensor): Tensor => where(counts, y, 0).sum(others).div(maximum(count, 1));
  const mean = meanOf(x);
  return { mean, variance: meanOf(square(x.sub(mean))), count };
}
