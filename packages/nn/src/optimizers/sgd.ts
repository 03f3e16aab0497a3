// Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013).
import { boolean, fraction } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { anyRate, type LearningRate } from "../schedules/schedule.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import type { Optimizer } from "./optimizer.ts";

export interface SgdConfig extends DescentConfig {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** In [0, 1), default 0. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

export const sgdTable = {
  ...descentTable,
  learningRate: preset(anyRate, 0.01),
  momentum: preset(fraction, 0),
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
    scalars: ["rate"],
    numbers: (rate) => ({ rate }),
    update({ params, gradient }, { velocity }, { rate }) {
      const step = gradient.mul(rate);
      if (momentum === 0) return { params: params.sub(step), slots: {} };
      const next = velocity.mul(momentum).sub(step);
      return { params: params.add(nesterov ? next.mul(momentum).sub(step) : next), slots: { velocity: next } };
    },
  });
}
