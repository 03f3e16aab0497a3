// Metrics by their Keras names.
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { categoricalAccuracy } from "./categoricalAccuracy.ts";
import type { Metric } from "./metric.ts";
import type { CommonMetricName } from "./names.ts";
import { sparseCategoricalAccuracy } from "./sparseCategoricalAccuracy.ts";

const metrics = { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } as const satisfies Record<CommonMetricName, Metric>;

/** Undefined where there is none of that name. */
export async function metricNamed(name: string): Promise<Metric | undefined> {
  if (Object.hasOwn(metrics, name)) return metrics[name as CommonMetricName]; // as was just seen
  const { furtherMetrics } = await import("./furtherMetrics.ts");
  return Object.hasOwn(furtherMetrics, name) ? furtherMetrics[name as keyof typeof furtherMetrics] : undefined; // likewise
}
