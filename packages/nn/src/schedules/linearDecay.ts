// From one number to another in a line: the weight of an auxiliary loss, or how often a model is told the truth (Bengio et al. 2015, section 2.4).
import { finite, size } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface LinearDecayConfig {
  /** Of the first update. Default 1. */
  readonly from?: number;
  /** Of the update after `steps` others, and all after it. Default 0. */
  readonly to?: number;
  /** At least 1. */
  readonly steps: number;
}

export const linearDecayTable = {
  from: preset(finite, 1),
  to: preset(finite, 0),
  steps: required(size),
} satisfies Table<LinearDecayConfig>;

/** from + (to − from) · step/steps, and from `steps` on to. Throws INVALID_ARGUMENT for numbers out of range. */
export function linearDecay(config: LinearDecayConfig): Schedule {
  const { from, to, steps } = optionsOf("linearDecay", linearDecayTable, config);
  return schedule("linearDecay", (step) => (step >= steps ? to : from + ((to - from) * step) / steps));
}
