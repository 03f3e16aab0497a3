// Two runs beside each other: what got better or worse. Only ratios within one run are compared, never times of two.
import type { Result, Run } from "./run.ts";
import { peakLoop } from "../targets.ts";
import { leastTimes } from "./reach.ts";
import { fastestOf, roundMedians, type Timed, timedRows } from "./row.ts";
import { type Interval, ratio } from "./statistics.ts";
import { isNoisy } from "./summary.ts";
import { verdict } from "./verdict.ts";

export interface Change {
  readonly workload: string;
  readonly contender: string;
  /** What it was measured by in both runs: a contender, or the peak loop. */
  readonly anchor: string;
  /** Its time over the anchor's, in either run. */
  readonly before: Interval;
  readonly now: Interval;
  /** Better and worse where the intervals lie apart; otherwise the same if both are narrow. Unclear where a machine was too noisy. */
  readonly change: "better" | "worse" | "same" | "unclear";
}

/** Every contender that both runs timed on the same workload, in the order of this run. */
export function compareRuns(now: Run, before: Run): readonly Change[] {
  return now.results.flatMap((result) => {
    const earlier = before.results.find(({ name }) => name === result.name);
    if (earlier === undefined) return [];
    const noisy = isNoisy(result, now.limit) || isNoisy(earlier, before.limit);
    return changes(result, earlier).map((change) => (noisy ? { ...change, change: "unclear" as const } : change));
  });
}

function changes(now: Result, before: Result): Change[] {
  const pairs = timedRows(now.rows).flatMap((row): Pair[] => {
    const earlier = timedRows(before.rows).find(({ contender }) => contender === row.contender);
    return earlier === undefined ? [] : [{ now: row, before: earlier }];
  });
  const anchor = peerOf(pairs) ?? machineItself(now, before);
  return pairs
    .filter((pair) => pair.now.contender !== anchor.name)
    .map((pair) => {
      const ratios = { before: ratio(roundMedians(pair.before), anchor.before), now: ratio(roundMedians(pair.now), anchor.now) };
      return { workload: now.name, contender: pair.now.contender, anchor: anchor.name, ...ratios, change: changeOf(ratios) };
    });
}

interface Pair {
  readonly now: Timed;
  readonly before: Timed;
}

/** A yardstick of both runs: a time for each round. */
interface Anchor {
  readonly name: string;
  readonly now: readonly number[];
  readonly before: readonly number[];
}

/** A peer of the same version: nothing of ours moves it. Of several the fastest, whose speed is bound by what binds ours. */
function peerOf(pairs: readonly Pair[]): Anchor | undefined {
  const peers = pairs.filter(({ now, before }) => now.kind === "peer" && now.version === before.version && now.threads === before.threads);
  if (peers.length === 0) return undefined;
  const { contender } = fastestOf(peers.map((pair) => pair.before));
  const { now, before } = peers.find((pair) => pair.now.contender === contender)!;
  return { name: contender, now: roundMedians(now), before: roundMedians(before) };
}

/** Where there is no such peer: the machine itself. */
function machineItself(now: Result, before: Result): Anchor {
  return { name: peakLoop, now: leastTimes(now), before: leastTimes(before) };
}

function changeOf({ now, before }: Record<"now" | "before", Interval>): Change["change"] {
  const between = { value: now.value / before.value, low: now.low / before.high, high: now.high / before.low };
  switch (verdict({ ...between, confidence: Math.min(now.confidence, before.confidence) })) {
    case "faster":
      return "better";
    case "slower":
      return "worse";
    case "alike":
      return "same";
    case "unclear":
      return "unclear";
  }
}
