// What Adam and its kin keep: means of gradients and of their squares, each over the updates so far.
import { square, type Tensor } from "@sluice/core";
import { fraction, positive } from "@sluice/core/arguments";
import { preset, type Table } from "../options/table.ts";
import { descentTable, type DescentConfig } from "./descent.ts";

export interface MomentsConfig extends DescentConfig {
  /** Decay of the mean of gradients, in [0, 1), default 0.9. */
  readonly beta1?: number;
  /** Decay of what scales them, in [0, 1), default 0.999. */
  readonly beta2?: number;
  /** Above 0, default 1e-7. */
  readonly epsilon?: number;
}

export const momentsTable = {
  ...descentTable,
  beta1: preset(fraction, 0.9),
  beta2: preset(fraction, 0.999),
  epsilon: preset(positive, 1e-7),
} satisfies Table<MomentsConfig>;

/** mean + (1 − β)(x − mean) */
export function towards(mean: Tensor, x: Tensor, beta: number): Tensor {
  return mean.add(x.sub(mean).mul(1 - beta));
}

/** mean + (1 − β)(x² − mean) */
export function towardsSquare(mean: Tensor, x: Tensor, beta: number): Tensor {
  return towards(mean, square(x), beta);
}

/** What a mean that began at 0 is short of after `step` updates and one: 1 − βᵗ. */
export function correction(beta: number, step: number): number {
  return 1 - beta ** (step + 1);
}
