// Metrics by their Keras names.
import { SluiceError } from "@sluice/core";
import { meanAbsoluteError } from "../measures/meanAbsoluteError.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import type { Metric } from "./metric.ts";
import type { MetricName, OwnMetricName } from "./names.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { categoricalAccuracy } from "./categoricalAccuracy.ts";
import { sparseCategoricalAccuracy } from "./sparseCategoricalAccuracy.ts";

const metrics = {
  mae: { ...meanAbsoluteError, name: "mae", better: "lower" },
  meanAbsoluteError: { ...meanAbsoluteError, better: "lower" },
  mse: { ...meanSquaredError, name: "mse", better: "lower" },
  meanSquaredError: { ...meanSquaredError, better: "lower" },
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} as const satisfies Record<OwnMetricName, Metric>;

/** The loss a metric stands beside, so far as "accuracy" asks. */
type Beside = { readonly name: string; readonly accuracy?: Metric };

/** Rejects with INVALID_ARGUMENT for a name that is none, or for "accuracy" beside a loss that has no classes. */
export async function resolveMetric(metric: MetricName | Metric, loss: Beside): Promise<Metric> {
  if (typeof metric !== "string") return metric;
  if (metric === "accuracy") return { ...accuracyOf(loss), name: "accuracy" };
  if (Object.hasOwn(metrics, metric)) return metrics[metric];
  throw refused(`there is no metric "${metric}"`, `Take one of accuracy, ${Object.keys(metrics).join(", ")}, or an object`);
}

function accuracyOf({ name, accuracy }: Beside): Metric {
  if (accuracy !== undefined) return accuracy;
  throw refused(`the loss "${name}" has no classes to be accurate about`, "Take mae or mse");
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "model.compile", what, fix });
}
