// Cuts the days into windows, and the windows, in order of time, into training, validation and test.
import { SluiceError, type HostArray } from "@sluice/core";
import { matrix, take, windows, type Matrix } from "@sluice/data";
import type { Day } from "./data.ts";

/** Days that the model reads before the one it forecasts. */
export const steps = 30;

/** The days forecast: `from` up to, but without, `to`. Day i is forecast from the `steps` days before it. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface Split {
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
}

/**
 * The last `held` days are the test, as many before them the validation, and those left the training. A window of a later
 * part may begin with days of an earlier one, as it would in use; never the other way round.
 *
 * Throws EMPTY_DATA where no day is left to train on.
 */
export function split(days: number, held: number = 220): Split {
  const [validation, test] = [days - 2 * held, days - held];
  if (validation <= steps) {
    const what = `${days} days are too few: ${steps} to look back on, ${held} for validation and ${held} for the test leave none to train on`;
    throw new SluiceError({ code: "EMPTY_DATA", who: "weather.split", what, facts: { days, steps, held } });
  }
  return { train: { from: steps, to: validation }, validation: { from: validation, to: test }, test: { from: test, to: days } };
}

/** The days known when training ends: the only ones a scaler or a baseline may learn from. */
export function trainingDays<T>(days: readonly T[], { train }: Split): readonly T[] {
  return days.slice(0, train.to);
}

/** The maximum temperatures of these days in °C: what a forecast of them is measured against. */
export function maxima(days: readonly Day[], { from, to }: Part): number[] {
  return days.slice(from, to).map(({ tempMax }) => tempMax);
}

/** One sample for each day of a part. */
export interface Windows {
  /** [samples, steps, features] */
  readonly x: HostArray;
  /** [samples, 1]: maximum temperature of the day forecast less that of the day before, in °C */
  readonly y: HostArray;
}

/** The windows of each part, of days [days, features] that are scaled. */
export function windowsOf(scaled: Matrix, days: readonly Day[], parts: Split): Readonly<Record<keyof Split, Windows>> {
  const change = days.map(({ tempMax }, i) => tempMax - (days[i - 1]?.tempMax ?? NaN));
  const columns = scaled.shape[1] ?? 0;
  const { data } = windows(matrix({ scaled, change }), { steps, features: range(0, columns), targets: "change" });
  const part = ({ from, to }: Part): Windows => take(data, range(from - steps, to - steps)); // the first window is of the day after the first steps
  return { train: part(parts.train), validation: part(parts.validation), test: part(parts.test) };
}

/** Those before `to`. */
export function daysUpTo(to: number): readonly number[] {
  return range(0, to);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
