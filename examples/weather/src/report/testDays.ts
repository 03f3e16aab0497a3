// The test days as the plots and tables show them.
import type { Results } from "../results.ts";

export interface TestDay {
  /** "2015-05-26" */
  readonly day: string;
  readonly date: Date;
  /** °C */
  readonly truth: number;
  /** °C */
  readonly forecast: number;
  /** forecast − truth, in °C: above 0 where the day came colder than forecast */
  readonly residual: number;
}

export function testDays({ data, forecast }: Results): TestDay[] {
  const { from, to } = data.parts.test;
  return data.days.slice(from, to).map(({ date, tempMax }, i) => ({
    day: date,
    date: new Date(`${date}T00:00:00Z`),
    truth: tempMax,
    forecast: forecast[i]!,
    residual: forecast[i]! - tempMax,
  }));
}
