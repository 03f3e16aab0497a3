// Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013).
import { boolean } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { anyRate, type LearningRate } from "../schedules/schedule.ts";
import { anyDecay, decayAt, type Decay } from "./decay.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import type { Optimizer } from "./optimizer.ts";

export interface SgdConfig extends DescentConfig {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** In [0, 1), or a schedule of it, such as `oneCycleMomentum`; default 0. */
  readonly momentum?: Decay;
  /** Default false. */
  readonly nesterov?: boolean;
}

export const sgdTable = {
  ...descentTable,
  learningRate: preset(anyRate, 0.01),
  momentum: preset(anyDecay, 0),
  nesterov: preset(boolean, false),
} satisfies Table<SgdConfig>;

/**
 * θ ← θ − α g; with momentum μ: v ← μ v − α g, then θ ← θ + v, or with `nesterov` θ ← θ + μ v − α g, as in Keras.
 *
 * PyTorch keeps v ← μ v + g and takes α v, which is the same while α stays, and another path where a schedule moves it; it has `dampening` too.
 * Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function sgd(config: SgdConfig = {}): Optimizer {
  const { momentum, nesterov, ...rest } = optionsOf("sgd", sgdTable, config);
  return descent("sgd", rest, {
    slots: momentum === 0 ? [] : ["velocity"],
    scalars: typeof momentum === "number" ? ["rate"] : ["rate", "kept"],
    numbers: (rate, step) => ({ rate, kept: decayAt("sgd", "momentum", momentum, step) }),
    update({ params, gradient }, { velocity }, { rate, kept }) {
      const step = gradient.mul(rate);
      if (momentum === 0) return { params: params.sub(step), slots: {} };
      const share = typeof momentum === "number" ? momentum : kept,
        next = velocity.mul(share).sub(step);
      return { params: params.add(nesterov ? next.mul(share).sub(step) : next), slots: { velocity: next } };
    },
  });
}
