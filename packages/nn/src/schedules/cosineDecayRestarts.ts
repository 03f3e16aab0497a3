// Cosine decay that begins anew (SGDR: Loshchilov & Hutter 2017).
import { nonNegative, positive, rate } from "@sluice/core/arguments";
import { atLeast1 } from "../options/rules.ts";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { cosine } from "./cosineDecay.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface CosineDecayRestartsConfig {
  readonly initialLearningRate: number;
  /** Updates of the first period; above 0. */
  readonly firstDecaySteps: number;
  /** What each period is longer by, as a factor; at least 1, default 2. */
  readonly tMul?: number;
  /** What each period's first rate is multiplied by; above 0, default 1. */
  readonly mMul?: number;
  /** The last rate of a period, as a share of its first; in 0 … 1, default 0. */
  readonly alpha?: number;
}

export const cosineDecayRestartsTable = {
  initialLearningRate: required(nonNegative),
  firstDecaySteps: required(positive),
  tMul: preset(atLeast1, 2),
  mMul: preset(positive, 1),
  alpha: preset(rate, 0),
} satisfies Table<CosineDecayRestartsConfig>;

/**
 * α ((1 − alpha) · mMulⁱ · ½(1 + cos πp) + alpha) in period i, of firstDecaySteps · tMulⁱ updates, p of which are done.
 *
 * As in Keras. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function cosineDecayRestarts(config: CosineDecayRestartsConfig): Schedule {
  const who = "cosineDecayRestarts",
    options = optionsOf(who, cosineDecayRestartsTable, config),
    { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = options;
  return schedule(who, (step) => {
    const { period, share } = periodAt(step / firstDecaySteps, tMul);
    return initialLearningRate * ((1 - alpha) * mMul ** period * cosine(share, 0) + alpha);
  });
}

/** Which period it is after so many times the first, and how much of it is done. */
function periodAt(done: number, longer: number): { readonly period: number; readonly share: number } {
  if (longer === 1) return { period: Math.floor(done), share: done % 1 };
  const startOf = (period: number): number => (longer ** period - 1) / (longer - 1);
  const near = Math.floor(Math.log(1 + done * (longer - 1)) / Math.log(longer)); // but for rounding
  const period = startOf(near + 1) <= done ? near + 1 : startOf(near) > done ? near - 1 : near;
  return { period, share: (done - startOf(period)) / longer ** period };
}
