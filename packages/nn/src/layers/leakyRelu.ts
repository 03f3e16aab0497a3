// The rectifier that lets some of what is negative through, as a layer.
import { less, mul, relu, type Tensor, where } from "@sluice/core";
import { nonNegative } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";

export interface LeakyReluConfig {
  /** Default 0.3, as of Keras's layer; its function, the activation "leakyRelu", has 0.2, and PyTorch's 0.01. */
  readonly negativeSlope?: number;
  readonly name?: string;
}

export const leakyReluTable = {
  negativeSlope: preset(nonNegative, 0.3),
  name: optional(layerName),
} satisfies Table<LeakyReluConfig>;

/**
 * x where it is above 0, negativeSlope · x elsewhere (Maas et al. 2013).
 *
 * x [batch, …] → the same shape. No weights.
 * Throws INVALID_ARGUMENT for a slope below 0; at build DTYPE_MISMATCH for indices.
 */
export function leakyRelu<const N extends LayerName = undefined>(
  options: LeakyReluConfig & Naming<N> = {},
): KnownLayer<"leakyRelu", N, NoWeights> {
  const config = namedOptions<LeakyReluConfig, N>("leakyRelu", leakyReluTable, options),
    { negativeSlope } = filled(leakyReluTable, config);
  return layer({
    kind: "leakyRelu",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return { output: input, weights: {}, stepwise: "pointwise", apply: (_, x) => leaky(x, negativeSlope) };
    },
  });
}

/** 0 · −∞ would be NaN. */
function leaky(x: Tensor, slope: number): Tensor {
  return slope === 0 ? relu(x) : where(less(0, x), x, mul(slope, x));
}
