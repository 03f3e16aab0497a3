// One of several classes, from logits, with the target as probabilities.
import { categoricalAccuracy } from "../metrics/categoricalAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import { logsOf } from "../measures/logits.ts";
import { smoothed } from "../measures/smoothing.ts";
import { crossentropyTable, type CrossentropyConfig } from "../measures/crossentropy.ts";
import type { Loss } from "./loss.ts";

/**
 * −Σ y log softmax(z) over the last axis, its mean over the others but the batch; with `labelSmoothing` s of y (1 − s) + s/classes.
 * y and z [batch, …, classes], z are logits.
 */
export const categoricalCrossentropy: Configurable<Loss, CrossentropyConfig> = configurable(
  crossentropyTable,
  ({ labelSmoothing, fromLogits }) =>
    checkedMeasure({
      name: "categoricalCrossentropy",
      ...(fromLogits && { includes: "softmax" }),
      accuracy: categoricalAccuracy,
      target: probabilities,
      perSample: (y, z) =>
        meanPerSample(
          smoothed(y, labelSmoothing, z.shape.at(-1) ?? 1)
            .mul(logsOf(z, fromLogits))
            .sum(z.rank - 1)
            .neg(),
        ),
    }),
);
