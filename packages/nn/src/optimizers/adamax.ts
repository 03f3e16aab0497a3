// Adamax: Adam by the infinity norm (Kingma & Ba 2015, section 7.1).
import { abs, maximum } from "@sluice/core";
import { optionsOf } from "../options/table.ts";
import { descent } from "./descent.ts";
import { decayAt } from "./decay.ts";
import { correction, momentsTable, shareIn, shareOf, towardsBy, type MomentsConfig } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";

export type AdamaxConfig = MomentsConfig;
export const adamaxTable = momentsTable;

/**
 * m ← m + (1 − β₁)(g − m), u ← max(β₂ u, |g|), θ ← θ − α/(1 − β₁ᵗ) · m/(u + ε), as in Keras.
 *
 * PyTorch has u ← max(β₂ u, |g| + ε) and divides by u alone. Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function adamax(config: AdamaxConfig = {}): Optimizer {
  const { beta1, beta2, epsilon, ...rest } = optionsOf("adamax", adamaxTable, config);
  return descent("adamax", rest, {
    slots: ["m", "u"],
    scalars: ["rate", ...shareIn(beta1)],
    numbers(rate, step) {
      const beta = decayAt("adamax", "beta1", beta1, step);
      return { rate: rate / correction(beta, step), share: 1 - beta };
    },
    update({ params, gradient }, before, { rate, share }) {
      const m = towardsBy(before.m, gradient, shareOf(beta1, share));
      const u = maximum(before.u.mul(beta2), abs(gradient));
      return { params: params.sub(m.div(u.add(epsilon)).mul(rate)), slots: { m, u } };
    },
  });
}
