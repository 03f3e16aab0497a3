// Nadam: Adam with Nesterov's momentum on a schedule of its own (Dozat 2016).
import { sqrt } from "@sluice/core";
import { nonNegative } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { descent } from "./descent.ts";
import { decayAt } from "./decay.ts";
import { correction, momentsTable, shareIn, shareOf, towardsBy, towardsSquare, type MomentsConfig } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";

export interface NadamConfig extends MomentsConfig {
  /** ψ: how fast the momentum rises to β₁; at least 0. Default 1, as in Keras; 0.004, as in the paper and PyTorch, is slower. */
  readonly momentumDecay?: number;
}

export const nadamTable = { ...momentsTable, momentumDecay: preset(nonNegative, 1) } satisfies Table<NadamConfig>;

/**
 * m and v as Adam's; μₜ = β₁(1 − ½·0.96^(ψt)), θ ← θ − α (μₜ₊₁ m/(1 − Πₜ₊₁) + (1 − μₜ) g/(1 − Πₜ)) / (√(v/(1 − β₂ᵗ)) + ε), where Πₜ = μ₁ ⋯ μₜ.
 *
 * Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function nadam(config: NadamConfig = {}): Optimizer {
  const { beta1, beta2, epsilon, momentumDecay, ...rest } = optionsOf("nadam", nadamTable, config);
  const betaAt = (step: number): number => decayAt("nadam", "beta1", beta1, step);
  const momentum = (t: number, beta = betaAt(t - 1)): number => beta * (1 - 0.5 * 0.96 ** (momentumDecay * t));
  const productTo = products(momentum);
  return descent("nadam", rest, {
    slots: ["m", "v"],
    scalars: ["mean", "own", "root", ...shareIn(beta1)],
    numbers(rate, step) {
      const beta = betaAt(step),
        [now, next] = [momentum(step + 1, beta), momentum(step + 2, beta)],
        product = productTo(step + 1);
      return {
        mean: (rate * next) / (1 - product * next),
        own: (rate * (1 - now)) / (1 - product),
        root: 1 / Math.sqrt(correction(beta2, step)),
        share: 1 - beta,
      };
    },
    update({ params, gradient }, before, { mean, own, root, share }) {
      const [m, v] = [towardsBy(before.m, gradient, shareOf(beta1, share)), towardsSquare(before.v, gradient, beta2)];
      const step = m.mul(mean).add(gradient.mul(own));
      return { params: params.sub(step.div(sqrt(v).mul(root).add(epsilon))), slots: { m, v } };
    },
  });
}

/** factor(1) ⋯ factor(t), always multiplied in that order: training that goes on from a file has the same bits. */
function products(factor: (t: number) => number): (t: number) => number {
  let [at, product] = [0, 1];
  return (t) => {
    if (t < at) [at, product] = [0, 1];
    while (at < t) product *= factor(++at);
    return product;
  };
}
