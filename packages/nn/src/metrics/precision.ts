// How many of those that are taken for it are.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionMetric, decisionTable, type DecisionConfig } from "./decisions.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

/**
 * Σ right / Σ decided: of the outputs whose probability is above `threshold`, the share that is true; 0 where there are none. Reads logits in front of a sigmoid.
 *
 * With `average` of classes, the last axis of the output, beside targets that are one-hot or labels: each row's largest is decided for (all of equals), or those above a threshold.
 * As Keras's Precision, and as scikit-learn's averages over all classes, also those that nothing is of, which count 0.
 */
export const precision: Configurable<Metric<"precision">, DecisionConfig> = configurable(decisionTable, (config) =>
  decisionMetric("precision", config, ({ right, decided }) => ratio(right, decided)),
);
