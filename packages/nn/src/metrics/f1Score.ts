// Precision and recall as one number.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { decisionMetric, decisionTable, type DecisionConfig } from "./decisions.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

/**
 * 2 Σ right / (Σ decided + Σ true), the harmonic mean of precision and recall; 0 where there are neither. What is decided, and `average`, as for `precision`.
 *
 * With `average` it is Keras's F1Score, but for its 10⁻⁷ in divisors, and a row of zeros alone, which decides for no class there. Without, each output is a yes or no
 * of its own; Keras gives a number for each class then.
 */
export const f1Score: Configurable<Metric<"f1Score">, DecisionConfig> = configurable(decisionTable, (config) =>
  decisionMetric("f1Score", config, ({ right, decided, actual }) => ratio(2 * right, decided + actual)),
);
