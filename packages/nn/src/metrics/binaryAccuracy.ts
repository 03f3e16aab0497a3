// How often a yes or no is right.
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

/** The share of outputs on the target's side: logit > 0, that is probability > ½, where the target is > ½. */
export const binaryAccuracy: Metric<"binaryAccuracy"> = checkedMeasure({
  name: "binaryAccuracy",
  better: "higher",
  includes: "sigmoid",
  target: probabilities,
  perSample: (y, z) => meanPerSample(z.greater(0).equal(y.greater(0.5))),
});
