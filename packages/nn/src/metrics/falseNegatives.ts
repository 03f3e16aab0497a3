// How many are decided no and are true.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionCount, not } from "./decisionCount.ts";
import type { Metric } from "./metric.ts";
import { thresholdTable, type ThresholdConfig } from "./threshold.ts";

/** How much counts of outputs that are no, and true: those of a probability above `threshold` are a yes. Reads logits in front of a sigmoid. */
export const falseNegatives: Configurable<Metric<"falseNegatives">, ThresholdConfig> = configurable(thresholdTable, (config) =>
  decisionCount("falseNegatives", "lower", config, (y, decided) => not(decided).mul(y)),
);
