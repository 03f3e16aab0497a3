// One of several classes, from scores: a margin of 1 above the best other one costs nothing.
import { relu } from "@sluice/core";
import { categoricalAccuracy } from "../metrics/categoricalAccuracy.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * max(0, 1 + max((1 − y) z) − Σ y z) over the last axis, its mean over the others but the batch. y and z [batch, …, classes], y one-hot.
 *
 * As in Keras the target's own place takes part in the maximum with 0, so of negative scores alone that is the best other one. PyTorch's MultiMarginLoss
 * sums over all other classes instead. Its gradient at the margin is 0; equal maxima share it.
 */
export const categoricalHinge: Loss = checkedMeasure({
  name: "categoricalHinge",
  accuracy: categoricalAccuracy,
  target: probabilities,
  perSample(y, z) {
    const last = z.rank - 1;
    const best = y.neg().add(1).mul(z).max(last);
    return meanPerSample(relu(best.sub(y.mul(z).sum(last)).add(1)));
  },
});
