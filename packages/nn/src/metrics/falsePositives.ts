// How many are decided yes and are not true.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionCount, not } from "./decisionCount.ts";
import type { Metric } from "./metric.ts";
import { thresholdTable, type ThresholdConfig } from "./threshold.ts";

/** How much counts of outputs that are yes, and not true: those of a probability above `threshold` are a yes. Reads logits in front of a sigmoid. */
export const falsePositives: Configurable<Metric<"falsePositives">, ThresholdConfig> = configurable(thresholdTable, (config) =>
  decisionCount("falsePositives", "lower", config, (y, decided) => decided.mul(not(y))),
);
