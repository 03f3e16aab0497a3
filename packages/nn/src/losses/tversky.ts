// Regions, where what is missed and what is too much cost unlike.
import { nonNegative } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { ofSteps } from "../measures/broadcastLeading.ts";
import { epsilon } from "../measures/epsilon.ts";
import { checkedMeasure, probabilities, sumPerSample } from "../measures/measure.ts";
import { preset, type Table } from "../options/table.ts";
import type { Loss } from "./loss.ts";

export interface TverskyConfig {
  /** What counts of what is predicted and not true, at least 0; default 0.5. */
  readonly alpha?: number;
  /** What counts of what is true and not predicted, at least 0; default 0.5. */
  readonly beta?: number;
}

export const tverskyTable = { alpha: preset(nonNegative, 0.5), beta: preset(nonNegative, 0.5) } satisfies Table<TverskyConfig>;

/**
 * 1 − t / (t + α p + β n + 10⁻⁷) of each sample, t = Σ y z, p = Σ (1 − y) z, n = Σ y (1 − z) over every axis but the batch, of the steps that count (Salehi et al. 2017).
 * y and z are probabilities, of the same shape.
 *
 * Keras sums over the batch too, where it is given no axis, and in 3.15 its alpha counts n and its beta p.
 */
export const tversky: Configurable<Loss, TverskyConfig> = configurable(tverskyTable, ({ alpha, beta }) =>
  checkedMeasure({
    name: "tversky",
    target: probabilities,
    takesMask: "alike",
    perSample(given, z, mask) {
      const y = ofSteps(given, mask);
      const right = y.mul(z);
      const [t, p, n] = [sumPerSample(right), sumPerSample(z.sub(right)), sumPerSample(y.sub(right))];
      return t
        .div(t.add(p.mul(alpha)).add(n.mul(beta)).add(epsilon))
        .neg()
        .add(1);
    },
  }),
);
