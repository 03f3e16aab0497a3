// What may be said of a difference, and when the machine was too noisy to say anything.
import { type Interval, quantile } from "./statistics.ts";

/** Of one contender beside another: "unclear" where the noise could hide a difference that matters. */
export type Verdict = "slower" | "faster" | "alike" | "unclear";

/** An interval wider than this holds differences that users care for: 10 % between its ends. */
const narrow = 1.1;

/** Fewer rounds than these make no interval of 95 %. */
const sure = 0.95;

/** What a ratio of times, with its interval, allows to say of the one above the line. */
export function verdict({ low, high, confidence }: Interval): Verdict {
  if (!(confidence >= sure)) return "unclear";
  if (low > 1) return "slower";
  if (high < 1) return "faster";
  return high / low <= narrow ? "alike" : "unclear";
}

/** How much may be said is clear, by how much is not: the ends of the interval are more than a quarter apart. */
export function isWide({ low, high }: Interval): boolean {
  return !(high / low <= 1.25);
}

/** A machine on which the peak loop, which waits for nothing, runs below this share of its best for a quarter of the time is too noisy. */
export const steady = 0.9;

/** The share of `best` that the peak loop kept in all but the slowest quarter of its samples; 1 where there are none. */
export function steadiness(peaks: readonly number[], best: number): number {
  return peaks.length === 0 ? 1 : quantile(peaks, 0.25) / best;
}
