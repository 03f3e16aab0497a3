// How well what is true stands above what is not, whatever the threshold.
import { oneOf } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { preset, type Table } from "../options/table.ts";
import { curveMetric, curveTable, type CurveConfig, type Point } from "./curve.ts";
import type { Metric } from "./metric.ts";
import { rates } from "./rates.ts";
import { ratio } from "./share.ts";

export interface AucConfig extends CurveConfig {
  /** Recall over the rate of false positives, or precision over recall; default "ROC". */
  readonly curve?: "ROC" | "PR";
  /** Between two thresholds: their mean (of precision, what lies between as counts grow evenly), the lesser, or the greater; default "interpolation". */
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
}

export const aucTable = {
  curve: preset(oneOf("ROC", "PR"), "ROC"),
  summationMethod: preset(oneOf("interpolation", "minoring", "majoring"), "interpolation"),
  ...curveTable,
} satisfies Table<AucConfig>;

/**
 * The area under the curve of all thresholds together, as Keras's AUC: every output is a yes or no of its own, read as the logit in front of a sigmoid.
 * Of precision and recall the area follows Davis & Goadrich (2006). 0 where nothing is true, and, of ROC, where all is.
 */
export const auc: Configurable<Metric<"auc">, AucConfig> = configurable(aucTable, ({ numThresholds, curve, summationMethod }) =>
  curveMetric("auc", numThresholds, (points) => {
    const pairs = points.slice(1).map((next, i) => [points[i] ?? next, next] as const);
    if (curve === "PR" && summationMethod === "interpolation") return pairs.reduce((sum, [a, b]) => sum + between(a, b), 0);
    const [x, y] = curve === "ROC" ? [falseRate, rates.recall] : [rates.recall, rates.precision];
    return pairs.reduce((sum, [a, b]) => sum + (x(a) - x(b)) * heights[summationMethod](y(a), y(b)), 0);
  }),
);

const heights = {
  interpolation: (a: number, b: number): number => (a + b) / 2,
  minoring: Math.min,
  majoring: Math.max,
} as const satisfies Record<NonNullable<AucConfig["summationMethod"]>, (a: number, b: number) => number>;

/** Of precision over recall from one threshold to the next: true positives t grow by s for each of all p that are decided for, so ∫ t/p dp = Δt + (t₀ − s p₀) log(p₁/p₀), times s / positives. */
function between(a: Point, b: Point): number {
  const [wide, narrow] = [a.truePositives + a.falsePositives, b.truePositives + b.falsePositives];
  const gained = a.truePositives - b.truePositives;
  const slope = wide > narrow ? gained / (wide - narrow) : 0;
  const start = b.truePositives - slope * narrow;
  return ratio(slope * (gained + (narrow > 0 ? start * Math.log(wide / narrow) : 0)), a.positives);
}

function falseRate({ falsePositives, negatives }: Point): number {
  return ratio(falsePositives, negatives);
}
