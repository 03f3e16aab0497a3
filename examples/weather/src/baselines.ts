// What a forecaster must beat. Each baseline forecasts the maximum temperature of the test days, in °C.
import type { Day } from "./data.ts";
import type { Prepared } from "./prepare.ts";
import { ridge } from "./ridge.ts";
import { score, type Score } from "./scores.ts";
import { maxima, trainingDays, type Part, type Split } from "./windows.ts";

/** How each does on the test days; persistence comes first. */
export function baselineScores(data: Prepared): Score[] {
  const { days, parts } = data;
  const truth = maxima(days, parts.test);
  const today = persistence(days, parts.test);
  const line = ridge(data.train, data.validation);
  const straight = line.predict(data.test).map((change, i) => today[i]! + change);
  return [
    score("persistence", "tomorrow is as today", today, truth),
    score("ridge regression", `a straight line through the last ${line.days === 1 ? "day" : `${line.days} days`}`, straight, truth),
    score("climatology", `the usual for the season, ±${reach} days`, climatology(days, parts), truth),
  ];
}

/** Mean absolute error of persistence on the validation days, in °C. */
export function validationPersistence({ days, parts: { validation } }: Prepared): number {
  return score("persistence", "", persistence(days, validation), maxima(days, validation)).mae;
}

/** Tomorrow is as today. */
export function persistence(days: readonly Day[], { from, to }: Part): number[] {
  return days.slice(from - 1, to - 1).map(({ tempMax }) => tempMax);
}

/** Days of the year either side over which climatology takes its mean: enough to make a season of three years of single days. */
const reach = 15;

/** Tomorrow is as usual: the mean of the training days that lie at most `reach` days of the year away, counted across New Year. */
export function climatology(days: readonly Day[], split: Split): number[] {
  const known = trainingDays(days, split);
  return days.slice(split.test.from, split.test.to).map(({ dayOfYear }) => {
    const near = known.filter((day) => daysApart(day.dayOfYear, dayOfYear) <= reach);
    return near.reduce((sum, { tempMax }) => sum + tempMax, 0) / near.length;
  });
}

/** Of two days of the year; 31 December and 1 January are 1 apart. */
function daysApart(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, 365 - apart);
}
