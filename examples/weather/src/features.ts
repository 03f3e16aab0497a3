// What the model sees of a day: eleven numbers, which a scaler brings to mean 0 and deviation 1 by what the training days say.
import { cyclic, matrix, oneHot, type Matrix } from "@sluice/data";
import { weathers, type Day } from "./data.ts";

const yearLength = 365.25; // days

/** The names of the columns of `featuresOf`, in order. */
export const featureNames: readonly string[] = ["precipitation", "tempMax", "tempMin", "wind", ...weathers, "sin", "cos"];

/** [days, features] */
export function featuresOf(days: readonly Day[]): Matrix {
  return matrix({
    precipitation: days.map(({ precipitation }) => Math.log1p(precipitation)), // many dry days, few very wet ones
    tempMax: days.map(({ tempMax }) => tempMax),
    tempMin: days.map(({ tempMin }) => tempMin),
    wind: days.map(({ wind }) => wind),
    weather: oneHot(
      days.map(({ weather }) => weather),
      { categories: weathers },
    ),
    year: cyclic(
      days.map(({ dayOfYear }) => dayOfYear),
      yearLength,
    ),
  });
}
