// Adam (Kingma & Ba 2015), with decoupled weight decay (Loshchilov & Hutter 2019) where it is asked for.
import { sqrt, square } from "@sluice/core";
import { fraction, positive } from "@sluice/core/arguments";
import { filled, given, preset, type Table } from "../options/table.ts";
import { chosen, clipTable, type Clip } from "./clip.ts";
import { anyRate, rateAt, type LearningRate, type Optimizer } from "./optimizer.ts";

export interface AdamConfig extends Clip {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean of gradients, in [0, 1), default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares, in [0, 1), default 0.999. */
  readonly beta2?: number;
  /** The paper's ε̂ of section 2.1, as in Keras; above 0, default 1e-7. */
  readonly epsilon?: number;
  /** Share of each weight taken away per update, times the learning rate; in [0, 1), default 0. */
  readonly weightDecay?: number;
}

export const adamTable = {
  learningRate: preset(anyRate, 0.001),
  beta1: preset(fraction, 0.9),
  beta2: preset(fraction, 0.999),
  epsilon: preset(positive, 1e-7),
  weightDecay: preset(fraction, 0),
  ...clipTable,
} satisfies Table<AdamConfig>;

export const adamWTable = { ...adamTable, weightDecay: preset(fraction, 0.004) } satisfies Table<AdamConfig>;

/**
 * m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), θ ← θ(1 − αλ) − α √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε̂).
 *
 * The factor before m/(√v + ε̂) is computed on the host in float64. Throws INVALID_ARGUMENT for numbers out of range or
 * more than one way to clip.
 */
export function adam(config: AdamConfig = {}): Optimizer {
  return named("adam", adamTable, config);
}

/** Adam with weight decay 0.004 unless given (Loshchilov & Hutter 2019), as in Keras. */
export function adamW(config: AdamConfig = {}): Optimizer {
  return named("adamW", adamWTable, config);
}

function named(name: string, table: typeof adamTable, config: AdamConfig): Optimizer {
  const { learningRate, beta1, beta2, epsilon, weightDecay, ...clips } = filled(table, given(name, table, config)),
    clip = chosen(name, clips);
  return {
    name,
    clip,
    slots: ["m", "v"],
    hyperLength: 2,
    hyper(step, into) {
      const rate = rateAt(name, learningRate, step);
      into[0] = (rate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
      into[1] = rate * weightDecay;
    },
    update({ params, gradient, slots, hyper, decays = true }) {
      const [rate, decay] = hyper as [typeof params, typeof params]; // `hyperLength` of them
      const { m: mean, v: variance } = slots as Record<"m" | "v", typeof params>; // as `slots` names them
      const m = mean.add(gradient.sub(mean).mul(1 - beta1));
      const v = variance.add(
        square(gradient)
          .sub(variance)
          .mul(1 - beta2),
      );
      const decayed = weightDecay === 0 || !decays ? params : params.sub(params.mul(decay));
      return { params: decayed.sub(m.div(sqrt(v).add(epsilon)).mul(rate)), slots: { m, v } };
    },
  };
}
