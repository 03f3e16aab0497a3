// The 1cycle policy (Smith & Topin 2018).
import { boolean, oneOf, positive, rate, refused, size } from "@sluice/core/arguments";
import { atLeast1 } from "../options/rules.ts";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { cosine } from "./cosineDecay.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface OneCycleConfig {
  readonly maxLearningRate: number;
  /** Updates of the whole cycle; after them the last rate stays. */
  readonly totalSteps: number;
  /** Share of the updates in which the rate rises, in 0 … 1; default 0.3. */
  readonly pctStart?: number;
  /** How it rises and falls. Default "cosine". */
  readonly annealStrategy?: "cosine" | "linear";
  /** The first rate is the largest over this; at least 1, default 25. */
  readonly divFactor?: number;
  /** The last is the first over this; at least 1, default 10000. */
  readonly finalDivFactor?: number;
  /** Fall back to the first rate in as many updates as it rose, then to the last; `pctStart` is at most ½ then. Default false: to the last at once. */
  readonly threePhase?: boolean;
}

export const oneCycleTable = {
  maxLearningRate: required(positive),
  totalSteps: required(size),
  pctStart: preset(rate, 0.3),
  annealStrategy: preset(oneOf("cosine", "linear"), "cosine"),
  divFactor: preset(atLeast1, 25),
  finalDivFactor: preset(atLeast1, 1e4),
  threePhase: preset(boolean, false),
} satisfies Table<OneCycleConfig>;

/**
 * From max/div up to max, and down to max/(div · finalDiv), with `threePhase` by max/div; the rate is at max in step pctStart · totalSteps − 1 and at its last
 * in step totalSteps − 1.
 *
 * As PyTorch's OneCycleLR, of the rate alone: it moves momentum too, which here stays. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function oneCycle(config: OneCycleConfig): Schedule {
  const who = "oneCycle",
    options = optionsOf(who, oneCycleTable, config),
    { maxLearningRate: max, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase } = options;
  const [first, rise] = [max / divFactor, pctStart * totalSteps],
    last = first / finalDivFactor;
  if (threePhase && pctStart > 0.5) throw refused(who, "pctStart", pctStart, "at most 0.5 with threePhase");
  const middle = threePhase ? [{ end: 2 * rise - 2, to: first }] : [];
  const phases = [{ end: rise - 1, to: max }, ...middle, { end: totalSteps - 1, to: last }];
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
