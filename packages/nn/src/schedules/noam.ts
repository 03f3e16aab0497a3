// The rate of the first transformer (Vaswani et al. 2017, section 5.3).
import { positive, size } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface NoamConfig {
  /** d_model, the paper's 512. */
  readonly modelDim: number;
  /** Updates in which the rate rises; default 4000. */
  readonly warmupSteps?: number;
  /** Times the whole; above 0, default 1. */
  readonly scale?: number;
}

export const noamTable = {
  modelDim: required(size),
  warmupSteps: preset(size, 4000),
  scale: preset(positive, 1),
} satisfies Table<NoamConfig>;

/** scale · d^(−½) · min(t^(−½), t · warmupSteps^(−3/2)), where t is step + 1. Throws INVALID_ARGUMENT for numbers out of range. */
export function noam(config: NoamConfig): Schedule {
  const { modelDim, warmupSteps, scale } = optionsOf("noam", noamTable, config);
  return schedule("noam", (step) => (scale / Math.sqrt(modelDim)) * Math.min(1 / Math.sqrt(step + 1), (step + 1) / warmupSteps ** 1.5));
}
