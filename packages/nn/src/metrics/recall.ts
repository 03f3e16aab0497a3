// How many of those that are it are taken for it.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionMetric, decisionTable, type DecisionConfig } from "./decisions.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

/** Σ right / Σ true: of the true outputs, the share that is decided for; 0 where there are none. What is decided, and `average`, as for `precision`. */
export const recall: Configurable<Metric<"recall">, DecisionConfig> = configurable(decisionTable, (config) =>
  decisionMetric("recall", config, ({ right, actual }) => ratio(right, actual)),
);
