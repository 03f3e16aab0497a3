// What a metric is.
import type { Measure } from "../measures/measure.ts";

/** Its mean over the samples, by their weights, is reported under `name`. */
export interface Metric<N extends string = string> extends Measure {
  readonly name: N;
  /** Which way is better, for `monitor`. */
  readonly better: "lower" | "higher";
}
