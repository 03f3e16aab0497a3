// One rate where another is good enough: the best of all thresholds.
import { rate } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { curveMetric, curveTable, type CurveConfig, type Point } from "./curve.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

export const rates = {
  sensitivity: ({ truePositives, positives }) => ratio(truePositives, positives),
  specificity: ({ falsePositives, negatives }) => ratio(negatives - falsePositives, negatives),
  precision: ({ truePositives, falsePositives }) => ratio(truePositives, truePositives + falsePositives),
  recall: ({ truePositives, positives }) => ratio(truePositives, positives),
} as const satisfies Record<string, (point: Point) => number>;

export type Rate = keyof typeof rates;
/** The rate that is to be reached, 0 … 1, by its name. */
export type OperatingConfig<R extends Rate> = CurveConfig & { readonly [K in R]: number };

export function operatingTable<R extends Rate>(reached: R): Table<OperatingConfig<R>> {
  return { [reached]: required(rate), numThresholds: preset(curveTable.numThresholds.rule, 200) } as unknown as Table<OperatingConfig<R>>; // by its definition
}

/** The largest `told` of the thresholds at which `reached` is at least what is asked for; 0 where there is none. */
export function operatingPoint<N extends string, R extends Rate>(name: N, told: Rate, reached: R, config: OperatingConfig<R>): Metric<N> {
  const table = operatingTable(reached);
  const { numThresholds = 200, [reached]: least } = optionsOf(name, table, config) as unknown as OperatingConfig<R>; // as the table says
  return curveMetric(name, numThresholds, (points) =>
    points.filter((point) => rates[reached](point) >= least).reduce((best, point) => Math.max(best, rates[told](point)), 0),
  );
} // prettier-ignore
