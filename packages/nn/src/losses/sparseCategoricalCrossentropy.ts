// One of several classes, from logits, with the target as a label.
import type { Tensor } from "@sluice/core";
import { sparseCategoricalAccuracy } from "../metrics/sparseCategoricalAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { ignoringTable, labelCounts, meanCounted, type IgnoringConfig } from "../measures/ignoring.ts";
import { labelCost } from "../measures/labelCost.ts";
import { checkedMeasure, classLabels } from "../measures/measure.ts";
import { logsOf } from "../measures/logits.ts";
import { crossentropyTable, type CrossentropyConfig } from "../measures/crossentropy.ts";
import type { Table } from "../options/table.ts";
import type { Loss } from "./loss.ts";

export interface SparseCrossentropyConfig extends CrossentropyConfig, IgnoringConfig {}

export const sparseCrossentropyTable = { ...ignoringTable, ...crossentropyTable } satisfies Table<SparseCrossentropyConfig>;

/**
 * −log softmax(z)[y], its mean over every axis but the batch. z [batch, …, classes] are logits, y [batch, …] of 0 … classes − 1.
 *
 * With `labelSmoothing` s (1 − s) of it, and s of the mean of −log softmax(z) over all classes, as PyTorch has it. Labels of `ignoreClass` count in neither the sum nor
 * the number of labels: all that is measured beside this loss leaves them out. Keras has that of losses alone; PyTorch's ignore_index is −100 where it is not told otherwise.
 */
export const sparseCategoricalCrossentropy: Configurable<Loss, SparseCrossentropyConfig> = configurable(
  sparseCrossentropyTable,
  ({ ignoreClass, labelSmoothing, fromLogits }) =>
    checkedMeasure({
      name: "sparseCategoricalCrossentropy",
      ...(fromLogits && { includes: "softmax" }),
      accuracy: sparseCategoricalAccuracy,
      target: classLabels("sparseCategoricalCrossentropy", ignoreClass),
      perSample(y, z) {
        const logs = logsOf(z, fromLogits);
        const right = labelCost(y, logs);
        return meanCounted(
          labelSmoothing === 0 ? right : mixed(right, logs.mean(z.rank - 1).neg(), labelSmoothing),
          labelCounts(y, ignoreClass, z.dtype),
        );
      },
    }),
);

function mixed(right: Tensor, all: Tensor, part: number): Tensor {
  return right.mul(1 - part).add(all.mul(part));
}
