// A share that stays near 1, falls, and stays near 0: how often a model is told the truth in scheduled sampling (Bengio et al. 2015, section 2.4).
import { atLeast1 } from "../options/rules.ts";
import { optionsOf, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface InverseSigmoidDecayConfig {
  /** The share is ½ in step k ln k; at least 1. */
  readonly k: number;
}

export const inverseSigmoidDecayTable = { k: required(atLeast1) } satisfies Table<InverseSigmoidDecayConfig>;

/** k / (k + exp(step/k)). Throws INVALID_ARGUMENT for k below 1. */
export function inverseSigmoidDecay(config: InverseSigmoidDecayConfig): Schedule {
  const { k } = optionsOf("inverseSigmoidDecay", inverseSigmoidDecayTable, config);
  return schedule("inverseSigmoidDecay", (step) => 1 / (1 + Math.exp(step / k) / k)); // which is 0, not NaN, where exp overflows
}
