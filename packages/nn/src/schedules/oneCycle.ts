// The learning rate of the 1cycle policy (Smith & Topin 2018).
import { positive } from "@sluice/core/arguments";
import { atLeast1 } from "../options/rules.ts";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { cycle, cycleTable, type CycleConfig } from "./cycle.ts";
import type { Schedule } from "./schedule.ts";

export interface OneCycleConfig extends CycleConfig {
  readonly maxLearningRate: number;
  /** The first rate is the largest over this; at least 1, default 25. */
  readonly divFactor?: number;
  /** The last is the first over this; at least 1, default 10000. */
  readonly finalDivFactor?: number;
}

export const oneCycleTable = {
  maxLearningRate: required(positive),
  ...cycleTable,
  divFactor: preset(atLeast1, 25),
  finalDivFactor: preset(atLeast1, 1e4),
} satisfies Table<OneCycleConfig>;

/**
 * From max/div up to max, and down to max/(div · finalDiv), with `threePhase` by max/div; the rate is at max in step pctStart · totalSteps − 1 and at its last
 * in step totalSteps − 1.
 *
 * As PyTorch's OneCycleLR, of the rate; `oneCycleMomentum` is what it makes of the momentum. Throws INVALID_ARGUMENT for numbers out of range.
 */
export function oneCycle(config: OneCycleConfig): Schedule {
  const { maxLearningRate: peak, divFactor, finalDivFactor, ...rest } = optionsOf("oneCycle", oneCycleTable, config),
    first = peak / divFactor;
  return cycle("oneCycle", rest, { first, peak, last: first / finalDivFactor });
}
