// A number that goes to a peak and back in a cycle of updates: what the rate and the momentum of the 1cycle policy (Smith & Topin 2018) share.
import { boolean, oneOf, rate, refused, size } from "@sluice/core/arguments";
import { preset, required, type Filled, type Table } from "../options/table.ts";
import { cosine } from "./cosineDecay.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface CycleConfig {
  /** Updates of the whole cycle; after them what was last stays. */
  readonly totalSteps: number;
  /** Share of the updates in which the rate rises, in 0 … 1; default 0.3. */
  readonly pctStart?: number;
  /** How it rises and falls. Default "cosine". */
  readonly annealStrategy?: "cosine" | "linear";
  /** Fall back to the first rate in as many updates as it rose, then to the last; `pctStart` is at most ½ then. Default false: to the last at once. */
  readonly threePhase?: boolean;
}

export const cycleTable = {
  totalSteps: required(size),
  pctStart: preset(rate, 0.3),
  annealStrategy: preset(oneOf("cosine", "linear"), "cosine"),
  threePhase: preset(boolean, false),
} satisfies Table<CycleConfig>;

interface Points {
  readonly first: number;
  readonly peak: number;
  readonly last: number;
}

/** From `first` to `peak` in step pctStart · totalSteps − 1, with `threePhase` by `first` again, to `last` in step totalSteps − 1. */
export function cycle(
  who: string,
  { totalSteps, pctStart, annealStrategy, threePhase }: Filled<typeof cycleTable>,
  { first, peak, last }: Points,
): Schedule {
  const rise = pctStart * totalSteps;
  if (threePhase && pctStart > 0.5) throw refused(who, "pctStart", pctStart, "at most 0.5 with threePhase");
  const middle = threePhase ? [{ end: 2 * rise - 2, to: first }] : [];
  const phases = [{ end: rise - 1, to: peak }, ...middle, { end: totalSteps - 1, to: last }];
  const between = (from: number, to: number, p: number): number =>
    annealStrategy === "linear" ? from + (to - from) * p : to + (from - to) * cosine(p, 0);
  return schedule(who, (step) => {
    let [from, start] = [first, 0];
    for (const { end, to } of phases) {
      if (step <= end) return between(from, to, end > start ? (step - start) / (end - start) : 1);
      [from, start] = [to, end];
    }
    return last;
  });
}
