// What a loss is.
import type { Metric } from "../metrics/metric.ts";
import type { Measure } from "../measures/measure.ts";

export interface Loss extends Measure {
  /** What the metric "accuracy" means beside it. */
  readonly accuracy?: Metric;
}
