// Yes or no, from logits.
import { exp, log1p, minimum, neg, relu, type Tensor } from "@sluice/core";
import { binaryAccuracy } from "../metrics/binaryAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import { crossentropyTable, type CrossentropyConfig } from "../measures/crossentropy.ts";
import { logitsOf } from "../measures/logits.ts";
import { smoothed } from "../measures/smoothing.ts";
import type { Loss } from "./loss.ts";

/**
 * −y log σ(z) − (1 − y) log(1 − σ(z)) for logits z and targets y in [0, 1], its mean over every axis but the batch; with `labelSmoothing` s of y (1 − s) + s/2.
 *
 * Computed as max(z, 0) − z·y + log(1 + e^−|z|), where nothing overflows and nothing small is lost: for a right y of 0 or 1 the first two are 0.
 */
export const binaryCrossentropy: Configurable<Loss, CrossentropyConfig> = configurable(
  crossentropyTable,
  ({ labelSmoothing, fromLogits }) =>
    checkedMeasure({
      name: "binaryCrossentropy",
      ...(fromLogits && { includes: "sigmoid" }),
      accuracy: binaryAccuracy,
      target: probabilities,
      perSample: (y, z) => meanPerSample(elementwise(smoothed(y, labelSmoothing, 2), logitsOf(z, fromLogits))),
    }),
);

/** The same before the mean. */
export function elementwise(y: Tensor, z: Tensor): Tensor {
  return relu(z)
    .sub(z.mul(y))
    .add(log1p(exp(minimum(neg(z), z))));
}
