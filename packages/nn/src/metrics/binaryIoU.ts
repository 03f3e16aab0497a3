// How far what is decided and what is true overlap, of yes and of no.
import { greaterEqual, stack } from "@sluice/core";
import { rate, wholeIn } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, likeOutput, sumPerSample } from "../measures/measure.ts";
import { listOf, nonEmpty } from "../options/rules.ts";
import { preset, type Table } from "../options/table.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";
import { logit } from "./threshold.ts";

export interface BinaryIoUConfig {
  /** Of no, of yes, or the mean of both; default [0, 1]. */
  readonly targetClassIds?: readonly number[];
  /** Probability from which on it is a yes, itself among them, 0 … 1; default 0.5. */
  readonly threshold?: number;
}

export const binaryIoUTable = {
  targetClassIds: preset(nonEmpty(listOf(wholeIn(0, 1))), [0, 1]),
  threshold: preset(rate, 0.5),
} satisfies Table<BinaryIoUConfig>;

/**
 * The mean over yes and no of right / (decided + true − right), of those that are decided for or true at all; a probability of at least `threshold` is a yes.
 * Every output is one of its own, read as the logit in front of a sigmoid. As Keras's BinaryIoU.
 */
export const binaryIoU: Configurable<Metric<"binaryIoU">, BinaryIoUConfig> = configurable(binaryIoUTable, ({ targetClassIds, threshold }) =>
  checkedMeasure({
    name: "binaryIoU",
    better: "higher",
    includes: "sigmoid",
    target: likeOutput,
    perSample(given, z) {
      const y = given.greater(0.5);
      const decided = greaterEqual(z, logit(threshold));
      const [both, either] = [decided.mul(y), decided.add(y).sub(decided.mul(y))];
      return stack([both, either, both.neg().add(1), either.neg().add(1)].map(sumPerSample), 1);
    },
    sums: {
      count: () => 4,
      result([both = 0, either = 0, notBoth = 0, neither = 0]) {
        const present = targetClassIds.map((id) => (id === 1 ? [both, either] : [neither, notBoth]) as readonly [number, number]).filter(([, all]) => all > 0); // prettier-ignore
        return ratio(present.reduce((sum, [right, all]) => sum + right / all, 0), present.length); // prettier-ignore
      },
    },
  }),
);
