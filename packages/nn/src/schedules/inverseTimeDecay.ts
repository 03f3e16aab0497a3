// Decay by the inverse of time.
import { boolean, nonNegative, positive } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface InverseTimeDecayConfig {
  readonly initialLearningRate: number;
  /** Updates in a unit of time; above 0. */
  readonly decaySteps: number;
  /** What a unit of time adds to the divisor; at least 0. */
  readonly decayRate: number;
  /** Decay at once after each `decaySteps`, not little by little. Default false. */
  readonly staircase?: boolean;
}

export const inverseTimeDecayTable = {
  initialLearningRate: required(nonNegative),
  decaySteps: required(positive),
  decayRate: required(nonNegative),
  staircase: preset(boolean, false),
} satisfies Table<InverseTimeDecayConfig>;

/**
 * α / (1 + rate · p), where p is step/decaySteps, with `staircase` rounded down.
 *
 * As in Keras; over one step it is the `lr_decay` of PyTorch's Adagrad. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function inverseTimeDecay(config: InverseTimeDecayConfig): Schedule {
  const who = "inverseTimeDecay",
    { initialLearningRate, decaySteps, decayRate, staircase } = optionsOf(who, inverseTimeDecayTable, config);
  return schedule(who, (step) => initialLearningRate / (1 + decayRate * (staircase ? Math.floor(step / decaySteps) : step / decaySteps)));
}
