// Yes or no, from logits.
import { softplus } from "@sluice/core";
import { binaryAccuracy } from "../metrics/binaryAccuracy.ts";
import { meanPerSample, probabilities } from "./measure.ts";
import type { Loss } from "./loss.ts";

/**
 * −y log σ(z) − (1 − y) log(1 − σ(z)) for logits z and targets y in [0, 1], its mean over every axis but the batch.
 *
 * Computed as log(1 + eᶻ) − z·y, whose first term core keeps from overflowing: max(z, 0) + log(1 + e^−|z|).
 */
export const binaryCrossentropy: Loss = {
  name: "binaryCrossentropy",
  includes: "sigmoid",
  accuracy: binaryAccuracy,
  target: probabilities,
  perSample: (y, z) => meanPerSample(softplus(z).sub(z.mul(y))),
};
