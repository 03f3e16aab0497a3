// Yes or no at many thresholds at once: what curves are made of.
import { concat, literal } from "@sluice/core";
import { wholeIn } from "@sluice/core/arguments";
import { checkedMeasure, likeOutput, sumPerColumn } from "../measures/measure.ts";
import { preset, type Table } from "../options/table.ts";
import type { Metric } from "./metric.ts";
import { logit } from "./threshold.ts";

export interface CurveConfig {
  /** Thresholds, evenly from 0 to 1, 2 … 10 000; default 200. The area errs by about the square of what lies between two. */
  readonly numThresholds?: number;
}

export const curveTable = { numThresholds: preset(wholeIn(2, 10_000), 200) } satisfies Table<CurveConfig>;

/** At one threshold: how much is decided a yes, of what is true and of what is not; and how much of either there is. */
export interface Point {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly positives: number;
  readonly negatives: number;
}

/** A metric of the points, from the threshold that all are above to the one that none is. */
export function curveMetric<N extends string>(name: N, thresholds: number, result: (points: readonly Point[]) => number): Metric<N> {
  return checkedMeasure<Metric<N>>({
    name,
    better: "higher",
    includes: "sigmoid",
    target: likeOutput,
    perSample(given, z) {
      const y = given.greater(0.5);
      const decided = z.expand(z.rank).greater(literal(Array.from({ length: thresholds }, (_, i) => logit(i / (thresholds - 1))), [thresholds], z.dtype)); // prettier-ignore
      return concat([sumPerColumn(decided.mul(y.expand(y.rank))), sumPerColumn(decided)], 1);
    },
    sums: {
      count: () => 2 * thresholds,
      result(sums) {
        const [positives = 0, all = 0] = [sums[0], sums[thresholds]]; // all are above the first
        const point = (truePositives: number, i: number): Point => ({ truePositives, falsePositives: (sums[thresholds + i] ?? 0) - truePositives, positives, negatives: all - positives }); // prettier-ignore
        return result(Array.from(sums.subarray(0, thresholds), point));
      },
    },
  });
}
