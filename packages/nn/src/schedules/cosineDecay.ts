// Cosine decay (Loshchilov & Hutter 2017), with a linear warm-up where it is asked for (Goyal et al. 2017).
import { count, nonNegative, positive, rate } from "@sluice/core/arguments";
import { optional, optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";
import { warmUp } from "./warmUp.ts";

export interface CosineDecayConfig {
  /** At the first update: of the warm-up, where there is one. */
  readonly initialLearningRate: number;
  /** Updates until the last rate, the warm-up left out; above 0. */
  readonly decaySteps: number;
  /** The last rate, as a share of the one that decays; in 0 … 1, default 0. */
  readonly alpha?: number;
  /** Rise to this rate first; default no warm-up. */
  readonly warmupTarget?: number;
  /** In so many updates; default 0. */
  readonly warmupSteps?: number;
}

export const cosineDecayTable = {
  initialLearningRate: required(nonNegative),
  decaySteps: required(positive),
  alpha: preset(rate, 0),
  warmupTarget: optional(nonNegative),
  warmupSteps: preset(count, 0),
} satisfies Table<CosineDecayConfig>;

/**
 * α₀ ((1 − alpha) · ½(1 + cos πp) + alpha), where p is step/decaySteps, at most 1.
 *
 * As in Keras: with `warmupTarget` the rate first goes to it in a line, and that is then α₀. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function cosineDecay(config: CosineDecayConfig): Schedule {
  const who = "cosineDecay",
    options = optionsOf(who, cosineDecayTable, config),
    { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = options;
  const top = warmupTarget ?? initialLearningRate;
  const decay = schedule(who, (step) => top * cosine(Math.min(1, step / decaySteps), alpha));
  return warmupTarget === undefined || warmupSteps === 0 ? decay : warmUp({ steps: warmupSteps, from: initialLearningRate, to: decay });
}

/** From 1 at p = 0 to `alpha` at 1. */
export function cosine(p: number, alpha: number): number {
  return ((1 - alpha) * (1 + Math.cos(Math.PI * p))) / 2 + alpha;
}
