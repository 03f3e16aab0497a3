// Metrics by their Keras names.
import { maybeEntryOf } from "../host/entryOf.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { categoricalAccuracy } from "./categoricalAccuracy.ts";
import type { Metric } from "./metric.ts";
import type { CommonMetricName } from "./names.ts";
import { sparseCategoricalAccuracy } from "./sparseCategoricalAccuracy.ts";

const metrics = { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } as const satisfies Record<CommonMetricName, Metric>;

/** Undefined where there is none of that name. */
export async function metricNamed(name: string): Promise<Metric | undefined> {
  const common = maybeEntryOf<Metric>(metrics, name);
  if (common !== undefined) return common;
  const { furtherMetrics } = await import("./furtherMetrics.ts");
  return maybeEntryOf<Metric>(furtherMetrics, name);
}
