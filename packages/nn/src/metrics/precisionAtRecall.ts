// The best precision that goes with a recall.
import type { Metric } from "./metric.ts";
import { operatingPoint, type OperatingConfig } from "./operatingPoint.ts";

/**
 * The largest precision of all thresholds at which the recall is at least `recall`, 0 … 1; 0 where there is none. Every output is a yes or no of its own,
 * read as the logit in front of a sigmoid. Throws INVALID_ARGUMENT for options that are none.
 */
export function precisionAtRecall(config: OperatingConfig<"recall">): Metric<"precisionAtRecall"> {
  return operatingPoint("precisionAtRecall", "precision", "recall", config);
}
