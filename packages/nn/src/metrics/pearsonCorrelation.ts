// How nearly one grows with the other.
import type { Tensor } from "@sluice/core";
import { cosine } from "../measures/cosine.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

/**
 * Σ (y − ȳ)(z − z̄) / √(Σ (y − ȳ)² Σ (z − z̄)²) of each row of target y and output z [batch, …, features], the mean of that over all rows that count: −1 … 1, 0 for a row that does not vary.
 * As in Keras with its default axis, where such a row gives NaN.
 */
export const pearsonCorrelation: Metric<"pearsonCorrelation"> = checkedMeasure({
  name: "pearsonCorrelation",
  better: "higher",
  target: likeOutput,
  perSample: (y, z) => meanPerSample(cosine(centred(y), centred(z))),
});

/** Without the mean of the last axis. */
export function centred(x: Tensor): Tensor {
  return x.sub(x.mean(x.rank - 1, { keepDims: true }));
}
