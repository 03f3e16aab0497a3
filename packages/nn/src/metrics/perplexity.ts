// Between how many classes a model of labels wavers.
import { cast, logSoftmax } from "@sluice/core";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { ignoringTable, labelCounts, sumsCounted, type IgnoringConfig } from "../measures/ignoring.ts";
import { labelCost } from "../measures/labelCost.ts";
import { checkedMeasure, classLabels } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

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
      return sumsCounted(cost, counts);
    },
    sums: { count: () => 2, result: ([cost = 0, count = 0]) => Math.exp(cost / count) },
  }),
);
