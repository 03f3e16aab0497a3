// A price for the size of what passes through.
import { nonNegative } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { optional, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";

export interface ActivityRegularizationConfig {
  /** l1 · Σ|x| of each sample is added to the loss; at least 0, default 0. */
  readonly l1?: number;
  /** l2 · Σx², likewise. */
  readonly l2?: number;
  readonly name?: string;
}

export const activityRegularizationTable = {
  l1: optional(nonNegative),
  l2: optional(nonNegative),
  name: optional(layerName),
} satisfies Table<ActivityRegularizationConfig>;

/**
 * x as it is; the mean over the samples of l1 · Σ|x| + l2 · Σx², over the steps that count, is added to the loss. Samples whose shared `sampleWeight` is 0 are none; what is told of several batches is the mean of theirs, as each counts.
 *
 * x [batch, …] → the same shape. Throws INVALID_ARGUMENT for a price below 0; at build DTYPE_MISMATCH for indices.
 */
export function activityRegularization<const N extends LayerName = undefined>(
  options: ActivityRegularizationConfig & Naming<N> = {},
): KnownLayer<"activityRegularization", N, NoWeights> {
  const config = namedOptions<ActivityRegularizationConfig, N>("activityRegularization", activityRegularizationTable, options),
    { l1 = 0, l2 = 0 } = config;
  return layer({
    kind: "activityRegularization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return { output: input, weights: {}, activityRegularizer: { l1, l2 }, stepwise: "pointwise", apply: (_, x) => x };
    },
  });
}
