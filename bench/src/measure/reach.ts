// How far a run is from the targets.
import type { Result, Run } from "./run.ts";
import { peakLoop, type Target } from "../targets.ts";
import { roundMedians, timedRows } from "./row.ts";
import { isNoisy } from "./summary.ts";
import { difference, type Interval, interval, ratio } from "./statistics.ts";

export interface Reach {
  readonly target: Target;
  /** The contender's time over the other's; where the target is in ms, by how much it is longer. */
  readonly is: Interval;
  /** Where the whole interval lies on one side of the target; otherwise, and on a machine that was too noisy, the run cannot tell. */
  readonly verdict: "met" | "missed" | "unclear";
}

/** Of every target whose two sides were timed in this run. */
export function reachOf(run: Run, targets: readonly Target[]): readonly Reach[] {
  return targets.flatMap((target) => {
    const found = beside(run, target);
    if (found === undefined) return [];
    return [{ target, is: found, verdict: wasNoisy(run, target) ? "unclear" : verdictOf(found, target.most) }];
  });
}

function wasNoisy({ results, limit }: Run, { workload, ofWorkload }: Target): boolean {
  return results.some((result) => (result.name === workload || result.name === ofWorkload) && isNoisy(result, limit));
}

function verdictOf({ low, high, confidence }: Interval, most: number): Reach["verdict"] {
  if (confidence < 0.95) return "unclear";
  if (high <= most) return "met";
  return low > most ? "missed" : "unclear";
}

function beside({ results }: Run, { workload, contender, of, ofWorkload, in: unit }: Target): Interval | undefined {
  const one = timesOf(results, workload, contender);
  const other = timesOf(results, ofWorkload ?? workload, of);
  if (one === undefined || other === undefined) return undefined;
  if (unit === "ms") return difference(one.times, other.times);
  return ofWorkload === undefined ? ratio(one.times, other.times) : perFlop(one, other);
}

interface Times {
  /** Of each round. */
  readonly times: readonly number[];
  readonly flops: number;
}

function timesOf(results: readonly Result[], workload: string, contender: string): Times | undefined {
  const result = results.find(({ name }) => name === workload);
  if (result === undefined) return undefined;
  if (contender === peakLoop) return { times: leastTimes(result), flops: result.flops };
  const row = timedRows(result.rows).find((one) => one.contender === contender);
  return row === undefined ? undefined : { times: roundMedians(row), flops: result.flops };
}

/** In each round, what the peak loop would have taken for the products of the workload, in milliseconds. */
export function leastTimes({ flops, peaks }: Result): readonly number[] {
  return peaks.map((rate) => flops / rate / 1e6);
}

/** Of different workloads no round belongs to the other's: their intervals are divided end by end. */
function perFlop(one: Times, other: Times): Interval {
  const [a, b] = [one, other].map(({ times, flops }) => interval(times.map((ms) => ms / flops))) as [Interval, Interval];
  return { value: a.value / b.value, low: a.low / b.high, high: a.high / b.low, confidence: Math.min(a.confidence, b.confidence) };
}
