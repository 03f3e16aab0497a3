// One of several classes, from logits, with the target as probabilities.
import { logSoftmax } from "@sluice/core";
import { categoricalAccuracy } from "../metrics/categoricalAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import { smoothed, smoothingTable, type SmoothingConfig } from "../measures/smoothing.ts";
import type { Loss } from "./loss.ts";

/**
 * −Σ y log softmax(z) over the last axis, its mean over the others but the batch; with `labelSmoothing` s of y (1 − s) + s/classes.
 * y and z [batch, …, classes], z are logits.
 */
export const categoricalCrossentropy: Configurable<Loss, SmoothingConfig> = configurable(smoothingTable, ({ labelSmoothing }) =>
  checkedMeasure({
    name: "categoricalCrossentropy",
    includes: "softmax",
    accuracy: categoricalAccuracy,
    target: probabilities,
    perSample: (y, z) =>
      meanPerSample(
        smoothed(y, labelSmoothing, z.shape.at(-1) ?? 1)
          .mul(logSoftmax(z))
          .sum(z.rank - 1)
          .neg(),
      ),
  }),
);
