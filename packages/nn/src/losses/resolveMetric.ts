// Metrics by name: "accuracy" is the loss's, others are metrics, and what is none of them a loss.
import { SluiceError } from "@sluice/core";
import type { Metric } from "../metrics/metric.ts";
import { metricNamed } from "../metrics/metricNamed.ts";
import type { Loss } from "./loss.ts";
import { metricNames, type MetricName } from "./metricNames.ts";
import { commonLoss, hintFor, lossNamed } from "./resolveLoss.ts";

/** The loss a metric stands beside, so far as "accuracy" asks. */
type Beside = Pick<Loss, "name" | "accuracy" | "takesMask">;

/** Rejects with INVALID_ARGUMENT for a name that is none, or for "accuracy" beside a loss that has no classes. */
export async function resolveMetric(metric: MetricName | Metric, loss: Beside): Promise<Metric> {
  if (typeof metric !== "string") return metric;
  if (metric === "accuracy") return { ...accuracyOf(loss), name: "accuracy" };
  const own = commonLoss(metric) ?? (await metricNamed(metric)) ?? (await lossNamed(metric));
  if (own !== undefined) return { better: "lower", ...own, name: metric }; // a loss is to fall
  throw refused(`there is no metric "${metric}"`, hintFor(metric, metricNames));
}

function accuracyOf({ name, accuracy, takesMask }: Beside): Metric {
  if (accuracy !== undefined) return accuracy;
  const fix = takesMask === true ? "Leave it out: look at what is decoded" : "Take mae or mse";
  throw refused(`the loss "${name}" has no classes to be accurate about`, fix);
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "model.compile", what, fix });
}
