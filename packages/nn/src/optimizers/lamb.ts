// LAMB: Adam whose steps are as long as the weights they move (You et al. 2020, algorithm 2).
import { concat, sqrt, square, where, type Tensor } from "@sluice/core";
import { optionsOf } from "../options/table.ts";
import { descent } from "./descent.ts";
import { decayAt } from "./decay.ts";
import { correction, momentsTable, shareIn, shareOf, towardsBy, towardsSquare, type MomentsConfig } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";

export type LambConfig = MomentsConfig;
export const lambTable = momentsTable;

/**
 * m and v as Adam's, r = (m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε), θ ← θ − α ‖θ‖/‖r‖ · r for each weight by itself; a ratio with a norm of 0 is 1.
 *
 * As in Keras weight decay comes before and is no part of r, where the paper has r + λθ. Throws INVALID_ARGUMENT for numbers out of range or more than
 * one way to clip.
 */
export function lamb(config: LambConfig = {}): Optimizer {
  const { beta1, beta2, epsilon, ...rest } = optionsOf("lamb", lambTable, config);
  return descent("lamb", rest, {
    slots: ["m", "v"],
    scalars: ["rate", "mean", "root", ...shareIn(beta1)],
    numbers(rate, step) {
      const beta = decayAt("lamb", "beta1", beta1, step);
      return { rate, mean: 1 / correction(beta, step), root: 1 / Math.sqrt(correction(beta2, step)), share: 1 - beta };
    },
    update({ params, gradient, parts }, before, { rate, mean, root, share }) {
      const [m, v] = [towardsBy(before.m, gradient, shareOf(beta1, share)), towardsSquare(before.v, gradient, beta2)];
      const r = m.mul(mean).div(sqrt(v).mul(root).add(epsilon));
      const each = parts.map(({ from, to }) => trusted(params.slice(0, from, to), r.slice(0, from, to)));
      return { params: params.sub(concat(each, 0).mul(rate)), slots: { m, v } };
    },
  });
}

/** ‖θ‖/‖r‖ · r */
function trusted(weight: Tensor, r: Tensor): Tensor {
  const [size, length] = [sqrt(square(weight).sum()), sqrt(square(r).sum())];
  const ratio = size.div(where(length.greater(0), length, 1));
  return r.mul(where(length.greater(0), where(size.greater(0), ratio, 1), 1));
}
