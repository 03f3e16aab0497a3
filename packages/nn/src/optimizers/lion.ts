// Lion: the sign of a mean (Chen et al. 2023, algorithm 2).
import { where, type Tensor } from "@sluice/core";
import { fraction } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { anyDecay, decayAt, type Decay } from "./decay.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import { shareIn, shareOf, towards, towardsBy } from "./moments.ts";
import type { Optimizer } from "./optimizer.ts";

export interface LionConfig extends DescentConfig {
  /** How much of the mean is in the direction of a step, in [0, 1), or a schedule of it; default 0.9. */
  readonly beta1?: Decay;
  /** Decay of the mean of gradients, in [0, 1), default 0.99. */
  readonly beta2?: number;
}

export const lionTable = { ...descentTable, beta1: preset(anyDecay, 0.9), beta2: preset(fraction, 0.99) } satisfies Table<LionConfig>;

/**
 * θ ← θ − α sign(β₁ m + (1 − β₁) g), then m ← β₂ m + (1 − β₂) g.
 *
 * Every element moves by α or, where the sum is 0, not at all: the rate is to be some 3 to 10 times below Adam's. Throws INVALID_ARGUMENT for numbers out
 * of range or more than one way to clip.
 */
export function lion(config: LionConfig = {}): Optimizer {
  const { beta1, beta2, ...rest } = optionsOf("lion", lionTable, config);
  return descent("lion", rest, {
    slots: ["m"],
    scalars: ["rate", ...shareIn(beta1)],
    numbers: (rate, step) => ({ rate, share: 1 - decayAt("lion", "beta1", beta1, step) }),
    update: ({ params, gradient }, { m }, { rate, share }) => ({
      params: params.sub(sign(towardsBy(m, gradient, shareOf(beta1, share))).mul(rate)),
      slots: { m: towards(m, gradient, beta2) },
    }),
  });
}

function sign(x: Tensor): Tensor {
  return where(x.greater(0), 1, where(x.less(0), -1, 0));
}
