// Adam (Kingma & Ba 2015), AMSGrad (Reddi et al. 2018), with decoupled weight decay (Loshchilov & Hutter 2019) where it is asked for.
import { maximum, sqrt } from "@sluice/core";
import { boolean, fraction, oneOf } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { descent } from "./descent.ts";
import { decayAt } from "./decay.ts";
import { correction, momentsTable, shareIn, shareOf, towardsBy, towardsSquare, type MomentsConfig } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";

export interface AdamConfig extends MomentsConfig {
  /**
   * What ε is added to: √v, as in Keras (ε̂ of the paper's section 2.1), or √v̂, which is √v/√(1 − β₂ᵗ), as in PyTorch (its algorithm 1, where ε is
   * 1e-8). Default "root".
   */
  readonly epsilonAt?: "root" | "correctedRoot";
  /** Divide by the root of the largest v so far. Default false. */
  readonly amsgrad?: boolean;
}

export const adamTable = {
  ...momentsTable,
  epsilonAt: preset(oneOf("root", "correctedRoot"), "root"),
  amsgrad: preset(boolean, false),
} satisfies Table<AdamConfig>;

export const adamWTable = { ...adamTable, weightDecay: preset(fraction, 0.004) } satisfies Table<AdamConfig>;

/**
 * m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), θ ← θ − α √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε̂).
 *
 * ε̂ is ε, or ε √(1 − β₂ᵗ) with `epsilonAt: "correctedRoot"`; it and the factor are computed on the host in float64. With `amsgrad` the largest v so far
 * takes v's place. Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function adam(config: AdamConfig = {}): Optimizer {
  return named("adam", adamTable, config);
}

/** Adam with weight decay 0.004 unless given (Loshchilov & Hutter 2019), as in Keras; PyTorch's default is 0.01. */
export function adamW(config: AdamConfig = {}): Optimizer {
  return named("adamW", adamWTable, config);
}

function named(name: string, table: typeof adamTable, config: AdamConfig): Optimizer {
  const { beta1, beta2, epsilon, epsilonAt, amsgrad, ...rest } = optionsOf(name, table, config),
    isCorrected = epsilonAt === "correctedRoot";
  return descent(name, rest, {
    slots: amsgrad ? ["m", "v", "largest"] : ["m", "v"],
    scalars: [...(isCorrected ? (["rate", "moved"] as const) : (["rate"] as const)), ...shareIn(beta1)],
    numbers(rate, step) {
      const root = Math.sqrt(correction(beta2, step)),
        beta = decayAt(name, "beta1", beta1, step);
      return { rate: (rate * root) / correction(beta, step), moved: epsilon * root, share: 1 - beta };
    },
    update({ params, gradient }, before, { rate, moved, share }) {
      const [m, v] = [towardsBy(before.m, gradient, shareOf(beta1, share)), towardsSquare(before.v, gradient, beta2)];
      const largest = amsgrad ? maximum(before.largest, v) : v;
      const next = params.sub(m.div(sqrt(largest).add(isCorrected ? moved : epsilon)).mul(rate));
      return { params: next, slots: amsgrad ? { m, v, largest } : { m, v } };
    },
  });
}
