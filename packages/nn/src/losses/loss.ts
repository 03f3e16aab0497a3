// What a loss is.
import type { Metric } from "../metrics/metric.ts";
import type { Measure } from "../measures/measure.ts";

export interface Loss extends Measure {
  /** The activation it applies itself: the model must not end with it. */
  readonly includes?: "sigmoid" | "softmax";
  /** What the metric "accuracy" means beside it. */
  readonly accuracy?: Metric;
}
