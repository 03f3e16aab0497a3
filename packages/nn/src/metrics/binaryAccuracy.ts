// How often a yes or no is right.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { above, thresholdTable, type ThresholdConfig } from "./threshold.ts";

/** The share of outputs on the target's side: probability > `threshold`, where the target is > ½. Reads logits: those > 0 for a threshold of ½. */
export const binaryAccuracy: Configurable<Metric<"binaryAccuracy">, ThresholdConfig> = configurable(thresholdTable, ({ threshold }) =>
  checkedMeasure({
    name: "binaryAccuracy",
    better: "higher",
    includes: "sigmoid",
    target: likeOutput,
    perSample: (y, z) => meanPerSample(above(z, threshold).equal(y.greater(0.5))),
  }),
);
