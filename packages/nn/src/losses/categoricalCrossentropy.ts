// One of several classes, from logits, with the target as probabilities.
import { logSoftmax } from "@sluice/core";
import { categoricalAccuracy } from "../metrics/categoricalAccuracy.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/** −Σ y log softmax(z) over the last axis, its mean over the others but the batch. y and z [batch, …, classes], z are logits. */
export const categoricalCrossentropy: Loss = checkedMeasure({
  name: "categoricalCrossentropy",
  includes: "softmax",
  accuracy: categoricalAccuracy,
  target: probabilities,
  perSample: (y, z) =>
    meanPerSample(
      y
        .mul(logSoftmax(z))
        .sum(z.rank - 1)
        .neg(),
    ),
});
