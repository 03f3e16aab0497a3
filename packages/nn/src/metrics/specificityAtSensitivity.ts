// The best specificity that goes with a sensitivity.
import type { Metric } from "./metric.ts";
import { operatingPoint, type OperatingConfig } from "./operatingPoint.ts";

/**
 * The largest specificity of all thresholds at which the sensitivity is at least `sensitivity`, 0 … 1; 0 where there is none. Every output is a yes or no of its own,
 * read as the logit in front of a sigmoid. Throws INVALID_ARGUMENT for options that are none.
 */
export function specificityAtSensitivity(config: OperatingConfig<"sensitivity">): Metric<"specificityAtSensitivity"> {
  return operatingPoint("specificityAtSensitivity", "specificity", "sensitivity", config);
}
