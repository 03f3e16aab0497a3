// The best recall that goes with a precision.
import type { Metric } from "./metric.ts";
import { operatingPoint, type OperatingConfig } from "./operatingPoint.ts";

/**
 * The largest recall of all thresholds at which the precision is at least `precision`, 0 … 1; 0 where there is none. Every output is a yes or no of its own,
 * read as the logit in front of a sigmoid. Throws INVALID_ARGUMENT for options that are none.
 */
export function recallAtPrecision(config: OperatingConfig<"precision">): Metric<"recallAtPrecision"> {
  return operatingPoint("recallAtPrecision", "recall", "precision", config);
}
