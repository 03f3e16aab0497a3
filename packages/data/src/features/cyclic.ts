// Times that come again as points on a circle: the last day of a year lies beside the first.
import { check, positive } from "@sluice/core/arguments";
import { matrixOf, type Matrix } from "../numbers/rows.ts";
import { readArray, type Numbers } from "../numbers/numbers.ts";

const oneDay = 86_400_000; // ms

/**
 * [rows, 2]: sin(2π·t / period) and cos(2π·t / period) of each t [rows], columns "sin" and "cos". NaN stays NaN.
 * Throws INVALID_ARGUMENT for a period that is not above 0 and for what are no numbers.
 */
export function cyclic(values: Numbers, period: number): Matrix {
  check("cyclic", "period", period, positive);
  const { data } = readArray("cyclic", "values", values),
    made = new Float64Array(2 * data.length);
  for (let row = 0; row < data.length; row++) {
    const angle = (2 * Math.PI * (data[row] ?? NaN)) / period;
    made[2 * row] = Math.sin(angle);
    made[2 * row + 1] = Math.cos(angle);
  }
  return matrixOf(made, [data.length, 2], ["sin", "cos"]);
}

/** The day of the year, 1 … 366, of each time in milliseconds since 1970, in UTC. A period of 365.25 goes with it. */
export function dayOfYear(times: Numbers): Float64Array {
  return ofTimes("dayOfYear", times, (date) => (midnight(date) - Date.UTC(date.getUTCFullYear(), 0)) / oneDay + 1);
}

/** The hour of the day, 0 up to 24, with its fraction, in UTC. A period of 24 goes with it. */
export function hourOfDay(times: Numbers): Float64Array {
  return ofTimes("hourOfDay", times, (date) => (date.getTime() - midnight(date)) / (oneDay / 24));
}

/** The day of the week, 0 for Sunday … 6, in UTC. A period of 7 goes with it. */
export function dayOfWeek(times: Numbers): Float64Array {
  return ofTimes("dayOfWeek", times, (date) => date.getUTCDay());
}

function ofTimes(who: string, times: Numbers, of: (date: Date) => number): Float64Array {
  return Float64Array.from(readArray(who, "times", times).data, (time) => of(new Date(time))); // NaN is an invalid date, whose parts are NaN
}

function midnight(date: Date): number {
  return Math.floor(date.getTime() / oneDay) * oneDay;
}
