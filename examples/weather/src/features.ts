// What the model sees of a day: eleven numbers, brought to mean 0 and deviation 1 by what the training days say.
import { weathers, type Day } from "./data.ts";

const yearLength = 365.25; // days

const features: Readonly<Record<string, (day: Day) => number>> = {
  precipitation: (day) => Math.log1p(day.precipitation), // many dry days, few very wet ones
  tempMax: (day) => day.tempMax,
  tempMin: (day) => day.tempMin,
  wind: (day) => day.wind,
  ...Object.fromEntries(weathers.map((kind) => [kind, (day: Day) => (day.weather === kind ? 1 : 0)])),
  sinYear: (day) => Math.sin((2 * Math.PI * day.dayOfYear) / yearLength),
  cosYear: (day) => Math.cos((2 * Math.PI * day.dayOfYear) / yearLength),
};

/** The names of the columns of `featureRows`, in order. */
export const featureNames: readonly string[] = Object.keys(features);

export function featureRows(days: readonly Day[]): number[][] {
  return days.map((day) => Object.values(features).map((feature) => feature(day)));
}

/** Per column. */
export interface Scaler {
  readonly mean: readonly number[];
  /** Population standard deviation; 1 for a column that never changes. */
  readonly deviation: readonly number[];
}

/** rows [days, features]; give it the training days alone. */
export function fitScaler(rows: readonly (readonly number[])[]): Scaler {
  const columns = featureNames.map((_, c) => rows.map((row) => row[c]!));
  const mean = columns.map(average);
  const deviation = columns.map((column, c) => Math.sqrt(average(column.map((value) => (value - mean[c]!) ** 2))) || 1);
  return { mean, deviation };
}

/** (rows − mean) / deviation, column by column. */
export function scale(rows: readonly (readonly number[])[], { mean, deviation }: Scaler): number[][] {
  return rows.map((row) => row.map((value, c) => (value - mean[c]!) / deviation[c]!));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
