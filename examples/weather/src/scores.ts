// How far forecasts were from what came.

/** One way to forecast, measured on the test days, in °C. */
export interface Score {
  readonly name: string;
  /** What exactly it is, in a few words. */
  readonly detail: string;
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
}

export function score(name: string, detail: string, forecast: readonly number[], truth: readonly number[]): Score {
  const errors = truth.map((value, i) => forecast[i]! - value);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { name, detail, mae: mean(errors.map(Math.abs)), rmse: Math.sqrt(mean(errors.map((error) => error ** 2))) };
}
