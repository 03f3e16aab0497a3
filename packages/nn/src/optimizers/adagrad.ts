// Adagrad (Duchi et al. 2011).
import { square } from "@sluice/core";
import { nonNegative, positive } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import type { Optimizer } from "./optimizer.ts";
import { epsilonAt, rooted, type EpsilonAt } from "./rooted.ts";

export interface AdagradConfig extends DescentConfig {
  /** What the sums of squares begin with; at least 0. Default 0.1, as in Keras; in PyTorch it is 0. */
  readonly initialAccumulatorValue?: number;
  /** Above 0, default 1e-7. */
  readonly epsilon?: number;
  /** What ε is added to: the sum of squares, as in Keras, or its root, as in PyTorch, where ε is 1e-10. Default "square". */
  readonly epsilonAt?: EpsilonAt;
}

export const adagradTable = {
  ...descentTable,
  initialAccumulatorValue: preset(nonNegative, 0.1),
  epsilon: preset(positive, 1e-7),
  epsilonAt: preset(epsilonAt, "square"),
} satisfies Table<AdagradConfig>;

/**
 * n ← n + g², θ ← θ − α g/√(n + ε), or α g/(√n + ε) with `epsilonAt: "root"`.
 *
 * PyTorch's `lr_decay` is `inverseTimeDecay` over one step. Throws INVALID_ARGUMENT for numbers out of range or more than one way to clip.
 */
export function adagrad(config: AdagradConfig = {}): Optimizer {
  const { initialAccumulatorValue, epsilon, epsilonAt, ...rest } = optionsOf("adagrad", adagradTable, config);
  return descent("adagrad", rest, {
    slots: ["accumulator"],
    starts: { accumulator: initialAccumulatorValue },
    scalars: ["rate"],
    numbers: (rate) => ({ rate }),
    update({ params, gradient }, before, { rate }) {
      const accumulator = before.accumulator.add(square(gradient));
      return { params: params.sub(gradient.mul(rate).div(rooted(accumulator, epsilon, epsilonAt))), slots: { accumulator } };
    },
  });
}
