// The momentum of the 1cycle policy (Smith & Topin 2018), which falls where the learning rate rises.
import { fraction } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { cycle, cycleTable, type CycleConfig } from "./cycle.ts";
import type { Schedule } from "./schedule.ts";

export interface OneCycleMomentumConfig extends CycleConfig {
  /** Where the rate is at its peak; in [0, 1), default 0.85. */
  readonly baseMomentum?: number;
  /** At first, and at last; in [0, 1), default 0.95. */
  readonly maxMomentum?: number;
}

export const oneCycleMomentumTable = {
  ...cycleTable,
  baseMomentum: preset(fraction, 0.85),
  maxMomentum: preset(fraction, 0.95),
} satisfies Table<OneCycleMomentumConfig>;

/**
 * From max down to base in step pctStart · totalSteps − 1, and up to max again; with `threePhase` as soon as the rate is back at its first.
 *
 * For `momentum` of sgd and `beta1` of Adam and its kin, beside a `oneCycle` of the same steps, as PyTorch's OneCycleLR moves both.
 * Throws INVALID_ARGUMENT for numbers out of range.
 *
 * ```ts
 * const cycle = { totalSteps: 1000, pctStart: 0.3 };
 * const optimizer = adam({ learningRate: oneCycle({ maxLearningRate: 0.01, ...cycle }), beta1: oneCycleMomentum(cycle) });
 * ```
 */
export function oneCycleMomentum(config: OneCycleMomentumConfig): Schedule {
  const { baseMomentum, maxMomentum, ...rest } = optionsOf("oneCycleMomentum", oneCycleMomentumTable, config);
  return cycle("oneCycleMomentum", rest, { first: maxMomentum, peak: baseMomentum, last: maxMomentum });
}
