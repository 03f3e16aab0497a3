// Polynomial decay to a last rate; linear unless a power is given.
import { boolean, nonNegative, positive } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface PolynomialDecayConfig {
  readonly initialLearningRate: number;
  /** Updates until the last rate; above 0. */
  readonly decaySteps: number;
  /** Default 0.0001. */
  readonly endLearningRate?: number;
  /** Above 0, default 1. */
  readonly power?: number;
  /** Begin anew from the rate there would be in twice, three times … `decaySteps`. Default false: stay at the last rate. */
  readonly cycle?: boolean;
}

export const polynomialDecayTable = {
  initialLearningRate: required(nonNegative),
  decaySteps: required(positive),
  endLearningRate: preset(nonNegative, 0.0001),
  power: preset(positive, 1),
  cycle: preset(boolean, false),
} satisfies Table<PolynomialDecayConfig>;

/**
 * (α − end)(1 − p)^power + end, where p is step/decaySteps, at most 1; with `cycle` decaySteps times as often as it takes to reach step.
 *
 * As in Keras. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function polynomialDecay(config: PolynomialDecayConfig): Schedule {
  const who = "polynomialDecay",
    options = optionsOf(who, polynomialDecayTable, config),
    { initialLearningRate, decaySteps, endLearningRate, power, cycle } = options;
  return schedule(who, (step) => {
    const cycles = cycle ? Math.max(1, Math.ceil(step / decaySteps)) : 1;
    const left = Math.max(0, 1 - step / (decaySteps * cycles));
    return (initialLearningRate - endLearningRate) * left ** power + endLearningRate;
  });
}
