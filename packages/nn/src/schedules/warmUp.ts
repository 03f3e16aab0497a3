// A linear rise in front of any schedule.
import { nonNegative, size } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { anyRate, rateAt, schedule, type LearningRate, type Schedule } from "./schedule.ts";

export interface WarmUpConfig {
  /** Updates until `to` begins; at least 1. */
  readonly steps: number;
  /** The rate, or the schedule, that comes after it; its step 0 is the first update after the rise. */
  readonly to: LearningRate;
  /** The rate of the first update. Default 0. */
  readonly from?: number;
}

export const warmUpTable = {
  steps: required(size),
  to: required(anyRate),
  from: preset(nonNegative, 0),
} satisfies Table<WarmUpConfig>;

/**
 * from + (to(0) − from) · step/steps, and from `steps` on to(step − steps).
 *
 * Throws INVALID_ARGUMENT for numbers out of range, also those that `to` gives.
 */
export function warmUp(config: WarmUpConfig): Schedule {
  const { steps, to, from } = optionsOf("warmUp", warmUpTable, config);
  const after = (step: number): number => rateAt("warmUp", "to", to, step);
  return schedule("warmUp", (step) => (step < steps ? from + ((after(0) - from) * step) / steps : after(step - steps)));
}
