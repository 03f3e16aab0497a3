// What metrics are called, apart from what they are, which whoever only predicts need not import.
const own = [
  "mae",
  "meanAbsoluteError",
  "mse",
  "meanSquaredError",
  "binaryAccuracy",
  "categoricalAccuracy",
  "sparseCategoricalAccuracy",
] as const;

export type OwnMetricName = (typeof own)[number];

/** "accuracy" is the one that goes with the loss. */
export type MetricName = OwnMetricName | "accuracy";
export const metricNames: readonly MetricName[] = ["accuracy", ...own];
