// What Adam and its kin keep: means of gradients and of their squares, each over the updates so far.
import { square, type Tensor } from "@sluice/core";
import { fraction, positive } from "@sluice/core/arguments";
import { preset, type Table } from "../options/table.ts";
import { anyDecay, type Decay } from "./decay.ts";
import { descentTable, type DescentConfig } from "./descent.ts";

export interface MomentsConfig extends DescentConfig {
  /** Decay of the mean of gradients, in [0, 1), or a schedule of it, such as `oneCycleMomentum`; default 0.9. Corrections are by that of the update, as in PyTorch. */
  readonly beta1?: Decay;
  /** Decay of what scales them, in [0, 1), default 0.999. */
  readonly beta2?: number;
  /** Above 0, default 1e-7. */
  readonly epsilon?: number;
}

export const momentsTable = {
  ...descentTable,
  beta1: preset(anyDecay, 0.9),
  beta2: preset(fraction, 0.999),
  epsilon: preset(positive, 1e-7),
} satisfies Table<MomentsConfig>;

/** mean + (1 − β)(x − mean) */
export function towards(mean: Tensor, x: Tensor, beta: number): Tensor {
  return towardsBy(mean, x, 1 - beta);
}

/** mean + share · (x − mean) */
export function towardsBy(mean: Tensor, x: Tensor, share: number | Tensor): Tensor {
  return mean.add(x.sub(mean).mul(share));
}

/** 1 − β₁: of a number nothing that each update needs anew, of a schedule the scalar "share". */
export function shareOf(beta1: Decay, share: Tensor): number | Tensor {
  return typeof beta1 === "number" ? 1 - beta1 : share;
}

/** The name of that scalar, where there is one. */
export function shareIn(beta1: Decay): readonly "share"[] {
  return typeof beta1 === "number" ? [] : ["share"];
}

/** mean + (1 − β)(x² − mean) */
export function towardsSquare(mean: Tensor, x: Tensor, beta: number): Tensor {
  return towards(mean, square(x), beta);
}

/** What a mean that began at 0 is short of after `step` updates and one: 1 − βᵗ. */
export function correction(beta: number, step: number): number {
  return 1 - beta ** (step + 1);
}
