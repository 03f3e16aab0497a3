// Yes or no, from logits: where a probability lies above a threshold.
import { rate } from "@sluice/core/arguments";
import type { Tensor } from "@sluice/core";
import { preset, type Table } from "../options/table.ts";

export interface ThresholdConfig {
  /** Probability above which it is a yes, 0 … 1; default 0.5. */
  readonly threshold?: number;
}

export const thresholdTable = { threshold: preset(rate, 0.5) } satisfies Table<ThresholdConfig>;

/** Beyond every logit, in f32 too. */
const most = 1e38;

/** The logit of a probability; of 0 one that is below all, of 1 one that is above all. */
export function logit(p: number): number {
  return Math.max(-most, Math.min(most, Math.log(p / (1 - p))));
}

/** 1 where σ(z) is above the threshold, otherwise 0. */
export function above(z: Tensor, threshold: number): Tensor {
  return z.greater(logit(threshold));
}
