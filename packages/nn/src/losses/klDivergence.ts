// A distribution over classes, from logits.
import { log, logSoftmax, maximum } from "@sluice/core";
import { categoricalAccuracy } from "../metrics/categoricalAccuracy.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/** Below any probability that takes part, above what is 0 in f32. */
const least = 1e-30;

/**
 * Σ y (log y − log softmax(z)) over the last axis, its mean over the others but the batch (Kullback & Leibler 1951); 0·log 0 is 0.
 * y and z [batch, …, classes], z are logits.
 *
 * Keras reads probabilities and takes both as at least 10⁻⁷. PyTorch's KLDivLoss reads logarithms of probabilities; it is this with `reduction="batchmean"`.
 */
export const klDivergence: Loss = checkedMeasure({
  name: "klDivergence",
  includes: "softmax",
  accuracy: categoricalAccuracy,
  target: probabilities,
  perSample: (y, z) => meanPerSample(y.mul(log(maximum(y, least)).sub(logSoftmax(z))).sum(z.rank - 1)),
});
