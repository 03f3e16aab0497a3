// Between how many classes a model of labels wavers.
import { cast, logSoftmax, stack } from "@sluice/core";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { labelCounts, type IgnoringConfig } from "../measures/ignoring.ts";
import { labelCost } from "../measures/labelCost.ts";
import { checkedMeasure, classLabels, sumPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { ignoringTable } from "./sparseCategoricalAccuracy.ts";

/**
 * exp of the mean of −log softmax(z)[y] over all labels, with `ignoreClass` over the others. z [batch, …, classes] are logits, y [batch, …] labels. NaN where no label counts.
 * As KerasHub's Perplexity, whose mask_token_id is `ignoreClass`.
 */
export const perplexity: Configurable<Metric<"perplexity">, IgnoringConfig> = configurable(ignoringTable, ({ ignoreClass }) =>
  checkedMeasure({
    name: "perplexity",
    better: "lower",
    includes: "softmax",
    target: classLabels("perplexity", ignoreClass),
    perSample(y, z) {
      const cost = labelCost(y, logSoftmax(z));
      const counts = labelCounts(y, ignoreClass, z.dtype) ?? cast(y.equal(y), z.dtype);
      return stack([sumPerSample(cost.mul(counts)), sumPerSample(counts)], 1);
    },
    sums: { count: () => 2, result: ([cost = 0, count = 0]) => Math.exp(cost / count) },
  }),
);
