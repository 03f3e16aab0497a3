// The best sensitivity that goes with a specificity.
import type { Metric } from "./metric.ts";
import { operatingPoint, type OperatingConfig } from "./operatingPoint.ts";

/**
 * The largest sensitivity of all thresholds at which the specificity is at least `specificity`, 0 … 1; 0 where there is none. Every output is a yes or no of its own,
 * read as the logit in front of a sigmoid. Throws INVALID_ARGUMENT for options that are none.
 */
export function sensitivityAtSpecificity(config: OperatingConfig<"specificity">): Metric<"sensitivityAtSpecificity"> {
  return operatingPoint("sensitivityAtSpecificity", "sensitivity", "specificity", config);
}
