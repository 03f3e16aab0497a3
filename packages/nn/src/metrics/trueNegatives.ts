// How many are decided no and are not true.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionCount, not } from "./decisionCount.ts";
import type { Metric } from "./metric.ts";
import { thresholdTable, type ThresholdConfig } from "./threshold.ts";

/** How much counts of outputs that are no, and not true: those of a probability above `threshold` are a yes. Reads logits in front of a sigmoid. */
export const trueNegatives: Configurable<Metric<"trueNegatives">, ThresholdConfig> = configurable(thresholdTable, (config) =>
  decisionCount("trueNegatives", "higher", config, (y, decided) => not(decided).mul(not(y))),
);
