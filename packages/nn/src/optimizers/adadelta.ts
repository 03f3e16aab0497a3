// Adadelta (Zeiler 2012).
import { fraction, positive } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import { towardsSquare } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";
import { rooted } from "./rooted.ts";

export interface AdadeltaConfig extends DescentConfig {
  /** Decay of both means, in [0, 1), default 0.95; in PyTorch 0.9, and the rate there is 1, as in the paper. */
  readonly rho?: number;
  /** Above 0, default 1e-7; in PyTorch 1e-6. */
  readonly epsilon?: number;
}

export const adadeltaTable = {
  ...descentTable,
  rho: preset(fraction, 0.95),
  epsilon: preset(positive, 1e-7),
} satisfies Table<AdadeltaConfig>;

/**
 * v ← ρ v + (1 − ρ) g², δ = g √(d + ε)/√(v + ε), d ← ρ d + (1 − ρ) δ², θ ← θ − α δ, in Keras and PyTorch alike.
 *
 * Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function adadelta(config: AdadeltaConfig = {}): Optimizer {
  const { rho, epsilon, ...rest } = optionsOf("adadelta", adadeltaTable, config);
  return descent("adadelta", rest, {
    slots: ["gradients", "steps"],
    scalars: ["rate"],
    numbers: (rate) => ({ rate }),
    update({ params, gradient }, before, { rate }) {
      const gradients = towardsSquare(before.gradients, gradient, rho);
      const step = gradient.mul(rooted(before.steps, epsilon, "square")).div(rooted(gradients, epsilon, "square"));
      return { params: params.sub(step.mul(rate)), slots: { gradients, steps: towardsSquare(before.steps, step, rho) } };
    },
  });
}
