// One of several classes, from logits, with the target as a label.
import { logSoftmax, oneHot, where } from "@sluice/core";
import { sparseCategoricalAccuracy } from "../metrics/sparseCategoricalAccuracy.ts";
import { checkedMeasure, classLabels, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/** −log softmax(z)[y], its mean over every axis but the batch. z [batch, …, classes] are logits, y [batch, …] of 0 … classes − 1. */
export const sparseCategoricalCrossentropy: Loss = checkedMeasure({
  name: "sparseCategoricalCrossentropy",
  includes: "softmax",
  accuracy: sparseCategoricalAccuracy,
  target: classLabels("sparseCategoricalCrossentropy"),
  perSample(y, z) {
    const chosen = oneHot(y, z.shape.at(-1)!, z.dtype); // `classLabels` saw the axis
    return meanPerSample(
      where(chosen, logSoftmax(z), 0)
        .sum(z.rank - 1)
        .neg(),
    );
  },
});
