// RMSprop (Tieleman & Hinton 2012), plain, centered (Graves 2013) and with momentum.
import { relu, square, type Tensor } from "@sluice/core";
import { boolean, fraction, positive } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { anyDecay, decayAt, type Decay } from "./decay.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import { towards, towardsSquare } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";
import { epsilonAt, rooted, type EpsilonAt } from "./rooted.ts";

export interface RmspropConfig extends DescentConfig {
  /** Decay of the mean of squares, in [0, 1), default 0.9; PyTorch's alpha, there 0.99. */
  readonly rho?: number;
  /** In [0, 1), or a schedule of it; default 0. */
  readonly momentum?: Decay;
  /** Above 0, default 1e-7. */
  readonly epsilon?: number;
  /** What ε is added to: the mean of squares, as in Keras, or its root, as in PyTorch, where ε is 1e-8. Default "square". */
  readonly epsilonAt?: EpsilonAt;
  /** Divide by the deviation of gradients about their mean. Default false. */
  readonly centered?: boolean;
}

export const rmspropTable = {
  ...descentTable,
  rho: preset(fraction, 0.9),
  momentum: preset(anyDecay, 0),
  epsilon: preset(positive, 1e-7),
  epsilonAt: preset(epsilonAt, "square"),
  centered: preset(boolean, false),
} satisfies Table<RmspropConfig>;

/**
 * v ← ρ v + (1 − ρ) g², θ ← θ − α g/√(v + ε), or α g/(√v + ε) with `epsilonAt: "root"`.
 *
 * With `centered` v − a² stands for v, where a ← ρ a + (1 − ρ) g; with momentum μ that step is b ← μ b + α g/√…, and θ ← θ − b. PyTorch keeps b
 * without α, which is another path where a schedule moves it. Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function rmsprop(config: RmspropConfig = {}): Optimizer {
  const { rho, momentum, epsilon, epsilonAt, centered, ...rest } = optionsOf("rmsprop", rmspropTable, config);
  return descent("rmsprop", rest, {
    slots: ["velocity", ...(centered ? (["average"] as const) : []), ...(momentum !== 0 ? (["momentum"] as const) : [])],
    scalars: typeof momentum === "number" ? ["rate"] : ["rate", "kept"],
    numbers: (rate, step) => ({ rate, kept: decayAt("rmsprop", "momentum", momentum, step) }),
    update({ params, gradient }, before, { rate, kept }) {
      const velocity = towardsSquare(before.velocity, gradient, rho);
      const average = centered ? { average: towards(before.average, gradient, rho) } : {};
      const spread = average.average === undefined ? velocity : relu(velocity.sub(square(average.average))); // rounding may go below 0
      const step: Tensor = gradient.mul(rate).div(rooted(spread, epsilon, epsilonAt));
      if (momentum === 0) return { params: params.sub(step), slots: { velocity, ...average } };
      const moved = before.momentum.mul(typeof momentum === "number" ? momentum : kept).add(step);
      return { params: params.sub(moved), slots: { velocity, ...average, momentum: moved } };
    },
  });
}
