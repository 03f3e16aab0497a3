// What metrics may be called: a metric's name, or that of a loss, which is told beside the one that is to fall.
import { ownMetricNames, type OwnMetricName } from "../metrics/names.ts";
import { lossNames, type LossName } from "./names.ts";

/** "accuracy" is the one that goes with the loss. */
export type MetricName = OwnMetricName | LossName | "accuracy";
export const metricNames: readonly MetricName[] = [...new Set<MetricName>(["accuracy", ...ownMetricNames, ...lossNames])];
