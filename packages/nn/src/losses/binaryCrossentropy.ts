// Yes or no, from logits.
import { exp, log1p, minimum, neg, relu } from "@sluice/core";
import { binaryAccuracy } from "../metrics/binaryAccuracy.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * −y log σ(z) − (1 − y) log(1 − σ(z)) for logits z and targets y in [0, 1], its mean over every axis but the batch.
 *
 * Computed as max(z, 0) − z·y + log(1 + e^−|z|), where nothing overflows and nothing small is lost: for a right y of 0 or 1 the first two are 0.
 */
export const binaryCrossentropy: Loss = checkedMeasure({
  name: "binaryCrossentropy",
  includes: "sigmoid",
  accuracy: binaryAccuracy,
  target: probabilities,
  perSample: (y, z) =>
    meanPerSample(
      relu(z)
        .sub(z.mul(y))
        .add(log1p(exp(minimum(neg(z), z)))),
    ),
});
