// Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013).
import { boolean, fraction } from "@sluice/core/arguments";
import { filled, given, preset, type Table } from "../options/table.ts";
import { chosen, clipTable, type Clip } from "./clip.ts";
import { anyRate, rateAt, type LearningRate, type Optimizer } from "./optimizer.ts";

export interface SgdConfig extends Clip {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** In [0, 1), default 0. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

export const sgdTable = {
  learningRate: preset(anyRate, 0.01),
  momentum: preset(fraction, 0),
  nesterov: preset(boolean, false),
  ...clipTable,
} satisfies Table<SgdConfig>;

/**
 * θ ← θ − α g; with momentum μ: v ← μ v − α g, then θ ← θ + v, or with `nesterov` θ ← θ + μ v − α g, as in Keras.
 *
 * Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function sgd(config: SgdConfig = {}): Optimizer {
  const { learningRate, momentum, nesterov, ...clips } = filled(sgdTable, given("sgd", sgdTable, config)),
    clip = chosen("sgd", clips);
  return {
    name: "sgd",
    clip,
    slots: momentum === 0 ? [] : ["velocity"],
    hyperLength: 1,
    hyper(step, into) {
      into[0] = rateAt("sgd", learningRate, step);
    },
    update({ params, gradient, slots, hyper: [rate] }) {
      const descent = gradient.mul(rate!); // `hyperLength` of them
      const { velocity } = slots;
      if (velocity === undefined) return { params: params.sub(descent), slots };
      const next = velocity.mul(momentum).sub(descent);
      return { params: params.add(nesterov ? next.mul(momentum).sub(descent) : next), slots: { velocity: next } };
    },
  };
}
