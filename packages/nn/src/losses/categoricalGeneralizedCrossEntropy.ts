// One of several classes, from logits, where labels may be wrong.
import { exp, logSoftmax } from "@sluice/core";
import type { Rule } from "@sluice/core/arguments";
import { sparseCategoricalAccuracy } from "../metrics/sparseCategoricalAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { labelCost } from "../measures/labelCost.ts";
import { checkedMeasure, classLabels, meanPerSample } from "../measures/measure.ts";
import { preset, type Table } from "../options/table.ts";
import type { Loss } from "./loss.ts";

export interface GeneralizedCrossEntropyConfig {
  /** Between cross-entropy, near 0, and the absolute error, near 1; default 0.5. */
  readonly q?: number;
}

const inside: Rule<number> = {
  expected: "a number above 0 and below 1",
  accepts: (value): value is number => typeof value === "number" && value > 0 && value < 1,
};

export const generalizedCrossEntropyTable = { q: preset(inside, 0.5) } satisfies Table<GeneralizedCrossEntropyConfig>;

/** (1 − p^q) / q for p = softmax(z)[y], its mean over every axis but the batch (Zhang & Sabuncu 2018). z [batch, …, classes] are logits, y [batch, …] labels. */
export const categoricalGeneralizedCrossEntropy: Configurable<Loss, GeneralizedCrossEntropyConfig> = configurable(
  generalizedCrossEntropyTable,
  ({ q }) =>
    checkedMeasure({
      name: "categoricalGeneralizedCrossEntropy",
      includes: "softmax",
      accuracy: sparseCategoricalAccuracy,
      target: classLabels("categoricalGeneralizedCrossEntropy"),
      perSample: (y, z) =>
        meanPerSample(
          exp(labelCost(y, logSoftmax(z)).mul(-q))
            .neg()
            .add(1)
            .div(q),
        ), // p^q = e^(q log p)
    }),
);
