// The rectifier with its options, as a layer.
import { less, minimum, mul, relu as rectified, type Tensor, where } from "@sluice/core";
import { nonNegative } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";

export interface ReluConfig {
  /** What x is multiplied by below the threshold, counted from there. Default 0. */
  readonly negativeSlope?: number;
  /** What it is at most. Default without limit. */
  readonly maxValue?: number;
  /** Where it begins. Default 0. */
  readonly threshold?: number;
  readonly name?: string;
}

export const reluTable = {
  negativeSlope: preset(nonNegative, 0),
  maxValue: optional(nonNegative),
  threshold: preset(nonNegative, 0),
  name: optional(layerName),
} satisfies Table<ReluConfig>;

/**
 * x from `threshold` to `maxValue`, `maxValue` above, and below negativeSlope · (x − threshold), as Keras's ReLU (Nair & Hinton 2010).
 * With no options its slope at 0 is 0.
 *
 * x [batch, …] → the same shape. No weights.
 * Throws INVALID_ARGUMENT for options below 0; at build DTYPE_MISMATCH for indices.
 */
export function relu<const N extends LayerName = undefined>(options: ReluConfig & Naming<N> = {}): KnownLayer<"relu", N, NoWeights> {
  const config = namedOptions<ReluConfig, N>("relu", reluTable, options);
  return layer({
    kind: "relu",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return { output: input, weights: {}, stepwise: "pointwise", apply: (_, x) => bounded(x, filled(reluTable, config)) };
    },
  });
}

type Bounds = ReturnType<typeof filled<typeof reluTable>>;

function bounded(x: Tensor, { negativeSlope, maxValue, threshold }: Bounds): Tensor {
  const isPlain = negativeSlope === 0 && threshold === 0;
  const below = negativeSlope === 0 ? 0 : mul(negativeSlope, x.sub(threshold)); // 0 · −∞ would be NaN
  const y = isPlain ? rectified(x) : where(less(x, threshold), below, x);
  return maxValue === undefined ? y : minimum(y, maxValue);
}
