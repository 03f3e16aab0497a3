// One rate where another is good enough: the best of all thresholds.
import { rate } from "@sluice/core/arguments";
import { filled, given, required, type Table } from "../options/table.ts";
import { curveMetric, curveTable, type CurveConfig } from "./curve.ts";
import type { Metric } from "./metric.ts";
import { rates, type Rate } from "./rates.ts";

/** The rate that is to be reached, 0 … 1, by its name. */
export type OperatingConfig<R extends Rate> = CurveConfig & { readonly [K in R]: number };

export function operatingTable<R extends Rate>(reached: R): Table<OperatingConfig<R>> {
  return { [reached]: required(rate), ...curveTable } as unknown as Table<OperatingConfig<R>>; // by its definition
}

/** The largest `told` of the thresholds at which `reached` is at least what is asked for; 0 where there is none. */
export function operatingPoint<N extends string, R extends Rate>(name: N, told: Rate, reached: R, config: OperatingConfig<R>): Metric<N> {
  const checked = given(name, operatingTable(reached), config),
    { numThresholds } = filled(curveTable, checked),
    least: number = checked[reached];
  return curveMetric(name, numThresholds, (points) =>
    points.filter((point) => rates[reached](point) >= least).reduce((best, point) => Math.max(best, rates[told](point)), 0),
  );
} // prettier-ignore
