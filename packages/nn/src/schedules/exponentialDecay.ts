// Exponential decay.
import { boolean, nonNegative, positive } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface ExponentialDecayConfig {
  readonly initialLearningRate: number;
  /** Updates for one factor; above 0. */
  readonly decaySteps: number;
  /** That factor, above 0. */
  readonly decayRate: number;
  /** Decay at once after each `decaySteps`, not little by little. Default false. */
  readonly staircase?: boolean;
}

export const exponentialDecayTable = {
  initialLearningRate: required(nonNegative),
  decaySteps: required(positive),
  decayRate: required(positive),
  staircase: preset(boolean, false),
} satisfies Table<ExponentialDecayConfig>;

/**
 * α · rateᵖ, where p is step/decaySteps, with `staircase` rounded down: PyTorch's StepLR, whose gamma is `decayRate`.
 *
 * As in Keras. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function exponentialDecay(config: ExponentialDecayConfig): Schedule {
  const who = "exponentialDecay",
    { initialLearningRate, decaySteps, decayRate, staircase } = optionsOf(who, exponentialDecayTable, config);
  return schedule(who, (step) => initialLearningRate * decayRate ** (staircase ? Math.floor(step / decaySteps) : step / decaySteps));
}
