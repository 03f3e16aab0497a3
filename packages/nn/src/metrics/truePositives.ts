// How many are decided yes and are true.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionCount } from "./decisionCount.ts";
import type { Metric } from "./metric.ts";
import { thresholdTable, type ThresholdConfig } from "./threshold.ts";

/** How much counts of outputs that are yes, and true: those of a probability above `threshold` are a yes. Reads logits in front of a sigmoid. */
export const truePositives: Configurable<Metric<"truePositives">, ThresholdConfig> = configurable(thresholdTable, (config) =>
  decisionCount("truePositives", "higher", config, (y, decided) => decided.mul(y)),
);
