// What a table or a plot shows of one workload: each timed contender as a handful of numbers, the fastest first.
import type { Result } from "./run.ts";
import { fastestOf, medianMs, roundMedians, type Timed, timedRows } from "./row.ts";
import { type Interval, interval, median, ratio, spread } from "./statistics.ts";
import { isWide, steadiness, steady, type Verdict, verdict } from "./verdict.ts";

export interface Summary {
  readonly row: Timed;
  readonly ms: number;
  /** Of the medians of the rounds. */
  readonly interval: Interval;
  readonly spread: number;
  /** Its time over that of the fastest. */
  readonly ratio: Interval;
  /** Beside the fastest; "alike" for itself. Unclear throughout where the machine was too noisy. */
  readonly verdict: Verdict;
  /** Too noisy to say by how much. */
  readonly wide: boolean;
  readonly gflops: number;
  /** Of what the machine's limit allows its threads; NaN where it does not compute on threads. */
  readonly share: number;
  /** Medians over fresh processes; NaN where it was not measured or there is no such stage. */
  readonly compileMs: number;
  readonly firstMs: number;
  /** Bytes, likewise. */
  readonly memory: number;
}

export function summaries(result: Result, limit: number): readonly Summary[] {
  const timed = timedRows(result.rows);
  if (timed.length === 0) return [];
  const fastest = fastestOf(timed);
  const noisy = isNoisy(result, limit);
  return timed.toSorted((a, b) => medianMs(a) - medianMs(b)).map((row) => summary(row, fastest, result.flops, limit, noisy));
}

function summary(row: Timed, fastest: Timed, flops: number, limit: number, noisy: boolean): Summary {
  const ms = medianMs(row);
  const gflops = flops / ms / 1e6;
  const times = ratio(roundMedians(row), roundMedians(fastest));
  return {
    row,
    ms,
    interval: interval(roundMedians(row)),
    spread: spread(row.rounds.flat()),
    ratio: times,
    verdict: noisy ? "unclear" : row === fastest ? "alike" : verdict(times),
    wide: row !== fastest && isWide(times),
    gflops,
    share: row.threads === null ? NaN : gflops / (limit * (row.threads ?? 1)),
    compileMs: median(row.compileMs ?? []),
    firstMs: median(row.firstMs ?? []),
    memory: median(row.memory ?? []),
  };
}

/** The peak loop, which waits for nothing, ran far below its best while this workload was measured. */
export function isNoisy({ peaks }: Result, limit: number): boolean {
  return steadiness(peaks, limit) < steady;
}
