// What a metric is.
import type { Shape } from "@sluice/core";
import type { Measure } from "../measures/measure.ts";

/**
 * Its mean over all that counts, by weights, is reported under `name`; or, with `sums`, what is made of sums over all that counts. Neither depends on how
 * samples fell into batches.
 */
export interface Metric<N extends string = string> extends Measure {
  readonly name: N;
  /** Which way is better, for `monitor`. */
  readonly better: "lower" | "higher";
  /** Where it is no mean of what samples come to: then `perSample` gives of each what it adds to the sums, [batch, count]. */
  readonly sums?: Sums;
}

export interface Sums {
  /** How many there are, for a sample's output, whatever its steps. */
  count(output: Shape): number;
  /** Of the sums, each Σ w · what `perSample` gives, in float64. */
  result(sums: Float64Array): number;
}
