// Precision and recall as one number, either counting more.
import { positive } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { preset, type Table } from "../options/table.ts";
import { decisionMetric, decisionTable, type DecisionConfig } from "./decisions.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

export interface FBetaConfig extends DecisionConfig {
  /** How much more recall counts than precision, above 0; default 1. */
  readonly beta?: number;
}

export const fBetaTable = { beta: preset(positive, 1), ...decisionTable } satisfies Table<FBetaConfig>;

/** (1 + β²) Σ right / (Σ decided + β² Σ true); 0 where there are neither. What is decided, `average`, and what differs from Keras, as for `f1Score`. */
export const fBetaScore: Configurable<Metric<"fBetaScore">, FBetaConfig> = configurable(fBetaTable, ({ beta, ...config }) =>
  decisionMetric("fBetaScore", config, ({ right, decided, actual }) => ratio((1 + beta ** 2) * right, decided + beta ** 2 * actual)),
);
